// The page "Orders": counters, days, what needs attention, and the table of orders.
import { ask } from "./api.js";
import { DayChart } from "./chart.js";
import { byId, el, replace } from "./dom.js";
import { askedFor } from "./lane.js";
import { orderHref } from "./links.js";
import { Live, showError } from "./refresh.js";
import { retry } from "./retry.js";
import { OrderTable, pager } from "./table.js";
import { age, ago, listName, money, number, readFrame, reasonText, t } from "./words.js";

const PERIODS = [7, 28, 91];
const LIMIT = 50;
const SHOWN = 3;
const FILTERS = ["text", "worklist", "reason", "webshop", "cause", "first", "last", "sort"];
const OF_PERIOD = ["processed", "offline sent", "skipped"];
const QUIET = ["processed", "offline sent", "skipped", "waiting"];

const asked = new URLSearchParams(location.search);
const filters = Object.fromEntries(FILTERS.map((name) => [name, asked.get(name) ?? ""]));
let days = PERIODS.includes(Number(asked.get("days"))) ? Number(asked.get("days")) : 28;
let offset = Number(asked.get("offset")) || 0;
let frame;
let chart;
let table;
const live = new Live(load);

async function load(signal) {
  const query = { ...filters, limit: LIMIT, offset };
  const [overview, orders, alerts, findings, asked] = await Promise.all([
    ask("overview", { days }, signal),
    ask("orders", query, signal),
    ask("alerts", {}, signal),
    ask("findings", { language: frame.language }, signal),
    askedFor(signal),
  ]);
  for (const order of orders.orders) order.asked = asked.get(order.order_id);
  showCounters(overview);
  chart.show(overview);
  showAlerts(alerts);
  showFindings(findings);
  showOrders(orders);
}

function showOrders(answer) {
  const filtered = FILTERS.some((name) => name !== "sort" && filters[name]);
  table.show(answer.orders, t(filtered ? "orders.nomatch" : "orders.empty"));
  byId("reset").hidden = !filtered;
  pager(byId("pager"), { offset, limit: LIMIT, total: answer.total, go: (to) => change(() => (offset = to), true) });
}

// What is at an end is counted in the period, what is open whatever its day.
function showCounters(overview) {
  const cards = frame.worklists.map((name) => {
    const ofPeriod = OF_PERIOD.includes(name);
    const cells = (ofPeriod ? overview.per_day : overview.open).filter((cell) => cell.worklist === name);
    const orders = cells.reduce((sum, cell) => sum + cell.orders, 0);
    const oldest = cells.map((cell) => cell.oldest).sort()[0];
    const below = ofPeriod ? t("counter.period") : oldest ? t("counter.oldest", { age: age(oldest) }) : t("counter.none");
    const loud = orders > 0 && !QUIET.includes(name);
    const button = {
      type: "button",
      class: `counter list-${name.replaceAll(" ", "-")}${loud ? " loud" : ""}`,
      "aria-pressed": String(filters.worklist === name),
      "data-focus": name,
      on: { click: () => choose({ worklist: filters.worklist === name ? "" : name, ...(ofPeriod ? {} : NO_DAYS) }) },
    };
    return el(
      "button",
      button,
      el("span", { class: "counter-name" }, listName(name)),
      el("span", { class: "counter-value" }, number(orders)),
      el("span", { class: "counter-below" }, below, amounts(cells)),
    );
  });
  replace(byId("counters"), ...cards);
}

const NO_DAYS = { first: "", last: "" };

function amounts(cells) {
  const sums = new Map();
  for (const cell of cells) sums.set(cell.currency, (sums.get(cell.currency) ?? 0) + Number(cell.amount));
  const shown = [...sums].filter(([currency]) => currency).map(([currency, sum]) => money(sum, currency, 0));
  return shown.length > 0 ? el("span", { class: "counter-amount" }, shown.join(" + ")) : null;
}

const unfolded = new Set();
const shownOf = (name, all) => (unfolded.has(name) ? all : all.slice(0, SHOWN));

function showMore(name, total, draw) {
  const button = byId(`${name}-more`);
  button.hidden = total <= SHOWN;
  button.textContent = unfolded.has(name) ? t("less") : t("more", { count: number(total) });
  button.setAttribute("aria-expanded", String(unfolded.has(name)));
  button.onclick = () => {
    if (!unfolded.delete(name)) unfolded.add(name);
    draw();
  };
}

