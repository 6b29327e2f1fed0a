// One order: where it is, why, who owns it, and everything that happened to it.
import { ask } from "./api.js";
import { byId, el, prose, replace } from "./dom.js";
import { askedFor, askedLine, isUnderWay, slipKey } from "./lane.js";
import { airflowPath, outLink, runUrl, taskUrl } from "./links.js";
import { PlanTable } from "./plan.js";
import { Live, showError } from "./refresh.js";
import { act } from "./retry.js";
import { badge } from "./table.js";
import { age, dagName, dayName, moment, money, readFrame, reasonText, t, webshopName } from "./words.js";

const asked = new URLSearchParams(location.search);
const path = `orders/${encodeURIComponent(asked.get("id") ?? "")}`;
let frame;

const planTable = new PlanTable(byId("plan-calls"), { subjects: false });

const live = new Live(async (signal) => {
  const [plan, asked] = await Promise.all([ask(`${path}/plan`, {}, signal), askedFor(signal)]);
  showPlan(plan.calls);
  try {
    const detail = await ask(path, {}, signal);
    show(detail, asked);
  } catch (error) {
    if (error.status !== 404) throw error;
    replace(byId("order"), el("p", { class: "empty" }, t(plan.total ? "order.only.dry" : "order.gone")));
  }
});

function showPlan(calls) {
  const [first] = calls;
  byId("plan").hidden = !first;
  if (!first) return;
  byId("name").textContent = first.subject;
  replace(
    byId("plan-run"),
    outLink(runUrl(first), { class: "link", "data-focus": "plan-run" }, dagName(first.dag_id)),
    ` ${moment(first.at)}`,
  );
  planTable.show(calls);
}

function show(detail, asked) {
  const { order } = detail;
  const ofOrder = asked.get(order.order_id);
  document.title = `${order.name} · ${t("title")}`;
  byId("name").textContent = order.name;
  replace(
    byId("actions"),
    detail.shop_admin_url
      ? outLink(detail.shop_admin_url, { newTab: true, class: "button", "data-focus": "admin" }, t("order.admin"))
      : null,
    ...detail.questions.map(decide),
    ...(frame.may_retry && !isUnderWay(ofOrder) ? buttons(detail) : []),
  );
  replace(byId("asked"), askedLine(ofOrder));
  replace(byId("order"), ...detail.slips_in_doubt.map((slip) => doubt(slip, asked)), why(order), facts(detail), timeline(detail.events));
}

function buttons({ order, undoable }) {
  const may = { comment: true, undo: undoable, resolve: order.resolvable, retry: order.retryable };
  return Object.keys(may).filter((what) => may[what]).map((what) => {
    const click = () => act(what, [order], () => live.refresh());
    const looks = what === "retry" ? "button primary" : "button";
    return el("button", { type: "button", class: looks, "data-focus": what, on: { click } }, t(what));
  });
}

// A packing slip in doubt: nobody but a person can find out whether the shop has it, so nothing is waited for.
function doubt({ number, detail }, asked) {
  const latest = asked.get(slipKey(number));
  const mayDecide = frame.may_retry && !isUnderWay(latest);
  const button = (what) => {
    const click = () => act(what, [{ order_id: number, name: number }], () => live.refresh());
    return el("button", { type: "button", class: "button", "data-focus": `${what}${number}`, on: { click } }, t(what));
  };
  return el(
    "section",
    { class: "panel why-panel acts" },
    el("h2", {}, t("slip.in.doubt", { number })),
    el("p", {}, t("slip.look")),
    detail ? el("p", { class: "message" }, detail) : null,
    askedLine(latest),
    mayDecide ? el("div", { class: "buttons start" }, button("arrived"), button("send_now")) : null,
  );
}

function decide({ dag_id: dag, run_id: run, map_index: index }) {
  const href = airflowPath("dags", dag, "runs", run, "tasks", "ask", "mapped", index, "required_actions");
  return outLink(href, { class: "button", "data-focus": `decide${index}` }, t("order.decide"));
}

function why(order) {
  if (!order.reason) return null;
  const reason = reasonText(order.reason);
  return el(
    "section",
    { class: `panel why-panel${reason.somebody_acts ? " acts" : ""}` },
    el("h2", {}, t("order.why")),
    el("p", {}, ...prose(reason.meaning)),
    order.detail ? el("p", { class: "message" }, order.detail) : null,
    el("p", {}, el("strong", {}, `${t("order.action")}: `), ...prose(reason.action)),
    el("p", { class: "muted" }, `${t("owner", { owner: reason.owner })} · `, el("code", {}, order.reason)),
  );
}

