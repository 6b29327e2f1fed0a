"""Which orders of shop and ERP belong together. Only reads."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from orderflow.domain.decision import Action
from orderflow.domain.findings import FindingKind
from orderflow.domain.fingerprint import fingerprint, has_content
from orderflow.domain.order import Order
from orderflow.domain.payment import payment_rule
from orderflow.domain.reasons import Reason
from orderflow.domain.reconciliation import ErpOrder, Pair
from orderflow.domain.states import IN_ERP, Progress, ShopState
from orderflow.domain.window import Window
from orderflow.errors import OrderflowError
from orderflow.flow.batch import errors, values
from orderflow.flow.reconciliation.customers import customer_codes, sent_to
from orderflow.flow.reconciliation.erp_orders import ErpSide, find_erp_orders, not_anothers, read_erp, webshop_of
from orderflow.flow.reconciliation.shop_orders import find_order, read_order, read_shop
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder
from orderflow.ledger.models.reconciliation import Finding

_CLOCKS_DIFFER = timedelta(days=1)
"""The ERP may give its orders an earlier timestamp than this flow."""
_EXPORTED = frozenset({ShopState.PROCESSING, ShopState.DONE})
_SEEN_IN_A_LIST = frozenset({FindingKind.DUPLICATE_IN_ERP, FindingKind.AMOUNT_DIFFERS})
"""A look-up by name shows neither duplicates nor amounts; all other old findings are looked up."""


class ReconciliationItem(NamedTuple):
    """One order to compare: its names in the ERP (the first identifies it), both sides, and what the ledger knows."""

    names: Sequence[str]
    webshop: int
    pair: Pair
    known: LedgerOrder | None

    @property
    def order_id(self) -> int | None:
        """The shop's id, if the shop or the ledger knows it."""
        if self.pair.order:
            return self.pair.order.order_id
        return self.known.order_id if self.known else None


class BothSides(NamedTuple):
    """What there is to compare, and the errors of orders that could not be read."""

    subjects: Sequence[ReconciliationItem]
    errors: Sequence[OrderflowError]
    erp_numbers: Collection[str] = ()
    """The numbers of all orders that the ERP listed with a reference of the shop."""


def read_both_sides(
    services: Services, window: Window, open_findings: Sequence[Finding], webshop: int | None
) -> BothSides:
    """Read the orders of a window, and those with an open finding. TransientError if a side cannot be read."""
    again = {finding.order_id for finding in open_findings if finding.order_id is not None}
    shop = read_shop(services, window, again, webshop)
    listed = [finding for finding in open_findings if finding.kind in _SEEN_IN_A_LIST]
    days = [Window.of_day(finding.day, services.settings.timezone).start for finding in listed]
    erp = read_erp(services, min([window.start, *days]), webshop)
    pairing = _Pairing(services, erp, open_findings)
    known = services.ledger.get_many(order.order_id for order in shop.orders)

    def one(order: Order) -> ReconciliationItem:
        offline = order.order_id in shop.offline
        return pairing.looked_up(pairing.subject(order, known.get(order.order_id), offline=offline))

    results = services.each(one, shop.orders, lambda order: order.external_reference)
    taken = {name for subject in values(results) for name in subject.names}
    taken |= {order.external_reference for order in shop.orders}
    results += pairing.of_the_rest(taken, window.start)
    failed = [*shop.errors, *erp.unreadable.values(), *(r for r in results if isinstance(r, OrderflowError))]
    numbers = {order.number for orders in erp.by_name.values() for order in orders}
    return BothSides(values(results), list({error.message: error for error in failed}.values()), numbers)


def read_named(services: Services, order_ids: Collection[int], open_findings: Sequence[Finding]) -> BothSides:
    """Read these orders, of any day, with their open findings. TransientError if a side cannot be read."""
    known = services.ledger.get_many(order_ids)
    days = [Window.of_day(finding.day, services.settings.timezone).start for finding in open_findings]
    seen = [order.first_seen_at - _CLOCKS_DIFFER for order in known.values()]
    erp = read_erp(services, min([*days, *seen, services.now()]), None)
    pairing = _Pairing(services, erp, open_findings)

    def one(order_id: int) -> ReconciliationItem | None:
        order, before = read_order(services, order_id), known.get(order_id)
        if order is None:
            return None
        offline = bool(order.offline) or (before is not None and before.is_offline)
        return pairing.looked_up(pairing.subject(order, before, offline=offline))

    results = services.each(one, sorted(order_ids), lambda order_id: f"id {order_id}")
    found = [subject for subject in values(results) if subject is not None]
    rest = pairing.of_the_rest({name for subject in found for name in subject.names}, services.now())
    return BothSides([*found, *values(rest)], [*errors(results), *errors(rest)])


