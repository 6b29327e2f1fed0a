"""The tasks of the orders, as DAG files see them. Only order ids are passed between them.

Each imports its work when it runs, so that parsing a DAG file stays cheap.
"""

from typing import Any

from airflow.sdk import task, task_group

from orderflow.environment import ERP_POOL, SHOP_POOL
from orderflow.orchestration.assets import DAY_COMPLETED
from orderflow.orchestration.callbacks import alert_failed_report
from orderflow.orchestration.edge import guarded

LABEL = "{{ label }}"


@task(pool=SHOP_POOL)
@guarded
def list_confirmed() -> list[int]:
    """List the window's confirmed orders, all pages, before anything is changed."""
    from orderflow.orchestration import order_work

    return order_work.list_confirmed()


@task(pool=SHOP_POOL)
@guarded
def list_open_orders() -> list[int]:
    """Close what people have resolved; list what is open and due, what the ledger has not seen, and missed days."""
    from orderflow.orchestration import order_work

    return order_work.list_open_orders()


@task(pool=SHOP_POOL)
@guarded
def list_named_orders() -> list[int]:
    """Close what people have resolved, do what they have decided; find the other orders that they have named."""
    from orderflow.orchestration import named_orders

    return named_orders.list_named_orders()


@task(pool=SHOP_POOL)
@guarded
def select_payable(order_ids: list[int]) -> list[list[int]]:
    """Read each order, decide what to do with it, and divide the payable ones among task groups."""
    from orderflow.orchestration import order_work

    return order_work.select_payable(order_ids)


@task(map_index_template=LABEL, pool=ERP_POOL)
@guarded
def push_to_erp(batch: list[int]) -> None:
    """Make sure that the ERP has each order, once."""
    from orderflow.orchestration import order_work

    order_work.push_to_erp(batch)


@task(map_index_template=LABEL, trigger_rule="all_done", pool=SHOP_POOL)
@guarded
def patch_state(batch: list[int]) -> None:
    """Write to the shop that the order is being processed."""
    from orderflow.orchestration import order_work

    order_work.patch_state(batch)


@task(map_index_template=LABEL, trigger_rule="all_done", pool=SHOP_POOL)
@guarded
def patch_erp_order_number(batch: list[int]) -> None:
    """Write the ERP number to the shop."""
    from orderflow.orchestration import order_work

    order_work.patch_erp_order_number(batch)


@task(map_index_template=LABEL, trigger_rule="all_done", pool=ERP_POOL)
@guarded
def put_order_lines(batch: list[int]) -> None:
    """Write the ERP line numbers to the shop, and verify everything that was written."""
    from orderflow.orchestration import order_work

    order_work.put_order_lines(batch)


@task_group
def process_order(batch: list[int]) -> None:
    """Take a few orders through the ERP and back. Every step continues with the orders that got that far."""
    push_to_erp(batch) >> patch_state(batch) >> patch_erp_order_number(batch) >> put_order_lines(batch)


@task(trigger_rule="all_done", pool=SHOP_POOL)
@guarded
def mark_offline_orders_sent(order_ids: list[int] | None, batches: list[list[int]] | None) -> None:
    """Finish: `shipment_state=sent` on offline orders, and on written-back ones for which no delivery is reported."""
    from orderflow.orchestration import order_work

    order_work.mark_offline_orders_sent(order_ids, batches)


@task(trigger_rule="all_done", pool=ERP_POOL)
@guarded
def finish_orders(order_ids: list[int] | None, batches: list[list[int]] | None) -> None:
    """Finish orders that get no despatch advice or lack their last step; look for edits, and at the ERP."""
    from orderflow.orchestration import order_work

    order_work.finish_orders(order_ids, batches)


@task(trigger_rule="all_done", outlets=[DAY_COMPLETED], on_failure_callback=alert_failed_report)
@guarded
def report(order_ids: list[int] | None, batches: list[list[int]] | None) -> dict[str, Any]:
    """Sum up the day; fail the run for news, naming each cause, its orders and its owner.

    If all failures of a day are already known, this task is skipped, not green: no asset event says the day is done.
    """
    from orderflow.orchestration import order_work

    return order_work.report(order_ids, batches)


@task(trigger_rule="all_done", on_failure_callback=alert_failed_report)
@guarded
def report_news(order_ids: list[int] | None, batches: list[list[int]] | None) -> dict[str, Any]:
    """Sum up the sweep; fail it only for news, so that one cause makes one red run and not a hundred."""
    from orderflow.orchestration import order_work

    return order_work.report_news(order_ids, batches)
