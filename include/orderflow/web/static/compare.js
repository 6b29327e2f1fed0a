// Compare named orders again: Airflow's own API starts orderflow_reconcile for them, so Airflow decides who may.
import { ApiError, askAirflow } from "./api.js";
import { byId, el, replace } from "./dom.js";
import { outLink, runUrl } from "./links.js";
import { t } from "./words.js";

const DAG = "orderflow_reconcile";
const PAUSE = 2000;
const ENDED = ["success", "failed"];

function show(kind, text, run = null) {
  const link = run ? outLink(runUrl(run), { class: "link" }, t("retry.run")) : null;
  replace(byId("retry-state"), el("div", { class: `notice ${kind}` }, el("span", {}, text), link));
}

export async function compareAgain(orderIds, whenDone) {
  show("busy", t("compare.running"));
  try {
    const conf = { order_ids: [...new Set(orderIds)] };
    const { dag_run_id: run_id } = await askAirflow(`dags/${DAG}/dagRuns`, { logical_date: null, conf });
    const run = { dag_id: DAG, run_id };
    let state = "";
    while (!ENDED.includes(state)) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      state = (await askAirflow(`dags/${DAG}/dagRuns/${encodeURIComponent(run_id)}`)).state;
      if (!ENDED.includes(state)) show("busy", t("compare.running"), run);
    }
    show(state === "success" ? "good" : "warn", t(`compare.${state}`), run);
    await whenDone();
  } catch (error) {
    const refused = error instanceof ApiError && error.status === 403;
    show("bad", refused ? t("compare.refused") : t("compare.error", { detail: error.message }));
  }
}
