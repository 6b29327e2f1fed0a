// Links out of this page. Airflow shows it in a sandboxed frame, from which a link may neither change the page around it
// nor open a tab; a link of that page itself may, so such a link is what is followed.
import { el } from "./dom.js";

const framed = window.parent !== window;

export function airflowPath(...parts) {
  return new URL(`../${parts.map(encodeURIComponent).join("/")}`, document.baseURI).href;
}

export function runUrl(run) {
  return airflowPath("dags", run.dag_id, "runs", run.run_id);
}

export function taskUrl(event) {
  const mapped = event.map_index >= 0 ? ["mapped", event.map_index] : [];
  const url = new URL(airflowPath("dags", event.dag_id, "runs", event.run_id, "tasks", event.task_id, ...mapped));
  url.searchParams.set("try_number", event.try_number);
  return url.href;
}

export function outLink(href, { newTab = false, ...attributes }, ...children) {
  const follow = (click) => {
    if (!framed || click.button > 1) return;
    click.preventDefault();
    const link = window.parent.document.createElement("a");
    link.href = href;
    link.rel = "noopener noreferrer";
    if (newTab || click.ctrlKey || click.metaKey || click.button === 1) link.target = "_blank";
    link.click();
  };
  const target = newTab ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return el("a", { href, ...target, ...attributes, on: { click: follow, auxclick: follow } }, ...children);
}

export function orderHref(order) {
  return `order?id=${order.order_id}`;
}
