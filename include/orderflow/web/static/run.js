// The tab of a DAG run: the orders that it wrote about.
import { ask } from "./api.js";
import { byId, el, replace } from "./dom.js";
import { PlanTable } from "./plan.js";
import { Live, showError } from "./refresh.js";
import { retry } from "./retry.js";
import { OrderTable, badge, pager } from "./table.js";
import { number, readFrame, t } from "./words.js";

const LIMIT = 50;
const asked = new URLSearchParams(location.search);
const run = { dag_id: asked.get("dag_id") ?? "", run_id: asked.get("run_id") ?? "" };
let text = "";
let offset = 0;
let planOffset = 0;
let table;
const planTable = new PlanTable(byId("plan-calls"));

const live = new Live(async (signal) => {
  const [answer, summary, plan] = await Promise.all([
    ask("run", { ...run, text, limit: LIMIT, offset }, signal),
    ask("run/summary", run, signal),
    ask("run/plan", { ...run, limit: LIMIT, offset: planOffset }, signal),
  ]);
  showPlan(plan);
  const sums = new Map();
  for (const cell of summary) sums.set(cell.worklist, (sums.get(cell.worklist) ?? 0) + cell.orders);
  replace(
    byId("summary"),
    ...[...sums].map(([name, orders]) => el("li", {}, badge(name), el("strong", {}, number(orders)))),
  );
  table.show(answer.orders, t(text ? "orders.nomatch" : "run.empty"));
  byId("tools").hidden = sums.size === 0;
  byId("pager").hidden = sums.size === 0;
  byId("written").hidden = plan.total > 0 && sums.size === 0; // a dry run writes about no order
  const go = (to) => {
    offset = to;
    live.refresh();
  };
  pager(byId("pager"), { offset, limit: LIMIT, total: answer.total, go });
});

function showPlan(plan) {
  byId("plan").hidden = plan.total === 0;
  byId("plan-count").textContent = number(plan.total);
  planTable.show(plan.calls);
  byId("plan-pager").hidden = plan.total <= LIMIT;
  const go = (to) => {
    planOffset = to;
    live.refresh();
  };
  pager(byId("plan-pager"), { offset: planOffset, limit: LIMIT, total: plan.total, go });
}

async function again(orders) {
  if (await retry(orders, () => live.refresh())) table.clearSelection();
}

async function start() {
  try {
    const frame = await readFrame();
    table = new OrderTable(byId("orders"), { mayRetry: frame.may_retry, retry: again, run: true });
    byId("retry-selected").addEventListener("click", () => again([...table.selected.values()]));
    let typing;
    byId("filter-text").addEventListener("input", (event) => {
      clearTimeout(typing);
      typing = setTimeout(() => {
        text = event.target.value;
        offset = 0;
        live.refresh();
      }, 300);
    });
    live.start(frame.refresh_seconds);
    await live.refresh();
  } catch (error) {
    showError(error, null, () => location.reload());
  }
}

start();
