// What needs people: the open alerts, and where shop and ERP differ.
import { byId, el, prose, replace } from "./dom.js";
import { orderHref } from "./links.js";
import { ago, at, number, t } from "./words.js";

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

// `snooze(alert)` has its cause not announced for a while; null for who may not.
export function showAlerts({ total, alerts }, snooze) {
  byId("alerts").hidden = total === 0;
  byId("alerts-count").textContent = number(total);
  const items = shownOf("alerts", alerts).map((alert) =>
    el(
      "li",
      {},
      alert.order_id
        ? el("a", { href: orderHref(alert), class: "strong", "data-focus": `a${alert.order}${alert.reason}` }, alert.order)
        : el("strong", {}, alert.order),
      el("p", {}, ...prose(alert.advice.meaning)),
      alert.message ? el("p", { class: "message" }, alert.message) : null,
      whose(alert.advice, seenAndSnoozed(alert)),
      snooze ? snoozeButton(alert, snooze) : null,
    ),
  );
  replace(byId("alerts-list"), ...items);
  showMore("alerts", total, () => showAlerts({ total, alerts }, snooze));
}

function snoozeButton(alert, snooze) {
  const looks = { type: "button", class: "button small-button", "data-focus": `z${alert.order}${alert.reason}` };
  const label = t("snooze.question.one", { order: alert.order });
  return el("button", { ...looks, "aria-label": label, on: { click: () => snooze(alert) } }, t("snooze"));
}

function seenAndSnoozed(alert) {
  const seen = t("alerts.seen", { count: number(alert.seen), ago: ago(alert.opened_at) });
  return alert.snoozed_until ? `${seen} · ${t("snoozed.until", { time: at(alert.snoozed_until) })}` : seen;
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
