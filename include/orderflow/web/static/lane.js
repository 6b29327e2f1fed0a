// What people have asked for about orders: the runs of orderflow_orders, as Airflow knows them. So it is there after a
// reload, and for everybody who may see that DAG's runs.
import { askAirflow } from "./api.js";
import { el } from "./dom.js";
import { outLink, runUrl } from "./links.js";
import { at, t } from "./words.js";

export const LANE = "orderflow_orders";
const LATEST = 100;
const SHOWN_FOR = 60 * 60 * 1000; // milliseconds after its end
const ENDED = ["success", "failed"];

// A packing slip's place among the orders' ids.
export const slipKey = (number) => `slip ${number}`;

// The last thing that was asked for about each order, by its id, and about each packing slip.
export async function askedFor(signal) {
  const asked = new Map();
  let runs;
  try {
    runs = (await askAirflow(`dags/${LANE}/dagRuns?order_by=-id&limit=${LATEST}`, undefined, signal)).dag_runs;
  } catch {
    return asked; // who may not see these runs sees the orders without them
  }
  for (const run of runs) {
    const { order_ids: retried = [], resolve = [], undo = [], comment_on: comment = [], dry_run: dry } = run.conf ?? {};
    const { arrived = [], send_now: sent = [] } = run.conf ?? {};
    if (dry || (run.end_date && Date.now() - new Date(run.end_date) > SHOWN_FOR)) continue;
    const note = {
      dag_id: LANE,
      run_id: run.dag_run_id,
      state: run.state,
      who: run.triggering_user_name ?? "–",
      at: run.queued_at ?? run.run_after,
    };
    for (const [what, ids] of Object.entries({ retry: retried, resolve, undo, comment })) {
      for (const id of ids) if (!asked.has(Number(id))) asked.set(Number(id), { ...note, what });
    }
    for (const [what, numbers] of Object.entries({ arrived, send_now: sent })) {
      for (const number of numbers) if (!asked.has(slipKey(number))) asked.set(slipKey(number), { ...note, what });
    }
  }
  return asked;
}

export const isUnderWay = (asked) => Boolean(asked) && !ENDED.includes(asked.state);

export function askedLine(asked) {
  if (!asked) return null;
  const text = t(`asked.${asked.state}`, { what: t(`asked.${asked.what}`), who: asked.who, at: at(asked.at) });
  return el("span", { class: "asked small" }, outLink(runUrl(asked), { class: "link", "data-focus": `asked${asked.run_id}` }, text));
}
