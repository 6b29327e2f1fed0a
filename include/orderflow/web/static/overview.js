// The page "Orders": counters, what needs attention, days, and the table of orders.
import { mirror, onBack, permalink, write } from "./address.js";
import { ask, withQuery } from "./api.js";
import { causeName, showAlerts, showFindings } from "./attention.js";
import { DayChart } from "./chart.js";
import { showCheck } from "./check.js";
import { checkNow, compareAgain } from "./compare.js";
import { copyOnClick } from "./copying.js";
import { showCounters } from "./counters.js";
import { byId, el, replace } from "./dom.js";
import { askedFor } from "./lane.js";
import { outLink } from "./links.js";
import { Live, each, showError } from "./refresh.js";
import { act } from "./retry.js";
import { OrderTable, pager } from "./table.js";
import { TrendChart } from "./trends.js";
import { listName, plainReason, readFrame, t, webshopName } from "./words.js";

const PERIODS = [7, 28, 91];
const LIMITS = [50, 100, 200];
const FILTERS = ["text", "worklist", "reason", "webshop", "cause", "first", "last", "sort", "backwards"];
const NO_DAYS = { first: "", last: "" };

const filters = {};
let days;
let limit;
let offset;
let frame;
let chart;
let table;
let trends;
let refused = {};
const live = new Live(load);

function read(asked) {
  const oneOf = (name, choices, usual) => (choices.includes(Number(asked.get(name))) ? Number(asked.get(name)) : usual);
  for (const name of FILTERS) filters[name] = asked.get(name) ?? "";
  days = oneOf("days", PERIODS, 28);
  limit = oneOf("limit", LIMITS, LIMITS[0]);
  offset = Math.max(Math.trunc(Number(asked.get("offset"))) || 0, 0);
}

read(new URLSearchParams(location.search));

function load(signal) {
  const { language } = frame;
  return each(signal, [
    { place: byId("counters-box"), ask: () => ask("overview", { days }, signal), show: showOverview },
    { place: byId("alerts"), ask: () => ask("alerts", { language }, signal), show: alertsOf },
    { place: byId("findings"), ask: () => ask("findings", { language }, signal), show: showDifferences },
    { place: byId("trends"), ask: () => ask("trends", { days }, signal), show: (answer) => trends.show(answer) },
    { place: byId("check"), ask: () => ask("check", {}, signal), show: checked },
    { place: byId("orders-panel"), ask: () => listed(signal), show: showOrders },
  ]);
}

async function listed(signal) {
  const [answer, asked] = await Promise.all([askOrders({ ...filters, limit, offset }, signal), askedFor(signal)]);
  for (const order of answer.orders) order.asked = asked.get(order.order_id);
  return answer;
}

// A filter that cannot be is left out, and said to be: the others hold.
async function askOrders(query, signal, without = {}) {
  try {
    const answer = await ask("orders", query, signal);
    refused = without;
    return answer;
  } catch (error) {
    const bad = (error.fields ?? []).filter((name) => query[name]);
    if (error.status !== 422 || bad.length === 0) throw error;
    const left = Object.fromEntries(bad.map((name) => [name, query[name]]));
    return askOrders({ ...query, ...Object.fromEntries(bad.map((name) => [name, ""])) }, signal, { ...without, ...left });
  }
}

const showDifferences = (answer) =>
  showFindings(answer, frame.may_retry ? (ids) => compareAgain(ids, () => live.refresh()) : null);

const checked = (answer) => showCheck(answer, frame.may_retry, () => checkNow(() => live.refresh()));

function showOverview(overview) {
  showCounters(overview, frame.worklists, filters.worklist, (name, ofPeriod) => {
    choose({ worklist: filters.worklist === name ? "" : name, ...(ofPeriod ? {} : NO_DAYS) });
    toOrders();
  });
  chart.show(overview);
}

function showOrders(answer) {
  const filtered = FILTERS.some((name) => !["sort", "backwards"].includes(name) && filters[name]);
  table.show(answer.orders, t(filtered ? "orders.nomatch" : "orders.empty"), {
    by: filters.sort,
    backwards: Boolean(filters.backwards),
  });
  byId("reset").hidden = !filtered;
  byId("cause-note").hidden = !filters.cause;
  const bad = Object.entries(refused).map(([name, value]) => t("filter.bad", { name: t(`filter.${name}`), value }));
  replace(byId("refused"), ...bad.map((text) => el("div", { class: "notice warn", role: "alert" }, text)));
  const csv = withQuery("api/orders.csv", { ...filters, ...blank(refused), language: frame.language });
  replace(byId("csv"), outLink(csv.href, { class: "button", download: true, "data-focus": "csv" }, t("csv")));
  pager(byId("pager"), { offset, limit, total: answer.total, go: (to) => change(() => (offset = to), { keepOffset: true }) });
}

