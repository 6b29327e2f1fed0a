"""Orders that people name: dealt with by hand, or to be done now. One wrong name hides no other."""

from typing import NamedTuple

from airflow.sdk import task

from orderflow.environment import SHOP_POOL
from orderflow.errors import ConfigurationError
from orderflow.flow.batch import errors, values
from orderflow.flow.orders.listing import find_referenced
from orderflow.flow.orders.resolve import find_to_resolve, resolve
from orderflow.flow.services import Services
from orderflow.orchestration.announcing import announces
from orderflow.orchestration.connect import connect
from orderflow.orchestration.edge import guarded
from orderflow.orchestration.failed_tasks import publish_error, publish_units
from orderflow.orchestration.run_context import RunContext


class Named(NamedTuple):
    """The orders to be done now, and those that a person has dealt with."""

    order_ids: list[int]
    dealt_with: set[int]


@task(pool=SHOP_POOL)
@guarded
@publish_error
@announces
def list_named_orders() -> list[int]:
    """Close what people have resolved; find the other orders that they have named."""
    here = RunContext()
    if not (here.names_orders or here.to_resolve):
        raise ConfigurationError("this run has no orders: name some under `references`, `order_ids` or `resolve`")
    return take_named(connect(read_only=True), here).order_ids


def take_named(services: Services, here: RunContext) -> Named:
    """Do what people say of the orders that they name; what is wrong with a name is for the run's last task to say."""
    to_resolve = find_to_resolve(services, here.to_resolve)
    resolved = [] if here.dry_run else resolve(services, values(to_resolve), here.run)
    found = find_referenced(services, here.references)
    publish_units(errors([*to_resolve, *resolved, *found]))
    dealt_with = set(values(to_resolve))
    named = dict.fromkeys([*here.order_ids, *values(found)])
    return Named([order_id for order_id in named if order_id not in dealt_with], dealt_with)
