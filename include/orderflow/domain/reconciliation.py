"""Compare one order in the shop with the same order in the ERP."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from orderflow.domain.erp_status import is_cancelled
from orderflow.domain.findings import FindingKind
from orderflow.domain.money import same_amount
from orderflow.domain.order import Order
from orderflow.domain.people import RecordRef
from orderflow.domain.states import ShopState

SENT = "sent"
NONE = "none"
"""The value of a side that shows nothing."""
_TOLD = frozenset({ShopState.PROCESSING, ShopState.DONE})
_FINISHABLE = _TOLD | {ShopState.CONFIRMED}


class ErpOrder(BaseModel):
    """What the ERP says about one of its orders. Amounts exclude tax; they are None unless the ERP listed the order."""

    model_config = ConfigDict(frozen=True)

    number: str
    shop_order_id: int | None = None
    """The shop order it was created from; None if the ERP does not say."""
    status: str | None = None
    line_numbers: tuple[int, ...] = ()
    customer_code: str | None = None
    """The ERP's own customer number; None if it does not say."""
    ship_to: RecordRef | None = None
    """The shop's address to which it is shipped, by id or by key; None if the ERP does not say."""
    corrections: tuple[str, ...] = ()
    """Returns and credit notes made for it in the ERP, by kind and number."""
    total: Decimal | None = None
    currency: str | None = None
    created_at: AwareDatetime | None = None

    @property
    def is_cancelled(self) -> bool:
        """Whether it is cancelled in the ERP; ERPs spell that in several ways."""
        return is_cancelled(self.status)


class Pair(BaseModel):
    """One order on both sides, and what else is known about it."""

    model_config = ConfigDict(frozen=True)

    order: Order | None
    """The shop's side; None if the shop does not know it."""
    erp_orders: tuple[ErpOrder, ...] = ()
    offline: bool = False
    payable: bool = False
    """Whether its payment status allows the export."""
    exported_as: str | None = None
    """The ERP number in the ledger."""
    was_sent: bool = False
    """Whether it went to the ERP, or was found there, according to the ledger; then it was no offline order."""
    entered_by_hand: bool = False
    """Whether the ERP lists the number shown by the shop under a reference that is not the shop's."""
    customer_codes: frozenset[str] = frozenset()
    """The ERP's numbers of the customer that the order was sent for; empty if unknown."""
    ship_to: RecordRef | None = None
    """The address that the order was sent with, by key and, if known, by id."""
    edited: str | None = None
    """A fingerprint of the shop's current order, if it differs from what was sent to the ERP."""
    remark: str = ""
    """What is wrong with it according to the ledger."""

    @property
    def live(self) -> list[ErpOrder]:
        """The ERP's orders that are not cancelled."""
        return [order for order in self.erp_orders if not order.is_cancelled]

    def changed_at(self, now: datetime) -> datetime | None:
        """Return when either side last changed, if known; a time in the future comes from a wrong clock."""
        instants = [order.created_at for order in self.erp_orders]
        if self.order:
            instants += [self.order.confirmed_at, self.order.modified_at]
        return max((instant for instant in instants if instant is not None and instant <= now), default=None)


class Discrepancy(BaseModel):
    """One difference: its kind, what each side shows, and details of this order."""

    model_config = ConfigDict(frozen=True)

    kind: FindingKind
    erp_number: str | None = None
    shop_value: str = ""
    erp_value: str = ""
    detail: str = ""


def compare(pair: Pair, *, tolerance: Decimal) -> list[Discrepancy]:
    """Return how the two sides differ; empty if they agree. One cause gives one discrepancy.

    Totals may differ by `tolerance`. An order that awaits payment is not expected in the ERP.
    """
    order, live = pair.order, pair.live
    if order is None:
        return [_of(FindingKind.UNKNOWN_IN_SHOP, live, shop=NONE, erp=_numbers(live))] if live else []
    if pair.offline and not pair.was_sent:
        return _offline(order)
    if not live:
        return _absent(pair, order)
    if order.state is ShopState.CANCEL:
        return [_of(FindingKind.CANCELLED_IN_SHOP, live, shop="cancel", erp=_numbers(live))]
    known = {order.erp_order_number, pair.exported_as}
    one = next((candidate for candidate in live if candidate.number in known), live[0])
    return [
        *_doubled(live),
        *_written_back(order, one, live),
        *_content(pair, order, one, tolerance),
        *_customer(pair.customer_codes, one),
        *_address(pair.ship_to, one),
        *_corrected(order, one),
    ]


def _offline(order: Order) -> list[Discrepancy]:
    if order.state not in _FINISHABLE or order.shipment_state == SENT:
        return []
    return [
        Discrepancy(
            kind=FindingKind.OFFLINE_NOT_SENT,
            erp_number=order.erp_order_number,
            shop_value=f"shipment_state {order.shipment_state or NONE}",
        )
    ]


