"""What the tasks of the orders do: connect, call one use case, return plain JSON."""

import json
import logging
from collections.abc import Sequence
from typing import Any

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowSkipException

from orderflow.errors import OrderflowError
from orderflow.flow.batch import errors, raise_failures, share_out, values
from orderflow.flow.orders.edits import find_edits
from orderflow.flow.orders.erp_answers import look_at_erp
from orderflow.flow.orders.finish import find_outstanding, finish
from orderflow.flow.orders.listing import find_referenced, list_window
from orderflow.flow.orders.missed_days import list_day, list_sweep
from orderflow.flow.orders.preview import preview_finish, preview_marks, preview_orders, preview_others
from orderflow.flow.orders.select import Selected, select, to_mark, to_process
from orderflow.flow.orders.steps import PATCH_NUMBER, PATCH_STATE, PUSH, PUT_LINES, OrderStep, run_step
from orderflow.flow.plan import joined
from orderflow.flow.reporting.alerts import end_run
from orderflow.flow.reporting.report import Report
from orderflow.flow.reporting.worklists import open_state
from orderflow.flow.services import Services
from orderflow.orchestration.announcing import announces
from orderflow.orchestration.assets import DAY_COMPLETED
from orderflow.orchestration.batches import flat, ids, label
from orderflow.orchestration.connect import connect, services_of
from orderflow.orchestration.dry_runs import show
from orderflow.orchestration.failed_tasks import (
    failed_units,
    find_failed_tasks,
    listed,
    publish_error,
    publish_incomplete,
    publish_units,
    raise_failed_tasks,
)
from orderflow.orchestration.metrics import count
from orderflow.orchestration.named_orders import take_named
from orderflow.orchestration.run_context import RunContext
from orderflow.orchestration.run_reports import announce_end, raise_end, raise_for_who_asked, raise_unworked

log = logging.getLogger(__name__)

_LISTING = ("list_confirmed", "list_open_orders", "list_named_orders")
"""The tasks that find the orders; a DAG has one of them."""
_INCOMPLETE = (*_LISTING, "finish_orders")  # they may succeed and still have an error for the report


@publish_error
@announces
def list_confirmed() -> list[int]:
    """List the window's confirmed orders, all pages, before anything is changed."""
    here = RunContext()
    services = connect(read_only=True)
    if here.references:
        return _found(find_referenced(services, here.references))
    window = here.window(services.settings)
    if here.dry_run:
        return listed(list_window(services, window))
    return listed(list_day(services, window, here.run, scheduled=here.is_scheduled))


@publish_error
@announces
def list_open_orders() -> list[int]:
    """Close what people have resolved; list what is open and due, what the ledger has not seen, and missed days."""
    here = RunContext()
    services = connect(read_only=True)
    named = take_named(services, here)
    if here.names_orders:
        return named.order_ids
    units = list_sweep(services, None if here.dry_run else here.run)
    return [order_id for order_id in listed(units) if order_id not in named.dealt_with]


@publish_error
@announces
def select_payable(order_ids: list[int]) -> list[list[int]]:
    """Read each order, decide what to do with it, and divide the payable ones among task groups."""
    here = RunContext()
    services = connect(read_only=True)
    groups = 1 if here.dry_run else services.settings.limits.max_mapped  # a plan is of all orders together
    return share_out(to_process(_select(services, here, order_ids)), groups)


@announces
def push_to_erp(batch: list[int]) -> None:
    """Make sure that the ERP has each order, once."""
    here = RunContext()
    if here.dry_run:
        services, order_ids = connect(dry_run=True), ids(batch)
        here.label(label(services, order_ids))
        show(services, here, preview_orders(services, order_ids))
        return
    _run(PUSH, batch)


@announces
def patch_state(batch: list[int]) -> None:
    """Write to the shop that the order is being processed."""
    _run(PATCH_STATE, batch)


@announces
def patch_erp_order_number(batch: list[int]) -> None:
    """Write the ERP number to the shop."""
    _run(PATCH_NUMBER, batch)


@announces
def put_order_lines(batch: list[int]) -> None:
    """Write the ERP line numbers to the shop, and verify everything that was written."""
    _run(PUT_LINES, batch)


