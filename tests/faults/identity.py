"""Schedules about which order is which: names, webshops, lines and states change between any two calls."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from faults.schedule import Schedule
from faults.world import Terms, goods
from orderflow.domain.reasons import Reason
from orderflow.domain.states import WRITTEN, Progress
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import LedgerOrder
from sandbox.control import SandboxControl

KINDS = (
    *("pay", "pay", "unpay", "cancel", "remark", "reopen", "reopen"),
    *("rename", "repeat", "repeat", "move", "withdraw", "cancel in the ERP"),
)
MANNERS = (
    "lines_recreated", "lines_reversed_on_put", "lines_newest_first", "lines_shuffled", "texts_trimmed",
    "decimals_rescaled_on_write", "decimals_longer", "decimals_as_numbers",
)  # fmt: skip
ANSWERS = (
    "answers_partial", "answers_empty", "answers_no_content", "answers_old", "unknown_fields_refused",
    "decimals_as_text", "times_with_offset", "times_in_utc", "times_without_fraction", "nulls_left_out",
    "no_retry_after", "rows_shuffled", "next_empty_text", "next_ends_early", "next_relative", "empty_page",
    "count_null", "html_errors", "gzip",
)  # fmt: skip
"""How a shop may answer and list: no order may notice."""
NAMED = frozenset(
    {
        *(Reason.REFERENCE_TAKEN, Reason.ERP_NUMBER_CONFLICT, Reason.ERP_ORDER_UNPROVED),
        *(Reason.ERP_IN_DOUBT, Reason.REFERENCE_AMBIGUOUS),
    }
)
"""Why an order may remain without its own ERP order, once a person was notified."""
TOLD = NAMED | {
    Reason.CANCELLED_AFTER_EXPORT,
    Reason.WITHDRAWN_AFTER_EXPORT,
    Reason.ERP_ORDER_CANCELLED,
    Reason.EDITED_AFTER_EXPORT,
    Reason.LINES_MISMATCH,
}
Order = Mapping[str, Any]


class IdentitySchedule(Schedule):
    """A schedule in which the ledger is never lost: without it, a renamed order cannot be recognised."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.hang, self.warehouse = False, None
        self.world.kinds, self.world.cancel_in_erp = KINDS, self.erp.cancel
        self.settings["webshops"][3] = self.settings["webshops"][1]  # where `default_webshop` may move orders
        if not self.renumbers:
            manners = self.dice.sample(MANNERS, self.dice.randrange(4))
            self.seen["schedules with manners about lines and numbers"] += bool(manners)
            answers = self.dice.sample(ANSWERS, self.dice.randrange(3))
            self.seen["schedules with manners about answers and lists"] += bool(answers)
            self.control.configure(manners=[*manners, *answers])
        self.control.configure(erp_shop_order_id=self.dice.random() < 0.5)
        self.seen["schedules about identity"] += 1

    def play(self) -> list[str]:
        found = super().play()  # in which the orders' names prove nothing here
        people = self.erp.people_broken(self.world) if self.people else []
        broken = [what for what in found if what in self.unforeseen or what in people]
        books = IdentityBooks(
            self.control, self._services().ledger, self.world, doubt=not self.erp.gives_proof, made=self.erp.orders()
        )
        return [*broken, *books.broken()]

    def _round(self) -> None:
        for _ in range(self.dice.randrange(6)):
            self.world.edit(self.dice)
        if self.dice.random() < 0.2:
            self.world.restart_series(self.dice)
            self.seen["restarted number series"] += 1
        if self.dice.random() < 0.2:
            other = self.erp.webshops[-1]
            self.settings["default_webshop"] = other if self.settings.get("default_webshop", 1) == 1 else 1
        super()._round()

    def _mistreat_ledger(self) -> None:
        """Nobody does."""


class Placed(Protocol):
    """What people ordered, and what they changed later."""

    versions: Mapping[int, Sequence[Order]]
    """All versions of each order, oldest first."""
    withdrawn: Mapping[int, str]
    """Orders that people put in a state in which nothing may be exported or written any more, with that state."""
    terms: Terms


