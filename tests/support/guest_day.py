"""A day of guests for any ERP: the orders, two concurrent runs, and what must be true of the ERP in the evening."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple, Protocol

from orderflow.domain.window import Window
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.services import Services
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs

DATE = "2026-11-22"
DAY = Window.of_day(DATE, "Europe/Amsterdam")
ORDER = {"confirm_date": f"{DATE}T12:00:00", "payment_status": "paid", "webshop": 1}
SHIPPING = {"type": "shipment_cost", "product": None, "description": "Verzending", "quantity": 1, "unit_price": "6.95"}
COUPON = {"type": "coupon", "product": None, "description": "WELKOM", "quantity": 1, "unit_price": "-2.50"}
VAT_NUMBER = "NL004495445B01"
KNOWN_CUSTOMER, OWN_INVOICE_ADDRESS = 1300, 330
"""The first customer that the ERP has; the ids of customers' invoice addresses are offset by this much."""
SETTINGS: dict[str, Any] = {
    "origins": ["webshop", "erp"],
    "charges": {"shipment_cost": {"product": "SHIPPING"}, "coupon": "charge"},
    "webshops": {"1": {"customers": "create", "guests": "by_mail"}},
    "limits": {"lookup_waits": [0, 0], "breaker_errors": None},
}


class Size(NamedTuple):
    """How many guest orders there are, of how many people, and how many known customers have moved."""

    orders: int
    people: int
    moved: int


WHOLE, SMALL = Size(60, 50, 5), Size(12, 10, 1)


class GuestDay:
    """The orders of a day in the shop."""

    def __init__(self, control: SandboxControl, size: Size, *, product: str = "1_STUK") -> None:
        self.mails = [mail(person) for person in range(size.people)]
        guests = [guest(number, people=size.people, product=product) for number in range(size.orders)]
        others = [moved(number, product=product) for number in range(size.moved)]
        self.order_ids = control.add_orders(*guests, *others)


def guest(number: int, *, people: int = WHOLE.people, product: str = "1_STUK") -> dict[str, Any]:
    """Return order `number` of a guest; the first `people` guests are new, the others have ordered before."""
    person = number % people
    who: dict[str, Any] = {"email": mail(person), "name": f"Gast {person}", "language": ("nl", "en")[person % 2]}
    if person % 5 == 1:
        who |= {"phone": f"+31 30 12345{person:02}", "vat_number": VAT_NUMBER}
    where = {"street1": f"Kade {number}", "country": ("NL", "NL", "BE", "DE")[number % 4]}
    return {**ORDER, "order_lines": lines(number, product), "guest": {**who, **where}}


def moved(number: int, *, product: str = "1_STUK") -> dict[str, Any]:
    """Return an order of a customer that the ERP knows, to an address added while ordering."""
    customer = KNOWN_CUSTOMER + number
    return {
        **ORDER,
        "order_lines": lines(100 + number, product),
        "customer": customer,
        "invoice_address": customer + OWN_INVOICE_ADDRESS,
        "new_address": {"street1": f"Bouwplaats {number}", "city": "Zwolle"},
    }


def lines(number: int, product: str = "1_STUK") -> list[dict[str, Any]]:
    """Return goods at a price with four decimals, different for each order, shipping costs and a coupon."""
    goods = {"product": {"origin": "x", "key": product}, "quantity": "2", "unit_price": f"{10 + number}.0050"}
    return [goods, SHIPPING, COUPON]


def mail(person: int) -> str:
    """Return a guest's email address."""
    return f"g{person}@example.nl"


class PlaceInErp(NamedTuple):
    """An address: the ERP's name for the shop's record, and its street."""

    name: str
    street: str


class PartyInErp(NamedTuple):
    """A customer: the ERP's number, its names for the shop's records, and what is known of it."""

    code: str
    is_new: bool
    names: frozenset[str]
    contacts: frozenset[str]
    vat_numbers: frozenset[str]
    new_places: tuple[PlaceInErp, ...]


