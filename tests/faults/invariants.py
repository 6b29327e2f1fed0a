"""What must be true of shop, ERP and ledger once nothing is due: nothing lost, doubled or half done."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from faults.world import Terms, content, goods
from orderflow.domain.reasons import Reason
from orderflow.domain.states import WRITTEN, Progress
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import LedgerOrder
from sandbox.control import SandboxControl

Order = Mapping[str, Any]
OPEN_END = (Reason.ERP_IN_DOUBT, Reason.ERP_REJECTED, Reason.ERP_ANSWER_INVALID)
"""Reasons why an order was not finished in the ERP."""


class Allowed(NamedTuple):
    """Deviations allowed in this schedule."""

    doubt: bool = False
    """This ERP cannot prevent duplicates: an order whose creation is unclear may stay IN_DOUBT."""
    forgotten: bool = False
    """The ledger was lost, or an older one restored: it may have forgotten what it knew."""
    renumbered: bool = False
    """The shop gives lines new ids on a PUT."""


class Books:
    """Shop, ERP, ledger and journal, read once at the end; `versions` are all versions of each order.

    `orders` are the ERP's, by default the sandbox's; an unfinished one has no number.
    """

    def __init__(
        self,
        control: SandboxControl,
        ledger: Ledger,
        versions: Mapping[int, Sequence[Order]],
        *,
        orders: Sequence[Order] | None = None,
        terms: Terms = Terms(),  # noqa: B008  # a frozen value
    ) -> None:
        self.shop: dict[int, Order] = {order["id"]: order for order in control.orders()}
        self.journal = control.journal()
        self.erp: dict[str, list[Order]] = defaultdict(list)
        for order in control.erp_orders() if orders is None else orders:
            self.erp[order["external_reference"]].append(order)
        self.ledger = ledger
        self.known = ledger.get_many(self.shop)
        self.versions = versions
        self.terms = terms

    def broken(self, allowed: Allowed = Allowed()) -> list[str]:  # noqa: B008  # a frozen value
        """List everything that is wrong."""
        found = list(self._of_the_whole())
        for order in self.shop.values():
            found += [f"order {order['id']}: {what}" for what in self._of_one(order, allowed)]
        return found

    def _of_the_whole(self) -> Iterator[str]:
        if set(self.shop) != set(self.versions):
            yield f"the shop has other orders than before: {set(self.shop) ^ set(self.versions)}"
        references = {_reference(order) for order in self.shop.values()}
        if set(self.erp) - references:
            yield f"the ERP has orders nobody placed: {set(self.erp) - references}"
        for call in self.journal:
            if call["method"] == "POST" and call["path"].startswith("/api/"):
                yield f"call {call['n']} creates an order in the shop"
            is_put = call["service"] == "shop" and call["method"] == "PUT"
            if is_put and call["request_body"]["state"] not in {"processing", "done"}:
                yield f"call {call['n']} PUTs state {call['request_body']['state']}"

    def _of_one(self, order: Order, allowed: Allowed) -> Iterator[str]:
        placed, known = self.erp[_reference(order)], self.known.get(order["id"])
        now, *versions = (
            content(version, line_ids=not allowed.renumbered) for version in (order, *self.versions[order["id"]])
        )
        if now not in versions:
            yield f"changed in the shop beyond what the flow may write: {order}"
        if len(placed) > 1:
            yield f"DOUBLED: {len(placed)} times in the ERP"
        ended = [one for one in placed if one["number"]]
        if order["offline"]:
            yield from self._of_offline(order, placed)
        elif ended:
            yield from self._of_exported(order, ended[0], known, allowed)
        else:
            yield from self._of_absent(order, known, allowed)
            if placed and not allowed.forgotten and not self._was_told(known, *OPEN_END):
                yield f"HALF: begun in the ERP, not ended, and nobody was told: {known}"

    def _of_offline(self, order: Order, placed: Sequence[Order]) -> Iterator[str]:
        if placed:
            yield "offline, and yet in the ERP"
        if order["shipment_state"] != "sent":
            yield f"HALF: offline and its shipment_state is {order['shipment_state']}"
        if order["state"] != self.versions[order["id"]][0]["state"]:
            yield f"offline, and its state became {order['state']}"

    def _of_absent(self, order: Order, known: LedgerOrder | None, allowed: Allowed) -> Iterator[str]:
        progress = known.progress if known else None
        if progress is Progress.PUSHING:
            yield "HALF: still PUSHING"
        elif self.terms.is_owed(order):
            if not (progress is Progress.IN_DOUBT and allowed.doubt):
                yield f"LOST: payable, not in the ERP, ledger: {known}"
        elif order["erp_order_number"] or any(line["erp_line_number"] for line in order["order_lines"]):
            yield "not in the ERP, and yet the shop was given numbers"

    def _of_exported(self, order: Order, placed: Order, known: LedgerOrder | None, allowed: Allowed) -> Iterator[str]:
        versions = self.versions[order["id"]]
        if not any(_same_goods(version, placed) for version in versions):
            yield f"the ERP's lines are those of no version: {placed}"
        if not any(self.terms.is_paid(version) for version in versions):
            yield "was never paid, and yet is in the ERP"
        if len(versions) == 1 and self._is_said(known, Reason.EDITED_AFTER_EXPORT):
            yield f"said to be edited after the export, by nobody: {known}"
        if order["state"] == "cancel":
            if not allowed.forgotten and not self._was_told(known, Reason.CANCELLED_AFTER_EXPORT):
                yield f"cancelled after the export, and nobody was told: {known}"
            return
        if allowed.forgotten and not self.terms.is_owed(order):
            return  # the ledger forgot the export before the shop knew of it, and nobody has paid: looked up once paid
        if (
            not _same_goods(order, placed)
            and not allowed.forgotten
            and not self._was_told(known, Reason.EDITED_AFTER_EXPORT)
        ):
            yield f"edited after the export, and nobody was told: {known}"
        yield from self._of_write_back(order, placed, known, allowed)

    def _of_write_back(self, order: Order, placed: Order, known: LedgerOrder | None, allowed: Allowed) -> Iterator[str]:
        finished = known is not None and known.progress in WRITTEN
        left_alone = finished and not self.terms.is_owed(order)  # reopened after the export, and its payment withdrawn
        if order["state"] not in {"processing", "done"} and not left_alone:
            yield f"HALF: in the ERP, and its state is {order['state']}; ledger: {known}"
        if order["erp_order_number"] != placed["number"]:
            yield f"HALF: in the ERP as {placed['number']}, in the shop as {order['erp_order_number']}; ledger: {known}"
        numbers = {line["position"]: line["line_number"] for line in placed["lines"]}
        given = {n: line["erp_line_number"] for n, line in enumerate(goods(order), start=1)}
        if allowed.forgotten and _has_lookalikes(order) and self._is_said(known, Reason.LINES_MISMATCH):
            return  # nobody can tell any more which is which, and a person was notified
        if given != numbers:
            yield f"HALF: line numbers {given} instead of {numbers}; ledger: {known}"
        forgotten = allowed.forgotten and (known is None or known.reason is Reason.ALREADY_EXPORTED)
        if not forgotten and not finished:
            yield f"HALF: the ledger does not have it as written back: {known}"

    def _was_told(self, known: LedgerOrder | None, *reasons: Reason) -> bool:
        """Whether the ledger says so; a completely written-back order is left to the reconciliation."""
        return known is not None and (known.progress in WRITTEN or self._is_said(known, *reasons))

    def _is_said(self, known: LedgerOrder | None, *reasons: Reason) -> bool:
        events = self.ledger.events(order_id=known.order_id) if known else ()
        return any(event.reason in reasons for event in events)


def _has_lookalikes(order: Order) -> bool:
    """Whether some lines differ only in their texts, which the ERP does not return."""
    lines = [(line["product"]["key"], line["quantity"], line["unit_price"]) for line in goods(order)]
    texts = [(*what, line["description"]) for what, line in zip(lines, goods(order), strict=True)]
    return len(set(lines)) < len(set(texts))


def _reference(order: Order) -> str:
    return f"{order['webshop']}/{order['reference']}"


def _same_goods(version: Order, placed: Order) -> bool:
    wanted = [
        (n, line["product"], Decimal(line["quantity"]), Decimal(line["unit_price"]))
        for n, line in enumerate(goods(version), start=1)
    ]
    got = [
        (line["position"], line["product"], Decimal(line["quantity"]), Decimal(line["unit_price"]))
        for line in placed["request"]["lines"]
    ]
    return wanted == got
