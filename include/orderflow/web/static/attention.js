// What needs people: the open alerts, and where shop and ERP differ.
import { byId, el, prose, replace } from "./dom.js";
import { orderHref } from "./links.js";
import { ago, at, money, number, t } from "./words.js";

const SHOWN = 3;
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

// One line per cause. `acts` are what may be done with one: `show(cause)` lists its orders; `snooze(cause)` has it not
// announced for a while and `retry(cause)` has its orders done again, both null for who may not.
export function showAlerts({ total, causes }, acts) {
  byId("alerts").hidden = total === 0;
  byId("alerts-count").textContent = number(total);
  const items = shownOf("alerts", causes).map((cause) =>
    el(
      "li",
      { "data-cause": cause.cause },
      causeLink(cause, acts.show),
      el("span", { class: "muted small" }, ` · ${factsOf(cause)}`),
      el("p", {}, ...prose(cause.advice.meaning)),
      cause.message ? el("p", { class: "message" }, cause.message) : null,
      whose(cause.advice, cause.snoozed_until ? t("snoozed.until", { time: at(cause.snoozed_until) }) : null),
      acts.retry && cause.retryable.length > 1 ? button(cause, "alerts.retry", acts.retry) : null,
      acts.retry && cause.retryable.length === 1 ? button(cause, "retry", acts.retry) : null,
      acts.snooze ? button(cause, "snooze", acts.snooze, "snooze.question.one") : null,
    ),
  );
  replace(byId("alerts-list"), ...items);
  showMore("alerts", total, () => showAlerts({ total, causes }, acts));
}

const UNITS = { order: "alerts.orders", "packing slip": "alerts.slips", task: "alerts.tasks" };

// What has the cause: by name where that is one alone or cannot be counted, else how many of what.
export function causeName(cause) {
  const counted = cause.size > 1 && cause.unit in UNITS;
  const named = cause.names.map((name) => name.replace(/^packing slip /, `${t("alerts.slip")} `));
  return counted ? t(UNITS[cause.unit], { count: number(cause.size) }) : named.join(", ");
}

function causeLink(cause, show) {
  const looks = { class: "strong", "data-focus": `a${cause.cause}` };
  if (cause.order_id !== null) return el("a", { href: orderHref(cause), ...looks }, causeName(cause));
  if (!cause.has_orders) return el("strong", {}, causeName(cause));
  const listed = (event) => {
    event.preventDefault();
    show(cause);
  };
  return el("a", { href: `?cause=${cause.cause}`, ...looks, on: { click: listed } }, causeName(cause));
}

function factsOf(cause) {
  const amounts = cause.amounts.map(({ currency, amount }) => money(amount, currency));
  return [...amounts, t(cause.size > 1 ? "alerts.oldest" : "alerts.since", { ago: ago(cause.since) })].join(" · ");
}

function button(cause, text, act, label = null) {
  const looks = { type: "button", class: "button small-button", "data-focus": `${text}${cause.cause}` };
  const named = label ? t(label, { order: causeName(cause) }) : `${t(text)}: ${causeName(cause)}`;
  return el("button", { ...looks, "aria-label": named, on: { click: () => act(cause) } }, t(text));
}

// `compare(orderIds)` compares orders again; null for who may not.
export function showFindings({ total, findings, compared_at: compared }, compare) {
  const ids = findings.map((finding) => finding.order_id).filter((id) => id !== null);
  byId("findings-again").hidden = !compare || ids.length === 0;
  byId("findings-again").onclick = () => compare(ids);
  byId("findings").hidden = total === 0;
  byId("findings-count").textContent = number(total);
  byId("findings-when").textContent = compared ? t("findings.compared", { ago: ago(compared) }) : "";
  const items = shownOf("findings", findings).map((finding) => {
    const name = finding.external_reference;
    const known = finding.order_id !== null;
    const link = { class: "strong", "data-focus": `f${finding.kind}${name}` };
    return el(
      "li",
      {},
      known ? el("a", { href: orderHref(finding), ...link }, name) : el("strong", {}, name),
      finding.changed ? el("span", { class: "tag" }, t("findings.changed")) : null,
      finding.changed && compare ? again(finding, compare) : null,
      el("p", {}, ...prose(finding.meaning)),
      el("p", { class: "message" }, t("findings.values", { shop: finding.shop_value || "–", erp: finding.erp_value || "–" })),
      whose(finding),
    );
  });
  replace(byId("findings-list"), ...items);
  showMore("findings", total, () => showFindings({ total, findings, compared_at: compared }, compare));
}

function again(finding, compare) {
  const label = t("compare.one", { order: finding.external_reference });
  const looks = { type: "button", class: "button small-button", "aria-label": label, "data-focus": `c${finding.external_reference}` };
  return el("button", { ...looks, on: { click: () => compare([finding.order_id]) } }, t("compare"));
}

function whose(advice, more = null) {
  return el(
    "p",
    { class: "muted small" },
    `${t("owner", { owner: advice.owner })} · `,
    ...prose(advice.action),
    more ? ` · ${more}` : null,
  );
}
