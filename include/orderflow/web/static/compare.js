// Compare named orders again, or check what is assumed about shop and ERP: Airflow's own API starts the DAG, so Airflow
// decides who may.
import { ApiError, askAirflow } from "./api.js";
import { byId, el, replace } from "./dom.js";
import { outLink, runUrl } from "./links.js";
import { t } from "./words.js";

const PAUSE = 2000;
const ENDED = ["success", "failed"];

function show(kind, text, run = null) {
  const link = run ? outLink(runUrl(run), { class: "link" }, t("retry.run")) : null;
  replace(byId("retry-state"), el("div", { class: `notice ${kind}` }, el("span", {}, text), link));
}

export function compareAgain(orderIds, whenDone) {
  return runNow("orderflow_reconcile", { order_ids: [...new Set(orderIds)] }, "compare", whenDone);
}

export const checkNow = (whenDone) => runNow("orderflow_check", {}, "check", whenDone);

// `what` begins the names of the texts.
async function runNow(dag_id, conf, what, whenDone) {
  show("busy", t(`${what}.running`));
  try {
    const { dag_run_id: run_id } = await askAirflow(`dags/${dag_id}/dagRuns`, { logical_date: null, conf });
    const run = { dag_id, run_id };
    let state = "";
    while (!ENDED.includes(state)) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      state = (await askAirflow(`dags/${dag_id}/dagRuns/${encodeURIComponent(run_id)}`)).state;
      if (!ENDED.includes(state)) show("busy", t(`${what}.running`), run);
    }
    show(state === "success" ? "good" : "warn", t(`${what}.${state}`), run);
    await whenDone();
  } catch (error) {
    const refused = error instanceof ApiError && error.status === 403;
    show("bad", refused ? t(`${what}.refused`) : t(`${what}.error`, { detail: error.message }));
  }
}