class IdentityBooks:
    """Shop and ERP by the shop's order id and by line content, each from its own store.

    `made` are the ERP's orders; the sandbox's by default.
    """

    def __init__(
        self,
        control: SandboxControl,
        ledger: Ledger,
        world: Placed,
        *,
        doubt: bool,
        made: Sequence[Order] | None = None,
    ) -> None:
        self.shop: list[Order] = control.orders()
        self.made: dict[int, list[Order]] = defaultdict(list)
        self.numbers: dict[str, Order] = {}
        for order in control.erp_orders() if made is None else made:
            self.made[order["request"]["shop_order_id"]].append(order)
            self.numbers[order["number"]] = order
        self.known = ledger.get_many(order["id"] for order in self.shop)
        self.ledger = ledger
        self.world = world
        self.doubt = doubt

    def broken(self) -> list[str]:
        """List everything that is wrong."""
        return [f"order {order['id']}: {what}" for order in self.shop for what in self._of_one(order)]

    def _of_one(self, order: Order) -> Iterator[str]:
        made, known = self.made[order["id"]], self.known.get(order["id"])
        first = self.world.versions[order["id"]][0]
        if _by_content(goods(order)) != _by_content(goods(first)):
            yield f"its lines are not those that were placed: {order['order_lines']}"
        if len(made) > 1:
            yield f"DOUBLED: {[one['number'] for one in made]}"
        if order["offline"]:
            yield from ["offline, and yet in the ERP"] if made else []
            return
        withdrawn = self.world.withdrawn.get(order["id"])
        if withdrawn and order["state"] != withdrawn:
            yield f"REVIVED: {order['state']} instead of {withdrawn}; ledger: {known}"
        shown = self.numbers.get(order["erp_order_number"] or "")
        if order["erp_order_number"] and (shown is None or shown["request"]["shop_order_id"] != order["id"]):
            yield f"shows an ERP order that is not its own: {order['erp_order_number']}"
        yield from _wrong_lines(order, shown) if shown else []
        if made:
            yield from self._of_exported(order, made[0], known)
        elif self.world.terms.is_owed(order) and not self._may_be_absent(known):
            yield f"LOST: payable, not in the ERP, ledger: {known}"

    def _may_be_absent(self, known: LedgerOrder | None) -> bool:
        in_doubt = known is not None and known.progress is Progress.IN_DOUBT and self.doubt
        return in_doubt or (known is not None and known.reason in NAMED)

    def _of_exported(self, order: Order, made: Order, known: LedgerOrder | None) -> Iterator[str]:
        if _by_content(made["request"]["lines"]) != _by_content(goods(self.world.versions[order["id"]][0])):
            yield f"the ERP's lines are not its own: {made}"
        if known is None or known.progress in WRITTEN or self._was_told(known):
            return
        if order["id"] not in self.world.withdrawn and self.world.terms.is_owed(order):
            yield f"HALF: in the ERP as {made['number']}, and neither written back nor named: {known}"

    def _was_told(self, known: LedgerOrder) -> bool:
        return any(event.reason in TOLD for event in self.ledger.events(order_id=known.order_id))


def _wrong_lines(order: Order, made: Order) -> Iterator[str]:
    """List each line whose number belongs to another product, quantity or price."""
    positions = {line["line_number"]: line["position"] for line in made["lines"]}
    sent = {line["position"]: line for line in made["request"]["lines"]}
    for line in goods(order):
        number = line["erp_line_number"]
        if number is not None and _content(line) != _content(sent.get(positions.get(number), {})):
            yield f"WRONG LINE: {line} has the number of {sent.get(positions.get(number))}"


def _by_content(lines: list[dict[str, Any]]) -> Counter[tuple[Any, ...]]:
    return Counter(map(_content, lines))


def _content(line: Mapping[str, Any]) -> tuple[Any, ...]:
    product = line.get("product") or {}
    numbers = (Decimal(str(line[name])) if line.get(name) is not None else None for name in ("quantity", "unit_price"))
    return product.get("origin"), product.get("key"), *numbers
