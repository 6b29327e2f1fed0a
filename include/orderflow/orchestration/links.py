"""Links for people: the page of all orders, and the run."""

from urllib.parse import quote

from airflow.sdk.configuration import conf

from orderflow.flow.reporting.messages import Links
from orderflow.orchestration.run_context import RunContext


def links(here: RunContext) -> Links:
    """Return the links of a run's messages."""
    run = f"{_base_url()}/dags/{quote(here.run.dag_id, safe='')}/runs/{quote(here.run.run_id, safe='')}"
    return Links(page(), {"This run": f"{run}/plugin/orders-of-run"})


def run_links(dag_id: str, run_id: str) -> Links:
    """Return the links of a message about a run, from outside the run."""
    run = f"{_base_url()}/dags/{quote(dag_id, safe='')}/runs/{quote(run_id, safe='')}"
    return Links(page(), {"This run": f"{run}/plugin/orders-of-run"})


def page() -> str:
    """Return the address of the page of all orders."""
    return f"{_base_url()}/plugin/orders"


def _base_url() -> str:
    return str(conf.get("api", "base_url", fallback="http://localhost:8080")).rstrip("/")
