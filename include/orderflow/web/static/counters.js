// How many orders stand where: what is at an end in the period, what is open whatever its day.
import { byId, el, replace } from "./dom.js";
import { age, listName, money, number, t } from "./words.js";

export const OF_PERIOD = ["processed", "offline sent", "skipped"];
const QUIET = [...OF_PERIOD, "in progress", "waiting"];

// `choose(worklist, ofPeriod)` is called for the counter that is clicked.
export function showCounters(overview, worklists, chosen, choose) {
  replace(byId("counters"), ...worklists.map((name) => counter(overview, name, chosen === name, choose)));
}

function counter(overview, name, pressed, choose) {
  const ofPeriod = OF_PERIOD.includes(name);
  const cells = (ofPeriod ? overview.per_day : overview.open).filter((cell) => cell.worklist === name);
  const orders = cells.reduce((sum, cell) => sum + cell.orders, 0);
  const oldest = cells.map((cell) => cell.oldest).sort()[0];
  const below = ofPeriod ? t("counter.period") : oldest ? t("counter.oldest", { age: age(oldest) }) : t("counter.none");
  const loud = orders > 0 && !QUIET.includes(name);
  const button = {
    type: "button",
    class: `counter list-${name.replaceAll(" ", "-")}${loud ? " loud" : ""}`,
    "aria-pressed": String(pressed),
    "data-focus": name,
    on: { click: () => choose(name, ofPeriod) },
  };
  return el(
    "button",
    button,
    el("span", { class: "counter-name" }, listName(name)),
    el("span", { class: "counter-value" }, number(orders)),
    el("span", { class: "counter-below" }, below, amounts(cells)),
  );
}

function amounts(cells) {
  const sums = new Map();
  for (const cell of cells) sums.set(cell.currency, (sums.get(cell.currency) ?? 0) + Number(cell.amount));
  const shown = [...sums].filter(([currency]) => currency).map(([currency, sum]) => money(sum, currency, 0));
  return shown.length > 0 ? el("span", { class: "counter-amount" }, shown.join(" + ")) : null;
}
