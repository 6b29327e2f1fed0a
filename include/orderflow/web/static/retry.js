// What people have done with orders and packing slips in doubt: Airflow's own API starts orderflow_orders, so Airflow decides who may. Asked first,
// followed to its end.
import { ApiError, ask, askAirflow } from "./api.js";
import { byId, el, replace } from "./dom.js";
import { LANE as DAG } from "./lane.js";
import { outLink, runUrl } from "./links.js";
import { dayOf, t } from "./words.js";

const SHOWN = 8;
const PAUSE = 2000;
const ENDED = ["success", "failed"];

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const names = (ids) => ids.map(String);
const ACTS = {
  retry: { conf: (ids) => ({ order_ids: ids }) },
  resolve: { conf: (ids, comment) => ({ resolve: names(ids), comment }), says: true },
  undo: { conf: (ids, comment) => ({ undo: names(ids), comment }), says: true },
  comment: { conf: (ids, comment) => ({ comment_on: names(ids), comment }), says: true, must: true },
  arrived: { conf: (numbers) => ({ arrived: numbers }) },
  send_now: { conf: (numbers) => ({ send_now: numbers }) },
  snooze: { conf: (causes, comment, until) => ({ snooze: causes, comment, until }), says: true, dated: true },
};

// Asks whether to; gives the comment, empty where there is none, and the date, or null for no.
function confirmed(what, orders) {
  const one = orders.length === 1;
  const { says, must, dated } = ACTS[what];
  const tomorrow = dayOf(Date.now() + 86_400_000);
  const date = dated ? el("input", { type: "date", required: true, min: tomorrow, value: tomorrow }) : null;
  const field = says ? el("textarea", { rows: 3, maxlength: 1000, required: must, autofocus: true }) : null;
  const dialog = el(
    "dialog",
    { class: "dialog", "aria-labelledby": "retry-question" },
    el(
      "form",
      { method: "dialog" },
      el(
        "h2",
        { id: "retry-question" },
        one ? t(`${what}.question.one`, { order: orders[0].name }) : t(`${what}.question`, { count: orders.length }),
      ),
      one ? null : el("ul", {}, ...orders.slice(0, SHOWN).map((order) => el("li", {}, order.name))),
      orders.length > SHOWN ? el("p", {}, t("retry.more", { count: orders.length - SHOWN })) : null,
      el("p", { class: "muted" }, t(`${what}.explained`)),
      dated ? el("label", {}, el("span", {}, t("snooze.until")), date) : null,
      says ? el("label", {}, el("span", {}, t("comment.field")), field) : null,
      el(
        "div",
        { class: "buttons" },
        el("button", { value: "cancel", class: "button", formnovalidate: true }, t("retry.cancel")),
        el("button", { value: what, class: "button primary", autofocus: !says }, t(what)),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      const said = { comment: field?.value.trim() || null, until: date?.value };
      resolve(dialog.returnValue === what ? said : null);
    });
  });
}

function show(kind, text, run = null) {
  const link = run ? outLink(runUrl(run), { class: "link" }, t("retry.run")) : null;
  replace(byId("retry-state"), el("div", { class: `notice ${kind}` }, el("span", {}, text), link));
}

async function follow(what, run, whenNew) {
  const texts = what === "retry" ? "retry" : "say";
  let state = "";
  while (!ENDED.includes(state)) {
    const now = (await askAirflow(`dags/${DAG}/dagRuns/${encodeURIComponent(run.run_id)}`)).state;
    if (now !== state) {
      state = now;
      const paused = state === "queued" && (await askAirflow(`dags/${DAG}`)).is_paused;
      const kind = { success: "good", failed: "bad" }[state] ?? "busy";
      const ended = what === "send_now" && state === "success" ? "send_now.done" : `${texts}.state.${state}`;
      show(paused ? "warn" : kind, t(paused ? "retry.paused" : ended), run);
      await whenNew();
    }
    if (!ENDED.includes(state)) await wait(PAUSE);
  }
  if (what === "retry") await showWhatIsOpen(run);
}

// The run's colour says too little: it is red for any of its orders, and may be green for what people know already.
async function showWhatIsOpen(run) {
  const { orders } = await ask("run", { ...run, limit: 200 });
  const open = orders.filter((order) => order.retryable).length;
  if (open > 0) show("warn", t(open === 1 ? "retry.open.one" : "retry.open", { count: open }), run);
}

// Asks, starts, follows; `whenNew` is awaited at every change of state, to show the orders anew.
export async function act(what, orders, whenNew) {
  const said = await confirmed(what, orders);
  if (said === null) return false;
  show("busy", t(`${what === "retry" ? "retry" : "say"}.state.starting`));
  try {
    const conf = ACTS[what].conf([...new Set(orders.map((order) => order.order_id))], said.comment, said.until);
    const started = await askAirflow(`dags/${DAG}/dagRuns`, { logical_date: null, conf });
    await follow(what, { dag_id: DAG, run_id: started.dag_run_id }, whenNew);
  } catch (error) {
    const refused = error instanceof ApiError && error.status === 403;
    show("bad", refused ? t("retry.refused") : t("retry.error", { detail: error.message }));
  }
  return true;
}

export const retry = (orders, whenNew) => act("retry", orders, whenNew);
