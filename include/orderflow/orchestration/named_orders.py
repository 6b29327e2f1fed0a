"""Orders that people name: to be resolved, or to be processed now; and packing slips that they have decided about.

One wrong name does not hide the others.
"""

from functools import partial
from typing import NamedTuple

from orderflow.domain.window import Window
from orderflow.errors import ConfigurationError, OrderflowError
from orderflow.flow.batch import errors, isolated, values
from orderflow.flow.orders.listing import find_referenced
from orderflow.flow.orders.resolve import comment, find_known, find_to_resolve, resolve, undo
from orderflow.flow.services import Services
from orderflow.flow.shipments.decide import decide_shipments
from orderflow.flow.shipments.preview import preview_decided
from orderflow.orchestration.announcing import announces
from orderflow.orchestration.connect import connect
from orderflow.orchestration.dry_runs import show
from orderflow.orchestration.failed_tasks import publish_error, publish_units
from orderflow.orchestration.run_context import RunContext


class NamedOrders(NamedTuple):
    """The orders to be processed now, and those that a person has dealt with."""

    order_ids: list[int]
    dealt_with: set[int]


@publish_error
@announces
def list_named_orders() -> list[int]:
    """Close what people have resolved, do what they have decided; find the other orders that they have named."""
    here = RunContext()
    decides = bool(here.decision.numbers)
    if here.dry_run and (here.to_undo or here.to_comment_on or here.to_snooze):
        raise ConfigurationError(
            "a dry run shows what would be written to shop and ERP, and `undo`, `comment_on` and `snooze` write to "
            "neither: leave them out of a dry run"
        )
    if not (decides or here.names_orders or here.to_resolve or here.to_undo or here.to_comment_on or here.to_snooze):
        raise ConfigurationError("this run has no orders: name some under `references`, `order_ids` or `resolve`")
    services = connect(dry_run=here.dry_run and decides, read_only=not decides)
    order_ids = take_named(services, here).order_ids
    if here.dry_run and decides:
        show(services, here, preview_decided(services, here.decision, here.run))
    return order_ids


def take_named(services: Services, here: RunContext) -> NamedOrders:
    """Do what people ask for named orders; the run's last task reports names that are wrong."""
    to_resolve = find_to_resolve(services, here.to_resolve)
    found = find_referenced(services, here.references)
    said = [] if here.dry_run else _say(services, here, values(to_resolve))
    publish_units(errors([*to_resolve, *said, *found]))
    dealt_with = set(values(to_resolve))
    named = dict.fromkeys([*here.order_ids, *values(found)])
    return NamedOrders([order_id for order_id in named if order_id not in dealt_with], dealt_with)


def _say(services: Services, here: RunContext, to_resolve: list[int]) -> list[int | OrderflowError]:
    """Record what people say; return each order, or what is wrong with it or its name."""
    to_undo, to_comment_on = find_known(services, here.to_undo), find_known(services, here.to_comment_on)
    return [
        *errors([*to_undo, *to_comment_on]),
        *resolve(services, to_resolve, here.run, word=here.word),
        *undo(services, values(to_undo), here.run, here.word),
        *comment(services, values(to_comment_on), here.run, here.word),
        *errors(_snooze(services, here)),
        *decide_shipments(services, here.decision, here.run),
    ]


def _snooze(services: Services, here: RunContext) -> list[OrderflowError | None]:
    if not here.to_snooze:
        return []
    until = here.params.get("until")
    if not until:
        raise ConfigurationError("`snooze` needs a date under `until`")
    end = Window.of_day(str(until), services.settings.timezone).start
    book = services.ledger.snoozes
    return [isolated(partial(book.snooze, cause, end, here.word, here.run), cause) for cause in here.to_snooze]