function showAlerts({ total, alerts }) {
  byId("alerts").hidden = total === 0;
  byId("alerts-count").textContent = number(total);
  const items = shownOf("alerts", alerts).map((alert) => {
    const reason = reasonText(alert.reason);
    return el(
      "li",
      {},
      alert.order_id
        ? el("a", { href: orderHref(alert), class: "strong", "data-focus": `a${alert.order}${alert.reason}` }, alert.order)
        : el("strong", {}, alert.order),
      el("p", {}, reason.meaning),
      alert.message ? el("p", { class: "message" }, alert.message) : null,
      el(
        "p",
        { class: "muted small" },
        `${t("fixer", { fixer: reason.owner })} · ${t("alerts.seen", { count: number(alert.seen), ago: ago(alert.opened_at) })}`,
      ),
    );
  });
  replace(byId("alerts-list"), ...items);
  showMore("alerts", total, () => showAlerts({ total, alerts }));
}

function showFindings({ total, findings, compared_at: compared }) {
  byId("findings").hidden = total === 0;
  byId("findings-count").textContent = number(total);
  byId("findings-when").textContent = compared ? t("findings.compared", { ago: ago(compared) }) : "";
  const items = shownOf("findings", findings).map((finding) => {
    const name = finding.external_reference;
    const known = finding.order_id !== null;
    const href = known ? orderHref(finding) : null;
    return el(
      "li",
      {},
      known ? el("a", { href, class: "strong", "data-focus": `f${finding.kind}${name}` }, name) : el("strong", {}, name),
      el("p", {}, finding.meaning),
      el("p", { class: "message" }, t("findings.values", { shop: finding.shop_value || "–", erp: finding.erp_value || "–" })),
      el("p", { class: "muted small" }, `${t("fixer", { fixer: finding.owner })} · ${finding.action}`),
    );
  });
  replace(byId("findings-list"), ...items);
  showMore("findings", total, () => showFindings({ total, findings, compared_at: compared }));
}

// Puts what is asked for into the address, so that it can be reloaded, shared and come back to.
function remember() {
  const url = new URL(location.href);
  url.search = "";
  for (const [name, value] of Object.entries({ ...filters, days: days === 28 ? "" : days, offset: offset || "" })) {
    if (value) url.searchParams.set(name, value);
  }
  history.replaceState(null, "", url);
  sessionStorage.setItem("orderflow.orders", url.search);
}

function change(how, keepOffset = false) {
  if (!keepOffset) offset = 0;
  how();
  fillForm();
  remember();
  live.refresh();
}

function choose(wanted) {
  change(() => Object.assign(filters, wanted));
}

function fillForm() {
  for (const name of FILTERS) {
    const field = byId(`filter-${name}`);
    if (field.value !== filters[name] && field !== document.activeElement) field.value = filters[name];
  }
}

function makeForm() {
  const options = (id, choices) =>
    replace(byId(id), ...choices.map(([value, text]) => el("option", { value }, text)));
  const all = ["", t("filter.all")];
  options("filter-worklist", [all, ...frame.worklists.map((name) => [name, listName(name)])]);
  options("filter-reason", [all, ...Object.keys(frame.reasons).map((code) => [code, code.replaceAll("_", " ")])]);
  options("filter-webshop", [all, ...frame.webshops.map((id) => [id, id])]);
  options("filter-sort", [["", t("sort.changed")], ["age", t("sort.age")]]);
  options("period", PERIODS.map((count) => [count, t(`period.${count}`)]));
  byId("period").value = days;
  let typing;
  for (const name of FILTERS) {
    byId(`filter-${name}`).addEventListener(name === "text" ? "input" : "change", (event) => {
      clearTimeout(typing);
      typing = setTimeout(() => choose({ [name]: event.target.value }), name === "text" ? 300 : 0);
    });
  }
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("reset").addEventListener("click", () => choose(Object.fromEntries(FILTERS.map((name) => [name, ""]))));
  byId("period").addEventListener("change", (event) => change(() => (days = Number(event.target.value)), true));
  byId("refresh").addEventListener("click", () => live.refresh());
  fillForm();
}

async function again(orders) {
  if (await retry(orders, () => live.refresh())) table.clearSelection();
}

async function start() {
  try {
    frame = await readFrame();
  } catch (error) {
    showError(error, null, () => location.reload());
    return;
  }
  makeForm();
  chart = new DayChart(frame.worklists, (day, worklist) => {
    choose({ first: day, last: day, worklist });
    byId("orders-title").scrollIntoView({ block: "start" });
  });
  table = new OrderTable(byId("orders"), { mayRetry: frame.may_retry, retry: again });
  byId("retry-selected").addEventListener("click", () => again([...table.selected.values()]));
  byId("retry-forbidden").hidden = frame.may_retry;
  live.start(frame.refresh_seconds);
  await live.refresh();
}

start();