function facts(detail) {
  const { order } = detail;
  const lines = [
    ["col.list", badge(order.worklist)],
    ["col.amount", money(order.total, order.currency)],
    ["col.erp", order.erp_number],
    ["col.day", dayName(order.day, { weekday: "long", day: "numeric", month: "long", year: "numeric" })],
    ["order.webshop", order.webshop === null ? "–" : webshopName(order.webshop)],
    ["order.id", order.order_id],
    ["order.payment", detail.payment_status],
    ["order.paid", detail.paid_amount && money(detail.paid_amount, order.currency)],
    ["order.customer", both(detail.customer_key, detail.customer_code) ?? (detail.ids_only ? prose(t("order.ids.only")) : null)],
    ["order.shipto", detail.ship_to_key],
    ["order.billto", detail.bill_to_key === detail.ship_to_key ? null : detail.bill_to_key],
    ["order.seen", `${moment(order.first_seen_at)} (${age(order.first_seen_at)})`],
    ["order.pushed", detail.pushed_at && moment(detail.pushed_at)],
    ["order.written", detail.written_back_at && moment(detail.written_back_at)],
    ["order.attempts", detail.attempts || null],
    ["order.claimed", detail.claimed_until && moment(detail.claimed_until)],
  ];
  const shown = lines.filter(([, value]) => value !== null && value !== undefined && value !== "");
  const pairs = shown.map(([name, value]) => el("div", {}, el("dt", {}, t(name)), el("dd", {}, ...[value].flat())));
  return el("section", { class: "panel" }, el("h2", {}, t("order.facts")), el("dl", { class: "facts" }, ...pairs));
}

// A record's key in the shop, and its number in the ERP.
function both(key, code) {
  return key && code ? `${key} · ERP ${code}` : key;
}

// Events of one run that follow each other stand together, the newest run first.
function timeline(events) {
  const runs = [];
  for (const event of events) {
    const last = runs.at(-1);
    if (last && last[0].run_id === event.run_id && last[0].dag_id === event.dag_id) last.push(event);
    else runs.push([event]);
  }
  const blocks = runs.reverse().map((block) => {
    const [first] = block;
    return el(
      "section",
      { class: "run" },
      el(
        "h3",
        {},
        outLink(runUrl(first), { class: "link", "data-focus": `run${first.id}` }, dagName(first.dag_id)),
        el("span", { class: "muted small" }, ` ${first.run_id}`),
      ),
      el("ol", { class: "timeline" }, ...block.filter(matters).map(line)),
    );
  });
  return el("section", { class: "panel" }, el("h2", {}, t("timeline.title")), ...blocks);
}

// That a step was begun is news only where nobody knows how it ended.
function matters(event, index, block) {
  return event.outcome !== "intent" || block[index + 1]?.step !== event.step;
}

function line(event) {
  const reason = event.reason ? reasonText(event.reason) : null;
  const tried = event.try_number > 1 ? ` · ${t("timeline.try", { number: event.try_number })}` : "";
  return el(
    "li",
    { class: `outcome-${event.outcome}` },
    el(
      "div",
      { class: "step" },
      el("span", { class: "strong" }, t(`step.${event.step}`)),
      el("span", { class: "outcome" }, t(`outcome.${event.outcome}`)),
    ),
    reason ? el("p", {}, ...prose(reason.meaning)) : null,
    event.message ? el("p", { class: "message" }, event.message) : null,
    el(
      "p",
      { class: "muted small" },
      el("time", { datetime: event.at }, moment(event.at)),
      tried,
      event.task_id ? " · " : null,
      event.task_id ? outLink(taskUrl(event), { class: "link", "data-focus": `log${event.id}` }, t("timeline.log")) : null,
    ),
  );
}

async function start() {
  byId("back").search = sessionStorage.getItem("orderflow.orders") ?? "";
  try {
    frame = await readFrame();
    live.start(frame.refresh_seconds);
    await live.refresh();
  } catch (error) {
    showError(error, null, () => location.reload());
  }
}

start();
