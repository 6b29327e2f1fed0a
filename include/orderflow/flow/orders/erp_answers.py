"""Whether the ERP answers: a sweep that sends it nothing asks, so that an outage is found before an order meets it."""

from collections.abc import Collection
from functools import partial

from orderflow.domain.reasons import Reason
from orderflow.erp.port import NO_ORDER
from orderflow.errors import CallDeferredError, OrderflowError
from orderflow.flow.batch import isolated
from orderflow.flow.services import Services


def look_at_erp(services: Services, payable: Collection[int] | None) -> list[OrderflowError]:
    """Look for an order that does not exist, unless the sweep has payable orders; return the error if that fails.

    Without it, an outage in hours without orders is found only by the next reading of the packing slips. While a task
    is known to fail for it, every sweep looks: orders that arrive meanwhile do not end the outage. A call that our own
    limits hold back says nothing about the ERP.
    """
    if payable and not _is_known_to_be_down(services):
        return []
    found = isolated(partial(_look, services), "ERP")
    return [found] if isinstance(found, OrderflowError) and not isinstance(found, CallDeferredError) else []


def _is_known_to_be_down(services: Services) -> bool:
    return any(alert.is_outage and alert.reason is Reason.ERP_UNAVAILABLE for alert in services.ledger.alerts.open())


def _look(services: Services) -> None:
    services.erp.find(NO_ORDER)