def local_day(services: Services, instant: datetime) -> str:
    """Return the shop-local day of an instant."""
    return f"{instant.astimezone(ZoneInfo(services.settings.timezone)):%Y-%m-%d}"


class _Pairing:
    """Finds the other side of an order."""

    def __init__(self, services: Services, erp: ErpSide, open_findings: Sequence[Finding]) -> None:
        self._services = services
        self._erp = erp
        self._again = {finding.external_reference: finding.order_id for finding in open_findings}
        self._earlier_names: dict[int | None, list[str]] = {}
        for name, order_id in self._again.items():
            self._earlier_names.setdefault(order_id, []).append(name)

    def subject(self, order: Order, known: LedgerOrder | None, *, offline: bool) -> ReconciliationItem:
        """Match both sides of one order; the ERP keeps the first name, even if the shop renames the order."""
        exported = known if known and known.progress in IN_ERP else None
        earlier = self._earlier_names.get(order.order_id, [])
        name = exported.external_reference if exported else None
        names = list(dict.fromkeys(filter(None, [name, order.external_reference, *earlier])))
        webshop = self._services.settings.webshop(order.webshop)
        rule = payment_rule(order.payment_status, payment_option=webshop.payment_option)
        pair = Pair(
            order=order,
            erp_orders=not_anothers(
                self._services, order, [found for name in names for found in self._erp.by_name.get(name, [])]
            ),
            offline=offline,
            payable=rule.action is Action.PROCESS,
            exported_as=exported.erp_number if exported else None,
            was_sent=exported is not None and exported.pushed_at is not None,
            entered_by_hand=order.erp_order_number in self._erp.foreign_numbers,
            edited=_edited(order, exported),
            remark=f"{known.reason}: {known.detail}" if known and known.reason else "",
        )
        return ReconciliationItem(names, order.webshop, pair, known)

    def of_the_rest(self, taken: set[str], since: datetime) -> list[ReconciliationItem | OrderflowError]:
        """Look up in the shop the ERP's recent or corrected unmatched orders, and the remaining findings."""
        names = sorted(
            name
            for name in {*self._erp.by_name, *self._again} - taken
            if name in self._again or any(_is_recent(found, since) for found in self._erp.by_name[name])
        )
        known = self._services.ledger.by_external_reference(names)

        def one(name: str) -> ReconciliationItem:
            order_id = known[name].order_id if name in known else self._again.get(name)
            found = find_order(self._services, name) if order_id is None else read_order(self._services, order_id)
            if found:
                subject = self.subject(found, known.get(name), offline=bool(found.offline))
                return self.looked_up(subject._replace(names=list(dict.fromkeys([name, *subject.names]))))
            listed = tuple(self._erp.by_name.get(name, []))
            pair = Pair(order=None, erp_orders=listed or find_erp_orders(self._services, [name]))
            return ReconciliationItem([name], webshop_of(name) or 0, pair, known.get(name))

        return self._services.each(one, names, str)

    def looked_up(self, subject: ReconciliationItem) -> ReconciliationItem:
        """Look up by name what the ERP should have, or had, but has not listed; and for whom it was sent."""
        pair = subject.pair
        if not pair.erp_orders and self._may_be_in_erp(subject):
            found = find_erp_orders(self._services, subject.names)
            ours = not_anothers(self._services, pair.order, found) if pair.order else found
            pair = pair.model_copy(update={"erp_orders": ours})
        if not pair.erp_orders:
            return subject
        named = {
            "customer_codes": customer_codes(self._services, subject.known, pair.order, pair.erp_orders),
            "ship_to": sent_to(self._services, subject.known, pair.order),
        }
        return subject._replace(pair=pair.model_copy(update=named))

    def _may_be_in_erp(self, subject: ReconciliationItem) -> bool:
        pair = subject.pair
        if pair.offline and not pair.was_sent:
            return False
        told = pair.order is not None and pair.order.state in _EXPORTED
        return pair.payable or bool(pair.exported_as) or told or not self._again.keys().isdisjoint(subject.names)


def _is_recent(found: ErpOrder, since: datetime) -> bool:
    return bool(found.corrections) or (found.created_at is not None and found.created_at >= since)


def _edited(order: Order, exported: LedgerOrder | None) -> str | None:
    """Return an order's fingerprint if it differs from what was sent; None if it does not, or nobody knows."""
    if exported is None or exported.progress is Progress.RESOLVED:
        return None
    if order.missing() or exported.reason is Reason.EDITED_AFTER_EXPORT:
        return None
    is_same = has_content(order, exported.payload_hash, exported.payload_version)
    return fingerprint(order) if is_same is False else None
