"""A whole run in one go, without a scheduler: the same use cases in the same sequence as the DAG's tasks."""

from collections.abc import Callable, Sequence

from orderflow.domain.order import OrderKey
from orderflow.domain.window import Window
from orderflow.flow.alerting import end_run
from orderflow.flow.listing import list_window
from orderflow.flow.offline import finish_left, finish_undelivered, left_unfinished, mark_offline_sent
from orderflow.flow.parties import Parties
from orderflow.flow.preview import Plan, as_table, joined, preview_finish, preview_offline_sent, preview_orders
from orderflow.flow.report import Report
from orderflow.flow.select import Selected, select, to_process
from orderflow.flow.steps import ORDER_STEPS, run_step
from orderflow.flow.sweep import list_open
from orderflow.ledger.models import RunRef


def run_day(parties: Parties, window: Window, run: RunRef) -> Report:
    """Take the window's orders through the ERP and back; failures of orders are in the report, not raised."""
    listed = list_window(parties, window)
    keys = _process(parties, listed, window, run)
    mark_offline_sent(parties, window, run)
    finish_undelivered(parties, keys, run)
    summary, _ = end_run(parties, run, date=window.key, listed=listed, selected=set(keys))
    return summary


def run_sweep(parties: Parties, run: RunRef) -> Report:
    """Look at everything that is open, whatever its day."""
    listed = list_open(parties)
    keys = _process(parties, listed, None, run)
    finish_left(parties, left_unfinished(parties, listed, keys), run)
    summary, _ = end_run(parties, run, date="sweep", listed=listed, selected=set(keys))
    return summary


def _process(parties: Parties, listed: Sequence[int], window: Window | None, run: RunRef) -> list[OrderKey]:
    """Decide about the listed orders and take the payable ones through every step; returns those."""
    keys = to_process(select(parties, listed, run=run, window=window))
    for step in ORDER_STEPS:
        run_step(parties, step, keys, run)
    return keys


def preview_day(
    parties: Parties, window: Window, run: RunRef, show: Callable[[str], None]
) -> tuple[Sequence[Selected], Plan]:
    """Show every write that `run_day` would make; `parties` may be read-only, the ledger is left alone."""
    selected = select(parties, list_window(parties, window), run=run, window=window, record=False)
    keys = to_process(selected)
    offline = preview_offline_sent(parties, window)
    plan = joined(preview_orders(parties, keys), offline, preview_finish(parties, keys))
    show(as_table(plan))
    return selected, plan
