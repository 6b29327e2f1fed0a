"""A confirmed sale is shipped and invoiced, or somebody learns why not."""

from collections.abc import Iterator

import pytest

from orderflow.domain.reasons import Reason
from orderflow.erp.models import SalesOrderRequest
from orderflow.erp.tryton.answer import missing_effects
from orderflow.erp.tryton.sale import Sale, SaleLine
from orderflow.errors import PermanentError
from support.erp_orders import REFERENCE, sales_order
from support.tryton_connector import Connect
from support.tryton_warehouse import sale
from tryton import RunningTryton

ORDER = sales_order(customer=1331, shipment_address=1701, invoice_address=1661)
OURS = [["web_id", "=", REFERENCE]]


@pytest.fixture
def unshippable(tryton: RunningTryton) -> Iterator[SalesOrderRequest]:
    """Return an order of a customer without a place to ship to, which Tryton notices when it makes the shipment."""
    (tied,) = tryton.rpc(
        "model.party.identifier.search_read", [["code", "=", "customer:1331"]], 0, None, None, ["party"]
    )
    (place,) = tryton.rpc("model.party.party.read", [tied["party"]], ["customer_location"])
    tryton.rpc("model.party.party.write", [tied["party"]], {"customer_location": None})
    yield ORDER
    tryton.rpc("model.party.party.write", [tied["party"]], {"customer_location": place["customer_location"]})


@pytest.mark.tryton
def test_a_confirmed_sale_has_its_shipment_and_its_invoice(connect: Connect, tryton: RunningTryton) -> None:
    created = connect(confirm=True).create(ORDER)
    assert (created.status, created.missing_effects) == ("processing", "")
    read = sale(tryton, OURS, "shipment_state", "invoice_state")
    assert (read["shipment_state"], read["invoice_state"]) == ("waiting", "pending")


@pytest.mark.tryton
def test_a_sale_that_tryton_cannot_process_says_why_and_is_no_order_yet(
    connect: Connect, tryton: RunningTryton, unshippable: SalesOrderRequest
) -> None:
    with pytest.raises(PermanentError, match=r"refused to process.*stays as confirmed.*customer location") as caught:
        connect(confirm=True).create(unshippable)
    assert caught.value.reason is Reason.ERP_REJECTED
    assert connect(confirm=True).find(REFERENCE) is None
    assert sale(tryton, OURS, "state")["state"] == "confirmed"


@pytest.mark.tryton
def test_the_next_attempt_processes_it(connect: Connect, tryton: RunningTryton, unshippable: SalesOrderRequest) -> None:
    erp = connect(confirm=True)
    with pytest.raises(PermanentError):
        erp.create(unshippable)
    (tied,) = tryton.rpc(
        "model.party.identifier.search_read", [["code", "=", "customer:1331"]], 0, None, None, ["party"]
    )
    (place,) = tryton.rpc("model.stock.location.search", [["type", "=", "customer"]], 0, None, None)
    tryton.rpc("model.party.party.write", [tied["party"]], {"customer_location": place})
    assert erp.create(unshippable).status == "processing"
    assert sale(tryton, OURS, "shipment_state", "invoice_state")["shipment_state"] == "waiting"


@pytest.mark.tryton
def test_a_queued_sale_is_left_to_trytons_worker(connect: Connect, unshippable: SalesOrderRequest) -> None:
    created = connect(confirm=True, process="queued").create(unshippable)
    found = connect(confirm=True, process="queued").find(REFERENCE)
    assert (created.status, found) == ("confirmed", created)


def _processed(shipment: str, invoice: str, *, movable: bool = True, quantity: float = 1) -> Sale:
    line = SaleLine.model_construct(type="line", movable=movable, quantity=quantity)
    method, state = zip(*(part.split("/") for part in (shipment, invoice)), strict=True)
    return Sale.model_construct(
        state="processing",
        shipment_method=method[0],
        shipment_state=state[0],
        invoice_method=method[1],
        invoice_state=state[1],
        lines=(line,),
    )


@pytest.mark.parametrize(
    ("processed", "missing"),
    [
        (_processed("order/waiting", "order/pending"), ""),
        (_processed("order/none", "order/pending"), "no shipment"),
        (_processed("order/waiting", "order/none"), "no invoice"),
        (_processed("order/none", "order/none"), "no shipment and no invoice"),
        (_processed("order/none", "order/pending", movable=False), ""),
        (_processed("order/none", "order/pending", quantity=-1), ""),
        (_processed("invoice/none", "order/pending"), ""),
        (_processed("order/waiting", "fulfillment/none"), ""),
        (_processed("manual/none", "manual/none"), ""),
        (_processed("order/none", "order/none").model_copy(update={"state": "quotation"}), ""),
    ],
)
def test_what_is_missing_is_what_the_methods_promise(processed: Sale, missing: str) -> None:
    assert missing_effects(processed).endswith(missing)
    assert bool(missing_effects(processed)) == bool(missing)


def _ship_to(tryton: RunningTryton, place: int | None) -> None:
    customer = [["identifiers.code", "=", f"customer:{ORDER.customer}"]]
    parties = tryton.rpc("model.party.party.search", customer, 0, None, None)
    tryton.rpc("model.party.party.write", parties, {"customer_location": place})


def _customers_place(tryton: RunningTryton) -> int:
    (place,) = tryton.rpc("model.stock.location.search", [["type", "=", "customer"]], 0, None, None)
    number: int = place
    return number
