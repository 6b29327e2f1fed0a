"""A whole run in one go, without a scheduler: the same use cases in the same sequence as the DAG's tasks."""

from collections.abc import Callable, Sequence

from orderflow.domain.order import OrderKey
from orderflow.domain.window import Window
from orderflow.flow.orders.backlog import list_open
from orderflow.flow.orders.finish import find_outstanding, finish_outstanding, finish_undelivered, mark_offline_sent
from orderflow.flow.orders.listing import list_window
from orderflow.flow.orders.preview import preview_finish, preview_offline_sent, preview_orders
from orderflow.flow.orders.select import Selected, select, to_process
from orderflow.flow.orders.steps import ORDER_STEPS, run_step
from orderflow.flow.plan import Plan, as_table, joined
from orderflow.flow.reporting.alerts import end_run
from orderflow.flow.reporting.report import Report
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import RunRef


def run_day(services: Services, window: Window, run: RunRef) -> Report:
    """Take the window's orders through the ERP and back; failures of orders are in the report, not raised."""
    listed = list_window(services, window)
    keys = _process(services, listed, window, run)
    mark_offline_sent(services, window, run)
    finish_undelivered(services, keys, run)
    summary, _ = end_run(services, run, date=window.key, listed=listed, selected=set(keys))
    return summary


def run_sweep(services: Services, run: RunRef) -> Report:
    """Look at everything that is open, whatever its day."""
    listed = list_open(services)
    keys = _process(services, listed, None, run)
    finish_outstanding(services, find_outstanding(services, listed, keys), run)
    summary, _ = end_run(services, run, date="sweep", listed=listed, selected=set(keys))
    return summary


def _process(services: Services, listed: Sequence[int], window: Window | None, run: RunRef) -> list[OrderKey]:
    """Decide about the listed orders and take the payable ones through every step; returns those."""
    keys = to_process(select(services, listed, run=run, window=window))
    for step in ORDER_STEPS:
        run_step(services, step, keys, run)
    return keys


def preview_day(
    services: Services, window: Window, run: RunRef, show: Callable[[str], None]
) -> tuple[Sequence[Selected], Plan]:
    """Show every write that `run_day` would make; `services` may be read-only, the ledger is left alone."""
    selected = select(services, list_window(services, window), run=run, window=window, record=False)
    keys = to_process(selected)
    offline = preview_offline_sent(services, window)
    plan = joined(preview_orders(services, keys), offline, preview_finish(services, keys))
    show(as_table(plan))
    return selected, plan