class OrderInErp(NamedTuple):
    """An order; `line_numbers` in the order of the shop's lines, None for a line that the ERP does not have."""

    shop_order_id: int
    number: str
    party: str
    ship_to: PlaceInErp
    bill_to: str
    total: Decimal
    line_numbers: tuple[int | None, ...]


class ErpBooks(Protocol):
    """The ERP's data, read without its adapter. New means created since the day began."""

    def parties(self) -> list[PartyInErp]:
        """Return all customers."""

    def orders(self) -> list[OrderInErp]:
        """Return all orders."""

    def name_of(self, kind: str, record: Mapping[str, Any]) -> str:
        """Return the ERP's name for a customer or an address of the shop."""


def run_twice_at_once(task: Callable[[], Services]) -> None:
    """Run the day twice concurrently, each run with its own services."""
    runs = Runs()
    both = [(task(), runs(DATE)), (task(), runs(DATE))]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda one: run_day(one[0], DAY, one[1]), both))


def take_up_the_rest(task: Callable[[], Services], clock: Clock) -> None:
    """Let sweeps finish what was left, until claims and pauses have expired."""
    runs = Runs()
    for n in range(3):
        clock.advance(hours=7)
        run_sweep(task(), runs(f"sweep {n}"))


def judge(control: SandboxControl, erp: ErpBooks, day: GuestDay) -> None:
    """Compare the ERP's data with the shop's, without the flow."""
    orders, parties = erp.orders(), erp.parties()
    assert sorted(order.shop_order_id for order in orders) == sorted(day.order_ids), "each order once"
    by_code = {party.code: party for party in parties}
    assert len(by_code) == len(parties)
    made = [party for party in parties if party.is_new]
    assert sorted(next(iter(party.contacts & set(day.mails)), "") for party in made) == sorted(day.mails), "each once"
    customers, addresses = ({one["id"]: one for one in control.people.all(kind)} for kind in ("customer", "address"))
    shown = {order["id"]: order for order in control.orders()}
    added = {shown[order_id]["shipment_address"] for order_id in day.order_ids}
    assert sorted(place.name for party in parties for place in party.new_places) == sorted(
        erp.name_of("address", addresses[number]) for number in added
    ), "each address once"
    for made_of in orders:
        order = shown[made_of.shop_order_id]
        _judge_order(order, made_of, by_code[made_of.party])
        _judge_party(erp, customers[order["customer"]], by_code[made_of.party])
        ship_to, bill_to = addresses[order["shipment_address"]], addresses[order["invoice_address"]]
        assert made_of.ship_to == PlaceInErp(erp.name_of("address", ship_to), ship_to["street1"])
        assert made_of.bill_to == erp.name_of("address", bill_to)


def _judge_order(shown: Mapping[str, Any], order: OrderInErp, party: PartyInErp) -> None:
    assert order.ship_to in party.new_places
    assert order.total == _total(shown)
    assert (shown["state"], shown["erp_order_number"]) == ("processing", order.number)
    assert tuple(line["erp_line_number"] for line in shown["order_lines"]) == order.line_numbers


def _judge_party(erp: ErpBooks, customer: Mapping[str, Any], party: PartyInErp) -> None:
    assert party.is_new == customer["guest"]
    if customer["guest"]:  # a guest that returns is a new customer in the shop
        assert party.contacts == {customer["email"], customer["phone"]} - {None}
        assert party.vat_numbers == {customer["vat_number"]} - {None}
    else:
        assert erp.name_of("customer", customer) in party.names


def _total(order: Mapping[str, Any]) -> Decimal:
    amounts = [Decimal(str(line["quantity"])) * Decimal(str(line["unit_price"])) for line in order["order_lines"]]
    return sum(amounts, Decimal(0)).quantize(Decimal("0.01"), ROUND_HALF_UP)
