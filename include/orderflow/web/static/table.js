// The table of orders, for the overview and for a run.
import { el, replace } from "./dom.js";
import { askedLine, isUnderWay } from "./lane.js";
import { orderHref } from "./links.js";
import { ago, dayName, listName, money, moment, number, reasonText, t } from "./words.js";

export function badge(worklist) {
  return el("span", { class: `badge list-${worklist.replaceAll(" ", "-")}` }, listName(worklist));
}

export const keyOf = (order) => String(order.order_id);

function why(order) {
  if (!order.reason) return el("span", { class: "muted" }, "–");
  const reason = reasonText(order.reason);
  return el(
    "div",
    { class: "why", title: [order.detail, reason.action].filter(Boolean).join("\n\n") },
    el("span", { class: "clamp" }, reason.meaning),
    reason.somebody_acts ? el("span", { class: "muted small" }, t("fixer", { fixer: reason.owner })) : null,
  );
}

function inRun(order) {
  const event = order.in_run;
  if (!event) return el("span", { class: "muted" }, "–");
  return el(
    "div",
    { class: "why" },
    el("span", {}, t(`step.${event.step}`)),
    el("span", { class: `small outcome-${event.outcome}` }, t(`outcome.${event.outcome}`)),
  );
}

export class OrderTable {
  // `mayRetry`: whether the user may; `retry(orders)` does it. `run`: show what the run did instead of the day.
  constructor(element, { mayRetry, retry, run = false }) {
    this.element = element;
    this.mayRetry = mayRetry;
    this.retry = retry;
    this.run = run;
    this.selected = new Map();
    this.shown = "";
    this.orders = [];
  }

  columns() {
    const amount = { name: "amount", right: true, of: (order) => money(order.total, order.currency) };
    const did = { name: "inrun", of: inRun };
    return [
      { name: "order", of: (o) => el("a", { href: orderHref(o), class: "strong", "data-focus": `o${keyOf(o)}` }, o.name) },
      { name: "list", of: (order) => [badge(order.worklist), askedLine(order.asked)] },
      ...(this.run ? [did] : []),
      { name: "why", of: why },
      amount,
      ...(this.run ? [] : [{ name: "day", of: (order) => el("span", { class: "nowrap" }, dayName(order.day)) }]),
      { name: "erp", of: (order) => order.erp_number ?? el("span", { class: "muted" }, "–") },
      {
        name: "changed",
        of: (order) => el("time", { datetime: order.updated_at, title: moment(order.updated_at) }, ago(order.updated_at)),
      },
    ];
  }

  show(orders, emptyText) {
    const now = JSON.stringify(orders);
    if (now === this.shown) return;
    this.shown = now;
    this.orders = orders;
    this.draw(emptyText);
  }

  draw(emptyText) {
    if (this.orders.length === 0) {
      replace(this.element, el("p", { class: "empty" }, emptyText));
      this.changed();
      return;
    }
    const columns = this.columns();
    const head = columns.map((c) => el("th", { scope: "col", class: c.right ? "right" : null }, t(`col.${c.name}`)));
    const table = el(
      "table",
      { class: "orders" },
      el("thead", {}, el("tr", {}, this.selectAll(), ...head, this.mayRetry ? this.actionHead() : null)),
      el("tbody", {}, ...this.orders.map((order) => this.row(order, columns))),
    );
    replace(this.element, table);
    this.changed();
  }

  actionHead() {
    return el("th", { scope: "col" }, el("span", { class: "hidden" }, t("col.action")));
  }

  selectAll() {
    if (!this.mayRetry) return null;
    const toggle = (event) => {
      for (const order of this.orders.filter((o) => o.retryable)) this.select(order, event.target.checked);
      this.draw("");
    };
    const open = this.orders.filter((order) => order.retryable);
    const checked = open.length > 0 && open.every((order) => this.selected.has(keyOf(order)));
    const label = t("col.select");
    const box = { type: "checkbox", checked, disabled: open.length === 0, "aria-label": label, "data-focus": "all" };
    return el("th", { scope: "col", class: "select" }, el("input", { ...box, on: { change: toggle } }));
  }

  row(order, columns) {
    const cells = columns.map((c) =>
      el("td", { class: c.right ? "right" : null, "data-column": c.name, "data-name": t(`col.${c.name}`) }, c.of(order)),
    );
    return el("tr", {}, this.selectOne(order), ...cells, this.action(order));
  }

  selectOne(order) {
    if (!this.mayRetry) return null;
    if (!order.retryable) return el("td", { class: "select" });
    const box = {
      type: "checkbox",
      checked: this.selected.has(keyOf(order)),
      "aria-label": t("col.select.one", { order: order.name }),
      "data-focus": `s${keyOf(order)}`,
    };
    const toggle = (event) => {
      this.select(order, event.target.checked);
      this.draw("");
    };
    return el("td", { class: "select" }, el("input", { ...box, on: { change: toggle } }));
  }

  action(order) {
    if (!this.mayRetry) return null;
    const button = {
      class: "button small-button",
      "aria-label": t("retry.one", { order: order.name }),
      "data-focus": `r${keyOf(order)}`,
      on: { click: () => this.retry([order]) },
    };
    const may = order.retryable && !isUnderWay(order.asked);
    return el("td", { class: "action" }, may ? el("button", { type: "button", ...button }, t("retry")) : null);
  }

  select(order, wanted) {
    if (wanted) this.selected.set(keyOf(order), order);
    else this.selected.delete(keyOf(order));
  }

  clearSelection() {
    this.selected.clear();
    this.draw("");
  }

  // The button for all that is selected stands outside of the table.
  changed() {
    const button = document.getElementById("retry-selected");
    if (!button) return;
    button.hidden = !this.mayRetry;
    button.disabled = this.selected.size === 0;
    button.textContent = t("retry.selected", { count: number(this.selected.size) });
  }
}

export function pager(element, { offset, limit, total, go }) {
  const step = (name, target, enabled) =>
    el("button", { type: "button", class: "button", disabled: !enabled, "data-focus": name, on: { click: () => go(target) } }, t(`pager.${name}`));
  const from = total === 0 ? 0 : offset + 1;
  const range = { from: number(from), to: number(Math.min(offset + limit, total)), total: number(total) };
  replace(
    element,
    el("span", { class: "muted" }, t("pager.range", range)),
    step("previous", Math.max(offset - limit, 0), offset > 0),
    step("next", offset + limit, offset + limit < total),
  );
}
