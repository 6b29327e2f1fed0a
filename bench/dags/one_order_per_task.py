"""The obvious baseline: one order per mapped group, four tasks per order, no batching.

Only `make bench` loads it. Each task makes its calls with `requests` and nothing more: no ledger, retries or checks.
"""

from typing import Any

from airflow.sdk import Connection, dag, get_current_context, task, task_group


def shop() -> Any:
    """Log in; with one order per task, every task is its own process."""
    from script import Script  # noqa: PLC0415  # nothing is imported where the file is only parsed

    return Script(str(Connection.get("cloudsuite_default").host))


@task
def list_orders() -> list[int]:
    """List the day's confirmed orders."""
    return list(shop().listed(get_current_context()["dag_run"].conf["day"]))


@task
def create_in_erp(order_id: int) -> dict[str, Any]:
    """Read, look up, create."""
    return dict(shop().create(order_id))


@task
def set_state(order_id: int) -> None:
    """PATCH the state."""
    shop().set_state(order_id)


@task
def set_number(order_id: int, created: dict[str, Any]) -> None:
    """PATCH the ERP number."""
    shop().set_number(order_id, created)


@task
def set_lines(order_id: int, created: dict[str, Any]) -> None:
    """PUT the lines, read back."""
    shop().set_lines(order_id, created)


@task_group
def export(order_id: int) -> None:
    """Export one order."""
    created = create_in_erp(order_id)
    created >> set_state(order_id) >> set_number(order_id, created) >> set_lines(order_id, created)


@dag(schedule=None, catchup=False)
def one_order_per_task() -> None:
    export.expand(order_id=list_orders())


one_order_per_task()
