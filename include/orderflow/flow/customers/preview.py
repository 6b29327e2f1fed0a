"""What a run would do about an order's customer; writes nothing."""

from collections.abc import Iterator

from orderflow.domain.order import Order
from orderflow.domain.people import People
from orderflow.erp.customers import CustomerPort, CustomerRequest
from orderflow.flow.customers.rules import Wanted
from orderflow.flow.plan import planned
from orderflow.flow.services import Services
from orderflow.ledger.models.dry_runs import PlannedCall
from orderflow.ledger.models.people import LedgerParty


def preview_customer(services: Services, order: Order, people: People) -> Iterator[PlannedCall]:
    """Yield the writes for the order's customer; CUSTOMER_NOT_IN_ERP if the order would be held."""
    port = services.erp.customers if people.buyer and services.erp.capabilities.customers else None
    if people.buyer is None or port is None:
        return
    mode = services.settings.webshop(order.webshop).customers
    wanted = Wanted.of(people.buyer, people, mode, services.settings.shop_origins)
    known = _known(services, port, wanted)
    if known is None:
        yield _call(order, "POST", "/customers", wanted.creation())
    elif change := wanted.change(known, adds_changed_addresses=port.adds_changed_addresses):
        yield _call(order, "PUT", f"/customers/{people.buyer.record}", change)


def _known(services: Services, port: CustomerPort, wanted: Wanted) -> LedgerParty | None:
    """Return the customer as the ledger knows it, otherwise as the ERP shows it."""
    known = services.ledger.people.parties.get(wanted.buyer.record)
    if known.in_erp:
        return known
    found = port.find(wanted.buyer, wanted.addresses)
    return known.model_copy(update={"addresses": dict.fromkeys(found.address_keys)}) if found else None


def _call(order: Order, method: str, path: str, request: CustomerRequest) -> PlannedCall:
    return planned(order, "erp", method, path, request.model_dump_json(exclude_none=True))