const blank = (some) => Object.fromEntries(Object.keys(some).map((name) => [name, ""]));
const toOrders = () => byId("orders-title").scrollIntoView({ block: "start" });

function change(how, { keepOffset = false, push = true } = {}) {
  if (!keepOffset) offset = 0;
  how();
  fillForm();
  write({ ...filters, days: days === 28 ? "" : days, limit: limit === LIMITS[0] ? "" : limit, offset }, { push });
  live.refresh();
}

const choose = (wanted, options) => change(() => Object.assign(filters, wanted), options);

// Chosen again, a column is sorted the other way round.
function sortBy(by) {
  const same = (filters.sort || "changed") === by;
  choose({ sort: by === "changed" ? "" : by, backwards: same && !filters.backwards ? "true" : "" });
}

function fillForm() {
  for (const name of FILTERS) {
    const field = byId(`filter-${name}`);
    if (field.value !== filters[name] && field !== document.activeElement) field.value = filters[name];
  }
  byId("period").value = days;
  byId("limit").value = limit;
}

function makeForm() {
  const options = (id, choices) =>
    replace(byId(id), ...choices.map(([value, text]) => el("option", { value }, text)));
  const all = ["", t("filter.all")];
  const reasons = Object.keys(frame.reasons).map((code) => [code, plainReason(code)]);
  options("filter-worklist", [all, ...frame.worklists.map((name) => [name, listName(name)])]);
  options("filter-reason", [all, ...reasons.sort(([, one], [, other]) => one.localeCompare(other))]);
  options("filter-webshop", [all, ...frame.webshops.map(({ id }) => [id, webshopName(id)])]);
  options("filter-sort", ["", "age", "order", "why", "amount", "erp"].map((by) => [by, t(`sort.${by || "changed"}`)]));
  options("period", PERIODS.map((count) => [count, t(`period.${count}`)]));
  options("limit", LIMITS.map((count) => [count, t("pager.limit", { count })]));
  listen();
  fillForm();
}

function listen() {
  let typing;
  let typed = false; // one word typed is one step back
  for (const name of FILTERS) {
    byId(`filter-${name}`).addEventListener(name === "text" ? "input" : "change", (event) => {
      clearTimeout(typing);
      const choice = { [name]: event.target.value, ...(name === "sort" ? { backwards: "" } : {}) };
      typing = setTimeout(() => choose(choice, { push: !(name === "text" && typed) }), name === "text" ? 300 : 0);
      if (name === "text") setTimeout(() => (typed = true), 300);
    });
  }
  byId("filter-text").addEventListener("blur", () => (typed = false));
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("reset").addEventListener("click", () => choose(Object.fromEntries(FILTERS.map((name) => [name, ""]))));
  byId("period").addEventListener("change", (event) => change(() => (days = Number(event.target.value)), { keepOffset: true }));
  byId("limit").addEventListener("change", (event) => change(() => (limit = Number(event.target.value))));
  byId("refresh").addEventListener("click", () => live.refresh());
  copyOnClick(byId("copy-link"), permalink);
  onBack((asked) => {
    read(asked);
    fillForm();
    live.refresh();
  });
}

function alertsOf(answer) {
  const refreshed = () => live.refresh();
  const show = ({ cause }) => {
    choose({ ...Object.fromEntries(FILTERS.map((name) => [name, ""])), cause });
    toOrders();
  };
  const snooze = (cause) => act("snooze", [{ name: causeName(cause), order_id: cause.cause }], refreshed);
  const retry = (cause) => act("retry", cause.retryable, refreshed);
  showAlerts(answer, frame.may_retry ? { show, snooze, retry } : { show });
}

async function again(orders, what = "retry") {
  if (await act(what, orders, () => live.refresh())) table.clearSelection();
}

async function start() {
  try {
    frame = await readFrame();
  } catch (error) {
    showError(error, null, () => location.reload());
    return;
  }
  makeForm();
  mirror();
  trends = new TrendChart();
  chart = new DayChart(frame.worklists, (day, worklist) => {
    choose({ first: day, last: day, worklist });
    toOrders();
  });
  table = new OrderTable(byId("orders"), { mayRetry: frame.may_retry, retry: again, sort: sortBy });
  byId("retry-selected").addEventListener("click", () => again([...table.selected.values()]));
  byId("resolve-selected").addEventListener("click", () => again([...table.selected.values()].filter((o) => o.resolvable), "resolve"));
  byId("retry-forbidden").hidden = frame.may_retry;
  live.start(frame.refresh_seconds);
  await live.refresh();
}

start();