def _absent(pair: Pair, order: Order) -> list[Discrepancy]:
    """Judge an order that is missing from the ERP or cancelled there."""
    if order.state is ShopState.CANCEL or pair.entered_by_hand:
        return []
    state, cancelled = str(order.state or NONE), pair.erp_orders
    shown = order.erp_order_number if order.state in _TOLD else None
    exported_as = pair.exported_as or shown or (cancelled[0].number if cancelled else None)
    if exported_as:
        erp = f"{cancelled[0].number} is cancelled" if cancelled else NONE
        source = "the ledger" if pair.exported_as else "the shop"
        return [
            Discrepancy(
                kind=FindingKind.GONE_FROM_ERP,
                erp_number=exported_as,
                shop_value=f"{state}, {order.erp_order_number or 'no number'}",
                erp_value=erp,
                detail=f"ERP number {exported_as} by {source}" if not cancelled else "",
            )
        ]
    if order.state in _TOLD:
        detail = "The ERP does not have the order either."
        return [Discrepancy(kind=FindingKind.NUMBER_MISSING, shop_value=state, erp_value=NONE, detail=detail)]
    if order.state is ShopState.CONFIRMED and pair.payable:
        shop = f"{state}, {order.payment_status}"
        return [Discrepancy(kind=FindingKind.NOT_IN_ERP, shop_value=shop, erp_value=NONE, detail=pair.remark)]
    return []


def _doubled(live: Sequence[ErpOrder]) -> list[Discrepancy]:
    if len(live) == 1:
        return []
    return [_of(FindingKind.DUPLICATE_IN_ERP, live, shop="1 order", erp=f"{len(live)} orders: {_numbers(live)}")]


def _written_back(order: Order, one: ErpOrder, live: Sequence[ErpOrder]) -> list[Discrepancy]:
    """Judge what was written to the shop, its state first: without that, number and lines are not expected yet."""
    if order.state not in _TOLD:
        return [_of(FindingKind.STILL_CONFIRMED, [one], shop=str(order.state or NONE), erp=one.number)]
    if not order.erp_order_number:
        return [_of(FindingKind.NUMBER_MISSING, [one], shop=NONE, erp=one.number)]
    if order.erp_order_number not in {candidate.number for candidate in live}:
        return [_of(FindingKind.NUMBER_DIFFERS, live, shop=order.erp_order_number, erp=_numbers(live))]
    shown = [line.erp_line_number for line in order.lines]
    if len(shown) != len(one.line_numbers) or set(shown) == set(one.line_numbers):
        return []
    wrong = [line.position for line in order.lines if line.erp_line_number not in one.line_numbers]
    return [
        _of(
            FindingKind.LINES_MISSING,
            [one],
            shop=", ".join(NONE if number is None else str(number) for number in shown),
            erp=", ".join(map(str, one.line_numbers)),
            detail=f"lines {', '.join(map(str, wrong))}" if wrong else "",
        )
    ]


def _content(pair: Pair, order: Order, one: ErpOrder, tolerance: Decimal) -> list[Discrepancy]:
    """Judge what was ordered. Different lines lead to a different total, which is then not a separate finding."""
    shop, erp = _money(order.total, order.currency), _money(one.total, one.currency)
    if len(order.lines) != len(one.line_numbers):
        shop, erp = f"{len(order.lines)} lines, {shop}", f"{len(one.line_numbers)} lines, {erp}"
        return [_of(FindingKind.LINE_COUNT_DIFFERS, [one], shop=shop, erp=erp)]
    comparable = one.total is not None and one.currency is not None
    if comparable and not _same_money(order, one, tolerance):
        return [_of(FindingKind.AMOUNT_DIFFERS, [one], shop=shop, erp=erp)]
    if pair.offline:
        return [_of(FindingKind.CONTENT_DIFFERS, [one], shop="an offline order", erp="an order from the shop")]
    if pair.edited:
        return [_of(FindingKind.CONTENT_DIFFERS, [one], shop=f"content {pair.edited[:12]}", erp="as it was sent")]
    return []


def _same_money(order: Order, one: ErpOrder, tolerance: Decimal) -> bool:
    return order.currency == one.currency and (
        one.total is not None and same_amount(order.total, one.total, order.currency, tolerance)
    )


def _customer(codes: Collection[str], one: ErpOrder) -> list[Discrepancy]:
    if not codes or one.customer_code is None or one.customer_code in codes:
        return []
    shop = ", ".join(sorted(codes))
    return [_of(FindingKind.CUSTOMER_DIFFERS, [one], shop=f"customer {shop}", erp=f"customer {one.customer_code}")]


def _address(sent: RecordRef | None, one: ErpOrder) -> list[Discrepancy]:
    """Judge the delivery address, by key or otherwise by id: whichever both sides know."""
    if sent is None or one.ship_to is None:
        return []
    for what, ours, theirs in (("key", sent.record, one.ship_to.record), ("id", sent.id, one.ship_to.id)):
        if ours is not None and theirs is not None:
            shop, erp = f"address {what} {ours}", f"address {what} {theirs}"
            return [_of(FindingKind.ADDRESS_DIFFERS, [one], shop=shop, erp=erp)] if ours != theirs else []
    return []


def _corrected(order: Order, one: ErpOrder) -> list[Discrepancy]:
    if not one.corrections:
        return []
    return [_of(FindingKind.CORRECTED_IN_ERP, [one], shop=str(order.state or NONE), erp=", ".join(one.corrections))]


def _of(kind: FindingKind, orders: Sequence[ErpOrder], *, shop: str, erp: str, detail: str = "") -> Discrepancy:
    return Discrepancy(kind=kind, erp_number=_numbers(orders), shop_value=shop, erp_value=erp, detail=detail)


def _money(amount: Decimal | None, currency: str | None) -> str:
    return f"{NONE if amount is None else amount} {currency or NONE}"


def _numbers(orders: Sequence[ErpOrder]) -> str:
    return ", ".join(order.number for order in orders)
