// Retry: Airflow's own API starts orderflow_orders, so Airflow decides who may. Asked first, followed to its end.
import { ApiError, ask, askAirflow } from "./api.js";
import { byId, el, replace } from "./dom.js";
import { LANE as DAG } from "./lane.js";
import { outLink, runUrl } from "./links.js";
import { t } from "./words.js";

const SHOWN = 8;
const PAUSE = 2000;
const ENDED = ["success", "failed"];

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function confirmed(orders) {
  const one = orders.length === 1;
  const dialog = el(
    "dialog",
    { class: "dialog", "aria-labelledby": "retry-question" },
    el(
      "form",
      { method: "dialog" },
      el(
        "h2",
        { id: "retry-question" },
        one ? t("retry.question.one", { order: orders[0].name }) : t("retry.question", { count: orders.length }),
      ),
      one ? null : el("ul", {}, ...orders.slice(0, SHOWN).map((order) => el("li", {}, order.name))),
      orders.length > SHOWN ? el("p", {}, t("retry.more", { count: orders.length - SHOWN })) : null,
      el("p", { class: "muted" }, t("retry.explained")),
      el(
        "div",
        { class: "buttons" },
        el("button", { value: "cancel", class: "button" }, t("retry.cancel")),
        el("button", { value: "retry", class: "button primary", autofocus: true }, t("retry")),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "retry");
    });
  });
}

function show(kind, text, run = null) {
  const link = run ? outLink(runUrl(run), { class: "link" }, t("retry.run")) : null;
  replace(byId("retry-state"), el("div", { class: `notice ${kind}` }, el("span", {}, text), link));
}

async function follow(run, whenNew) {
  let state = "";
  while (!ENDED.includes(state)) {
    const now = (await askAirflow(`dags/${DAG}/dagRuns/${encodeURIComponent(run.run_id)}`)).state;
    if (now !== state) {
      state = now;
      const paused = state === "queued" && (await askAirflow(`dags/${DAG}`)).is_paused;
      const kind = { success: "good", failed: "bad" }[state] ?? "busy";
      show(paused ? "warn" : kind, paused ? t("retry.paused") : t(`retry.state.${state}`), run);
      await whenNew();
    }
    if (!ENDED.includes(state)) await wait(PAUSE);
  }
  await showWhatIsOpen(run);
}

// The run's colour says too little: it is red for any of its orders, and may be green for what people know already.
async function showWhatIsOpen(run) {
  const { orders } = await ask("run", { ...run, limit: 200 });
  const open = orders.filter((order) => order.retryable).length;
  if (open > 0) show("warn", t(open === 1 ? "retry.open.one" : "retry.open", { count: open }), run);
}

// Asks, starts, follows; `whenNew` is awaited at every change of state, to show the orders anew.
export async function retry(orders, whenNew) {
  if (!(await confirmed(orders))) return false;
  show("busy", t("retry.state.starting"));
  try {
    const conf = { order_ids: [...new Set(orders.map((order) => order.order_id))] };
    const started = await askAirflow(`dags/${DAG}/dagRuns`, { logical_date: null, conf });
    await follow({ dag_id: DAG, run_id: started.dag_run_id }, whenNew);
  } catch (error) {
    const refused = error instanceof ApiError && error.status === 403;
    show("bad", refused ? t("retry.refused") : t("retry.error", { detail: error.message }));
  }
  return true;
}
