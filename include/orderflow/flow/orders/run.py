"""A complete run without a scheduler: the same use cases in the same order as the DAG's tasks."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from orderflow.domain.window import Window
from orderflow.errors import OrderflowError
from orderflow.flow.batch import errors, isolated, values
from orderflow.flow.orders.edits import find_edits
from orderflow.flow.orders.erp_answers import look_at_erp
from orderflow.flow.orders.finish import find_outstanding, finish
from orderflow.flow.orders.listing import find_referenced, list_window
from orderflow.flow.orders.missed_days import list_day, list_sweep
from orderflow.flow.orders.preview import preview_marks, preview_orders, preview_others
from orderflow.flow.orders.select import Selected, select, to_mark, to_process
from orderflow.flow.orders.steps import ORDER_STEPS, run_step
from orderflow.flow.plan import Plan, as_table_with_bodies, joined
from orderflow.flow.reporting.alerts import end_run
from orderflow.flow.reporting.report import Report
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import RunRef

Found = TypeVar("Found", bound=int)


def run_day(services: Services, window: Window, run: RunRef) -> Report:
    """Take the window's orders through the ERP and back.

    Raises nothing: failures of orders, and of whole steps, are in the report.
    """
    units = isolated(lambda: list_day(services, window, run), "listing")
    listed = units if isinstance(units, OrderflowError) else values(units)
    keys = isolated(lambda: process(services, _or_none(listed), window, run), "selecting")
    finished = isolated(lambda: finish(services, _or_none(listed), _or_none(keys), run), "finishing")
    return _report(services, run, window.key, listed=listed, keys=keys, others=[*_short(units), finished])


def run_sweep(
    services: Services, run: RunRef, *, references: Sequence[str] = (), order_ids: Sequence[int] = ()
) -> Report:
    """Process everything that is open, of any day, or only the orders that somebody names."""
    found = find_referenced(services, references)
    named = list(dict.fromkeys([*order_ids, *values(found)]))
    asked = bool(references or order_ids)
    units = named if asked else isolated(lambda: list_sweep(services, run), "listing")
    listed = units if isinstance(units, OrderflowError) else values(units)
    keys = isolated(lambda: process(services, _or_none(listed), None, run, named=asked), "selecting")
    finished = isolated(lambda: _finish_sweep(services, _or_none(listed), _or_none(keys), run), "finishing")
    looked = [] if asked else _look_around(services, run, _or_none(keys))
    unfound = tuple(map(str, errors(found)))
    others = [*_short(units), finished, *looked]
    summary = _report(services, run, "sweep", listed=listed, keys=keys, others=others)
    return summary.model_copy(update={"unfound": unfound})


def _look_around(services: Services, run: RunRef, payable: list[int]) -> list[OrderflowError]:
    find_edits(services, run)
    return look_at_erp(services, payable)


def _finish_sweep(services: Services, listed: Sequence[int], keys: Sequence[int], run: RunRef) -> object:
    return finish(services, listed, find_outstanding(services, listed, keys), run)


def process(
    services: Services, listed: Sequence[int], window: Window | None, run: RunRef, *, named: bool = False
) -> list[int]:
    """Decide about the listed orders and take the payable ones through every step; return those."""
    order_ids = to_process(select(services, listed, run=run, window=window, named=named))
    for step in ORDER_STEPS:
        run_step(services, step, order_ids, run)
    return order_ids


def _short(units: Sequence[int | OrderflowError] | OrderflowError) -> list[OrderflowError]:
    """Return what a listing lacks; one that failed as a whole is already reported."""
    return [] if isinstance(units, OrderflowError) else errors(units)


def _or_none(result: list[Found] | OrderflowError) -> list[Found]:
    return [] if isinstance(result, OrderflowError) else result


def _report(
    services: Services,
    run: RunRef,
    date: str,
    *,
    listed: list[int] | OrderflowError,
    keys: list[int] | OrderflowError,
    others: Sequence[object],
) -> Report:
    summary, _ = end_run(
        services,
        run,
        date=date,
        listed=_or_none(listed),
        selected=None if isinstance(keys, OrderflowError) else set(keys),
    )
    broken = tuple(map(str, errors([listed, keys, *others])))
    return summary.model_copy(update={"broken": broken, "is_made": not isinstance(listed, OrderflowError)})


def preview_day(
    services: Services, window: Window, run: RunRef, show: Callable[[str], None]
) -> tuple[Sequence[Selected], Plan]:
    """Return every write that `run_day` would make; `services` may be read-only, and the ledger is left alone."""
    selected = select(services, values(list_window(services, window)), run=run, window=window, record=False)
    orders, marks = preview_orders(services, to_process(selected)), preview_marks(services, to_mark(selected))
    plan = joined(orders, marks, preview_others(selected))
    show(as_table_with_bodies(plan))
    return selected, plan
