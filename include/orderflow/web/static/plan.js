// What a dry run would have written, as a table. Bodies are text like everything else: shown, never run.
import { el, replace } from "./dom.js";
import { orderHref } from "./links.js";
import { number, t } from "./words.js";

const SHORT = 90;

function body(call) {
  if (call.body === null) return el("span", { class: "muted" }, t("plan.body.hidden"));
  const line = call.body.replace(/\s*\n\s*/g, " ");
  if (line.length <= SHORT) return el("code", {}, line);
  return el(
    "details",
    { class: "body" },
    el("summary", { "data-focus": `body${call.id}` }, t("plan.body", { count: number(call.body.split("\n").length) })),
    el("pre", { tabindex: "0" }, call.body),
  );
}

function subject(call) {
  if (call.order_id === null) return call.subject;
  return el("a", { href: orderHref(call), class: "strong", "data-focus": `p${call.id}` }, call.subject);
}

export class PlanTable {
  // `subjects`: say what each call is about, which is plain where all are about the same.
  constructor(element, { subjects = true } = {}) {
    this.element = element;
    this.shown = "";
    this.columns = [
      ...(subjects ? [{ name: "about", of: subject }] : []),
      { name: "system", of: (call) => t(`plan.system.${call.system}`) },
      { name: "call", of: (call) => el("code", {}, `${call.method} ${call.path}`) },
      { name: "body.head", of: body },
    ];
  }

  // Drawn anew only when something has changed, so that what was opened stays open.
  show(calls) {
    const now = JSON.stringify(calls);
    if (now === this.shown) return;
    this.shown = now;
    const head = this.columns.map((c) => el("th", { scope: "col" }, t(`plan.${c.name}`)));
    const cells = (call) =>
      this.columns.map((c) => el("td", { "data-column": c.name, "data-name": t(`plan.${c.name}`) }, c.of(call)));
    replace(
      this.element,
      el(
        "table",
        { class: "plan" },
        el("thead", {}, el("tr", {}, ...head)),
        el("tbody", {}, ...calls.map((call) => el("tr", {}, ...cells(call)))),
      ),
    );
  }
}
