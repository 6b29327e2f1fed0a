// The table of orders, for the overview and for a run.
import { copyButton } from "./copying.js";
import { el, plain, prose, replace } from "./dom.js";
import { askedLine, isUnderWay } from "./lane.js";
import { orderHref } from "./links.js";
import { ago, at, dayName, listName, money, moment, number, reasonText, t } from "./words.js";

export function badge(worklist) {
  return el("span", { class: `badge list-${worklist.replaceAll(" ", "-")}` }, listName(worklist));
}

export const keyOf = (order) => String(order.order_id);

function why(order, mayRetry) {
  const next = nextLook(order, mayRetry);
  if (!order.reason) return el("span", { class: "muted" }, next ?? "–");
  const reason = reasonText(order.reason);
  const whose = [reason.somebody_acts ? t("owner", { owner: reason.owner }) : null, next].filter(Boolean).join(" · ");
  return el(
    "div",
    { class: "why", title: [order.detail, plain(reason.action)].filter(Boolean).join("\n\n") },
    el("span", { class: "clamp" }, ...prose(reason.meaning)),
    order.detail ? el("span", { class: "message clamp" }, order.detail) : null,
    whose ? el("span", { class: "muted small" }, whose) : null,
  );
}

function nextLook(order, mayRetry) {
  if (!order.next_look) return null;
  const isDue = new Date(order.next_look) <= new Date();
  return (isDue ? t("next.sweep") : t("next.at", { time: at(order.next_look) })) + (mayRetry ? t("next.now") : "");
}

function erpNumber(order) {
  if (!order.erp_number) return el("span", { class: "muted" }, "–");
  return el("span", { class: "nowrap" }, order.erp_number, copyButton(order.erp_number));
}

function orderName(order) {
  const link = el("a", { href: orderHref(order), class: "strong", "data-focus": `o${keyOf(order)}` }, order.name);
  return el("span", { class: "nowrap" }, link, copyButton(order.name));
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
  // `sort(by)` is called for the column that is chosen; without, no column can be.
  constructor(element, { mayRetry, retry, run = false, sort = null }) {
    this.element = element;
    this.sort = sort;
    this.sorted = { by: "", backwards: false };
    this.mayRetry = mayRetry;
    this.retry = retry;
    this.run = run;
    this.selected = new Map();
    this.shown = "";
    this.orders = [];
  }

  columns() {
    const amount = { name: "amount", right: true, sort: "amount", of: (order) => money(order.total, order.currency) };
    const did = { name: "inrun", of: inRun };
    return [
      { name: "order", of: orderName, sort: "order" },
      { name: "list", of: (order) => [badge(order.worklist), askedLine(order.asked)] },
      ...(this.run ? [did] : []),
      { name: "why", of: (order) => why(order, this.mayRetry), sort: "why" },
      amount,
      ...(this.run ? [] : [{ name: "day", sort: "age", of: (order) => el("span", { class: "nowrap" }, dayName(order.day)) }]),
      { name: "erp", of: erpNumber, sort: "erp" },
      {
        name: "changed",
        sort: "changed",
        of: (order) => el("time", { datetime: order.updated_at, title: moment(order.updated_at) }, ago(order.updated_at)),
      },
    ];
  }

  show(orders, emptyText, sorted = { by: "", backwards: false }) {
    const now = JSON.stringify([orders, sorted, emptyText]);
    if (now === this.shown) return;
    this.sorted = sorted;
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
    const head = columns.map((column) => this.head(column));
    const table = el(
      "table",
      { class: "orders" },
      el("thead", {}, el("tr", {}, this.selectAll(), ...head, this.mayRetry ? this.actionHead() : null)),
      el("tbody", {}, ...this.orders.map((order) => this.row(order, columns))),
    );
    replace(this.element, table);
    this.changed();
  }

  head(column) {
    const text = t(`col.${column.name}`);
    const looks = { scope: "col", class: column.right ? "right" : null };
    if (!this.sort || !column.sort) return el("th", looks, text);
    const chosen = (this.sorted.by || "changed") === column.sort;
    const down = (column.sort === "changed") !== this.sorted.backwards;
    const order = chosen ? (down ? "descending" : "ascending") : null;
    const button = { type: "button", class: "sort", "data-focus": `sort${column.name}`, on: { click: () => this.sort(column.sort) } };
    return el("th", { ...looks, "aria-sort": order }, el("button", button, text, chosen ? (down ? " ↓" : " ↑") : null));
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

  // The buttons for all that is selected are outside the table.
  changed() {
    const selected = [...this.selected.values()];
    const counts = { retry: selected.length, resolve: selected.filter((order) => order.resolvable).length };
    for (const [what, count] of Object.entries(counts)) {
      const button = document.getElementById(`${what}-selected`);
      if (!button) continue;
      button.hidden = !this.mayRetry;
      button.disabled = count === 0;
      button.textContent = t(`${what}.selected`, { count: number(count) });
    }
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
