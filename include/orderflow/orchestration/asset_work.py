"""What the tasks of the assets do: count what this run has done, and attach the numbers to the event."""

from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import Asset, get_current_context
from airflow.sdk.exceptions import AirflowSkipException

from orderflow.domain.shipment import ShipmentProgress
from orderflow.environment import SHOP_TIMEZONE
from orderflow.flow.reporting.report import written_back
from orderflow.ledger.hook import ledger_from_connection
from orderflow.ledger.models.reconciliation import Reconciliation
from orderflow.orchestration.assets import ORDERS_WRITTEN_BACK, SHIPMENTS_SENT, SIDES_COMPARED
from orderflow.orchestration.run_context import RunContext

_SHOP = ZoneInfo(SHOP_TIMEZONE)
_COMPARED = set(Reconciliation.model_fields) - {"totals"}


def publish_written_back() -> dict[str, Any]:
    """Tell other DAGs how many orders this run has written back, by their days."""
    here = RunContext()
    orders = written_back(ledger_from_connection().run_orders(here.run.run_id, dag_id=here.run.dag_id))
    days = Counter(order.partition or f"{order.first_seen_at.astimezone(_SHOP):%Y-%m-%d}" for order in orders)
    return _emit(ORDERS_WRITTEN_BACK, {"orders": days.total(), "days": dict(sorted(days.items()))}, keys=sorted(days))


def publish_shipments(batches: list[list[str]] | None) -> dict[str, Any]:
    """Tell other DAGs of how many packing slips this run has told the shop."""
    numbers = [number for batch in batches or [] for number in batch]
    shipments = ledger_from_connection().shipments.get_many(numbers).values()
    return _emit(SHIPMENTS_SENT, {"shipments": sum(s.progress is ShipmentProgress.SENT for s in shipments)})


def publish_comparison() -> dict[str, Any]:
    """Tell other DAGs what this run's comparison has found, in numbers."""
    here = RunContext()
    past = ledger_from_connection().findings.reconciliations()
    made = [found for found in past if (found.dag_id, found.run_id) == (here.run.dag_id, here.run.run_id)]
    return _emit(SIDES_COMPARED, made[0].model_dump(mode="json", include=_COMPARED) if made else {})


def _emit(asset: Asset, numbers: dict[str, Any], *, keys: list[str] | None = None) -> dict[str, Any]:
    """Attach the numbers to the event; AirflowSkipException, and so no event, if nothing was done."""
    if not any(numbers.values()):
        raise AirflowSkipException("nothing to tell other DAGs")
    event = get_current_context()["outlet_events"][asset]
    event.extra = numbers
    event.add_partitions(keys or [])
    return numbers