@publish_error
@announces
def mark_offline_orders_sent(order_ids: list[int] | None, batches: list[list[int]] | None) -> None:
    """Finish: `shipment_state=sent` on offline orders, and on written-back ones for which no delivery is reported."""
    here = RunContext()
    services = connect(dry_run=here.dry_run)
    _finish(services, here, order_ids or [], flat(batches), flat(batches))


@publish_error
@announces
def finish_orders(order_ids: list[int] | None, batches: list[list[int]] | None) -> None:
    """Finish orders that get no despatch advice or lack their last step; look for edits, and at the ERP."""
    here = RunContext()
    services = connect(dry_run=here.dry_run)
    written_back = find_outstanding(services, order_ids or [], flat(batches), others=not here.is_for_people)
    if not (here.dry_run or here.is_manually_targeted):
        find_edits(services, here.run)
        publish_incomplete(look_at_erp(services, flat(batches)))
    _finish(services, here, order_ids or [], written_back, flat(batches))


def report(order_ids: list[int] | None, batches: list[list[int]] | None) -> dict[str, Any]:
    """Sum up the day; fail the run for news, naming each cause, its orders and its owner.

    If all failures of a day are already known, this task is skipped, not green: no asset event says the day is done.
    """
    here, summary = RunContext(), _end(order_ids, batches)
    raise_unworked(find_failed_tasks(besides="process_order", incomplete=_INCOMPLETE))
    if summary.failures:
        here.hand_on(summary.numbers)
        raise AirflowSkipException(f"all failures are already known:\n{summary.error}")
    get_current_context()["outlet_events"][DAY_COMPLETED].extra = summary.numbers
    return summary.numbers


def report_news(order_ids: list[int] | None, batches: list[list[int]] | None) -> dict[str, Any]:
    """Sum up the sweep; fail it only for news, so that one cause makes one red run and not a hundred."""
    return _end(order_ids, batches).numbers


def _found(results: Sequence[int | OrderflowError]) -> list[int]:
    """Return the named orders that were found; the others are named at the end of the run."""
    publish_units(errors(results))
    return sorted(set(values(results)))


def _end(order_ids: list[int] | None, batches: list[list[int]] | None) -> Report:
    here = RunContext()
    if here.dry_run:
        raise_failed_tasks(find_failed_tasks())
        raise AirflowSkipException("dry run: nothing was written; the run's tab Orders shows what would be")
    services = services_of()
    summary, news = end_run(
        services,
        here.run,
        date=here.run.partition or "any day",
        listed=order_ids or [],
        selected=None if batches is None else set(flat(batches)),
    )
    unfound = tuple(unit.error for task_id in _LISTING for unit in failed_units(task_id))
    summary = summary.model_copy(update={"unfound": unfound})
    log.info("%s", json.dumps(summary.numbers))
    if news.still_open:
        log.info("open alerts:\n%s", news.digest())
    broken = find_failed_tasks(besides="process_order", incomplete=_INCOMPLETE)
    announce_end(services.ledger, here, broken, is_patient=True)
    count(summary, open_state(services))
    raise_end(services, here, broken)
    raise_for_who_asked(here, summary.error)
    return summary


def _run(step: OrderStep, batch: list[int]) -> None:
    here = RunContext()
    if here.dry_run:
        raise AirflowSkipException("dry run: nothing is written")
    services = connect()
    order_ids = ids(batch)
    here.label(label(services, order_ids))
    results = run_step(services, step, order_ids, here.run, first_try=here.first_try)
    raise_failures(results)
    if all(result.outcome is None for result in results):
        raise AirflowSkipException("no order of this group came this far, or all were done before")


def _select(services: Services, here: RunContext, order_ids: Sequence[int]) -> list[Selected]:
    window = here.window(services.settings) if here.is_for_a_day else None
    return select(services, order_ids, run=here.run, window=window, record=not here.dry_run, named=here.names_orders)


def _finish(
    services: Services, here: RunContext, listed: Sequence[int], written_back: Sequence[int], processed: Sequence[int]
) -> None:
    if here.dry_run:
        selected = _select(services, here, listed)
        marks = preview_marks(services, to_mark(selected))
        last = preview_finish(services, written_back, processed, read=listed)
        show(services, here, joined(marks, last, preview_others(selected)))
        return
    raise_failures(finish(services, listed, written_back, here.run, first_try=here.first_try))
