"""The shapes of the JSON answers. Amounts are decimals as text, excluding tax; instants are UTC."""

from datetime import datetime
from decimal import Decimal
from typing import Self
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from orderflow.domain.backoff import OPEN, due_at
from orderflow.domain.explanations import EXPLAINED
from orderflow.domain.reasons import Owner, Reason
from orderflow.domain.reasons_nl import EXPLAINED_NL, OWNERS_NL
from orderflow.domain.shipment import UNCLEAR
from orderflow.domain.states import Progress
from orderflow.domain.worklist import AT_AN_END, Worklist, may_be_resolved
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import Event, LedgerOrder, Outcome, Step
from orderflow.ledger.orders.queries import Group
from orderflow.web.source import Source


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class ReasonText(_Answer):
    """What a reason means, who owns it and what to do, in the user's language."""

    meaning: str
    owner: str
    action: str
    somebody_acts: bool

    @classmethod
    def of(cls, reason: Reason, language: str) -> Self:
        """Return the text of a reason; Dutch for `nl`, English for anything else."""
        meaning, owner, action = EXPLAINED[reason]
        somebody = owner is not Owner.NOBODY
        if language == "nl":
            dutch = EXPLAINED_NL[reason]
            return cls(meaning=dutch.meaning, owner=OWNERS_NL[owner], action=dutch.action, somebody_acts=somebody)
        return cls(meaning=meaning, owner=owner, action=action, somebody_acts=somebody)


class WebshopName(_Answer):
    """A webshop with orders, by its name in the settings or otherwise its id."""

    id: int
    name: str


class Frame(_Answer):
    """What every page needs besides its data."""

    language: str
    timezone: str
    refresh_seconds: int
    may_retry: bool
    webshops: list[WebshopName]
    worklists: list[Worklist]
    reasons: dict[Reason, ReasonText]


class Summed(_Answer):
    """How many orders are on a list and their total, of one day if days were requested."""

    day: str | None
    worklist: Worklist
    currency: str | None
    orders: int
    amount: Decimal
    oldest: datetime

    @classmethod
    def all_of(cls, groups: list[Group]) -> list[Self]:
        """Convert the ledger's sums."""
        return [cls.model_validate(group) for group in groups]


class Overview(_Answer):
    """The days of the period with their orders' outcomes, and what is open from any day."""

    days: list[str]
    per_day: list[Summed]
    open: list[Summed]


class EventAnswer(_Answer):
    """One line of an order's log and who wrote it."""

    id: int
    at: datetime
    step: Step
    outcome: Outcome
    reason: Reason | None
    message: str
    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    try_number: int

    @classmethod
    def of(cls, event: Event) -> Self:
        """Combine an event with its writer."""
        return cls(**event.model_dump(exclude={"run", "order_id", "webshop", "reference"}), **event.run.model_dump())


class OrderAnswer(_Answer):
    """An order as a line of the table; `in_run` is the last event that the requested run logged about it."""

    webshop: int | None
    order_id: int
    name: str
    worklist: Worklist
    retryable: bool
    resolvable: bool
    """Whether a person may say that it was dealt with by hand."""
    reason: Reason | None
    detail: str
    day: str
    total: Decimal | None
    currency: str | None
    erp_number: str | None
    first_seen_at: datetime
    updated_at: datetime
    next_look: datetime | None
    """From when on the sweep looks at it again; past: with the next one. None: it does not, or a run is at it."""
    in_run: EventAnswer | None = None

    @classmethod
    def of(cls, order: LedgerOrder, source: Source, in_run: Event | None = None) -> Self:
        """Show the order as it is now."""
        listed = source.worklist_of(order)
        local = order.first_seen_at.astimezone(ZoneInfo(source.settings.timezone))
        return cls(
            name=order.name,
            worklist=listed,
            retryable=listed not in AT_AN_END,
            resolvable=order.reason is not None and may_be_resolved(listed) and order.progress is not Progress.UNREAD,
            day=order.partition or f"{local:%Y-%m-%d}",
            next_look=_next_look(order, source.now),
            in_run=None if in_run is None else EventAnswer.of(in_run),
            **order.model_dump(include=_COPIED),
        )


_COPIED = OrderAnswer.model_fields.keys() & LedgerOrder.model_fields.keys()


class OrdersAnswer(_Answer):
    """One page of the table."""

    total: int
    orders: list[OrderAnswer]


class QuestionAnswer(_Answer):
    """An open question about an order, and the task that asks it."""

    dag_id: str
    run_id: str
    map_index: int


class DoubtfulSlip(_Answer):
    """A packing slip of the order that a person has to decide about: nobody else knows whether the shop has it."""

    number: str
    detail: str

    @classmethod
    def of_order(cls, order: LedgerOrder, ledger: Ledger, now: datetime) -> list[Self]:
        """Return the order's packing slips in doubt, except those that a run is working on."""
        if order.erp_number is None:
            return []
        return [
            cls.model_validate(slip)
            for slip in ledger.shipments.of_order(order.erp_number, *(order.former_numbers or ()))
            if slip.progress in UNCLEAR and (slip.claimed_until is None or slip.claimed_until <= now)
        ]


class OrderDetail(_Answer):
    """An order with its log, oldest first."""

    order: OrderAnswer
    progress: str
    payment_status: str | None
    paid_amount: Decimal | None
    """Shown where something was paid, and less than the total."""
    ids_only: bool
    """Whether the setting `origins` is empty, so that orders take no customer along."""
    customer_key: str | None
    customer_code: str | None
    ship_to_key: str | None
    bill_to_key: str | None
    attempts: int
    pushed_at: datetime | None
    written_back_at: datetime | None
    claimed_until: datetime | None
    shop_admin_url: str | None
    undoable: bool
    """Whether somebody has resolved it within the day, and it still stands so."""
    questions: list[QuestionAnswer]
    slips_in_doubt: list[DoubtfulSlip]
    events: list[EventAnswer]

    @classmethod
    def of(cls, order: LedgerOrder, ledger: Ledger, source: Source) -> Self:
        """Show the order as it is now."""
        events = ledger.events(order_id=order.order_id)
        return cls(
            order=OrderAnswer.of(order, source),
            shop_admin_url=_admin_url(source.settings.page.shop_admin_url, order),
            events=[EventAnswer.of(event) for event in events],
            undoable=ledger.words.may_be_undone(order),
            questions=[QuestionAnswer.model_validate(asked) for asked in ledger.questions.of_order(order.order_id)],
            slips_in_doubt=DoubtfulSlip.of_order(order, ledger, source.now),
            ids_only=not source.settings.origins,
            paid_amount=order.paid_amount if _is_partly_paid(order) else None,
            **order.model_dump(include=_DETAILS),
        )


_DETAILS = OrderDetail.model_fields.keys() & LedgerOrder.model_fields.keys() - {"paid_amount"}


def _is_partly_paid(order: LedgerOrder) -> bool:
    return order.paid_amount is not None and order.total is not None and 0 < order.paid_amount < order.total


def _next_look(order: LedgerOrder, now: datetime) -> datetime | None:
    if order.progress not in OPEN or order.reason is Reason.BEFORE_GO_LIVE:
        return None
    if order.claimed_until is not None and order.claimed_until > now:
        return None
    seen = order.first_seen_at
    return due_at(order.progress, order.reason, first_seen=seen, last_look=order.last_look, now=now)


def _admin_url(template: str | None, order: LedgerOrder) -> str | None:
    if template is None:
        return None
    url = template.replace("{webshop}", str(order.webshop)).replace("{order_id}", str(order.order_id))
    return url.replace("{reference}", quote(order.reference, safe=""))
