"""Orders and events as they go into the ledger and come out of it."""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from orderflow.domain.decision import Action
from orderflow.domain.last_step import LastStep
from orderflow.domain.open_enum import OpenEnum
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress, was_only_marked
from orderflow.ledger.models.record import Record


class Step(OpenEnum):
    """What a run does, as recorded in the log of events."""

    LIST = "list"
    SELECT = "select"
    PUSH = "push_to_erp"
    PATCH_STATE = "patch_state"
    PATCH_NUMBER = "patch_erp_order_number"
    PUT_LINES = "put_order_lines"
    OFFLINE_SENT = "mark_offline_sent"
    FINISH = "finish"
    SEND_SHIPMENT = "send_packing_slip"
    TELL_PUSHED = "tell_pushed"
    TELL_DELIVERED = "tell_delivered"
    RESOLVE = "resolve"
    ANSWER = "answer"
    UNDO = "undo"
    COMMENT = "comment"
    SNOOZE = "snooze"


COURTESIES = frozenset({Step.TELL_PUSHED, Step.TELL_DELIVERED})
"""Extra services for the customer: no failure here can make an order fail."""


WORDS = frozenset({Step.RESOLVE, Step.ANSWER, Step.UNDO, Step.COMMENT, Step.SNOOZE})
"""What people record about an order: nothing is done to the order itself."""


class Outcome(OpenEnum):
    """The outcome of a step."""

    INTENT = "intent"
    """About to be done. Without a later event of this step, the outcome is unknown."""
    DONE = "done"
    UNCHANGED = "unchanged"
    DECIDED = "decided"
    FLAGGED = "flagged"
    REJECTED = "rejected"
    IN_DOUBT = "in_doubt"
    FAILED = "failed"
    """Failed in a way that a retry may fix."""


FAILURES = frozenset({Outcome.REJECTED, Outcome.IN_DOUBT, Outcome.FAILED})
"""Outcomes other than success."""


class RunRef(BaseModel):
    """Who writes: one try of one task instance; `partition` is the key of the run's window, if any."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    dag_id: str
    run_id: str
    task_id: str = ""
    map_index: int = -1
    try_number: int = 1
    partition: str | None = None

    @property
    def name(self) -> str:
        """The run's name, the same for all its tasks: run ids are unique only within a DAG."""
        return f"{self.dag_id} {self.run_id}"

    def __str__(self) -> str:
        return f"{self.name} {self.task_id}[{self.map_index}] try {self.try_number}"


class Word(NamedTuple):
    """A person's name as Airflow knows it, and a comment; both may be empty."""

    by: str = ""
    comment: str = ""

    def on(self, what: str) -> str:
        """Put it in front of its subject."""
        said = ": ".join(part for part in self if part)
        return f"{said} ({what})" if said and what else said or what


NOBODY = Word()


def called(external_reference: str | None, webshop: int | None, reference: str, order_id: int) -> str:
    """Return how people call an order: its name in the ERP, otherwise its reference, otherwise its id."""
    shown = f"{webshop}/{reference}" if webshop is not None and reference else reference
    return external_reference or shown or f"id {order_id}"


class LedgerOrder(Record):
    """An order as the ledger knew it at one instant. Amounts exclude tax; instants are UTC."""

    order_id: int
    webshop: int | None
    """As last read; None if the order could never be read."""
    reference: str
    external_reference: str | None
    """The order's unique name in the ERP; fixed by the first intent, whatever the shop renames.

    None before that, and again once the ERP certainly does not have the order.
    """
    partition: str | None
    """Window key of the run that first treated the order as its own."""
    progress: Progress
    decision: Action | None
    reason: Reason | None
    """Why it is where it is; None if nothing is wrong."""
    detail: str
    total: Decimal | None
    currency: str | None
    payment_status: str | None
    paid_amount: Decimal | None = None
    customer_key: str | None = None
    """The customer as sent to the ERP, as `origin/key`."""
    customer_code: str | None = None
    """The ERP's own customer number."""
    ship_to_key: str | None = None
    bill_to_key: str | None = None
    shop_modified_at: datetime | None
    """The shop's timestamp of the order's last change, as last read."""
    idempotency_key: str | None
    """The key with which the order was sent; a repetition must use the same one."""
    payload_hash: str | None
    payload_version: int | None
    """The version of the rules for the hash; None for those from before there were versions."""
    erp_number: str | None
    former_numbers: tuple[str, ...] | None = None
    """The numbers that it had in the ERP before: shop and packing slips may still show them."""
    erp_lines: dict[int, int]
    """ERP line number by position."""
    line_ids: dict[int, int | None]
    """The shop's line id by position, as sent to the ERP."""
    sent_lines: list[dict[str, Any]] | None
    """The lines of the request exactly as sent; None if it was sent before lines were kept."""
    attempts: int
    """Claims taken since the last success."""
    first_seen_at: datetime
    decided_at: datetime | None
    """When the decision became what it is now."""
    pushed_at: datetime | None
    written_back_at: datetime | None
    last_step: LastStep | None = None
    """Its last step, according to the settings at its write-back; None before that, and for older orders."""
    updated_at: datetime
    """When anything about it changed, or something was done with it."""
    looked_at: datetime | None = None
    """When it was last read successfully; None if a later read failed, or it was never read."""
    is_as_before: bool = False
    """Whether the decision just recorded changed nothing, so that the log does not have it."""
    claimed_until: datetime | None
    """When its claim expires; None if nobody holds one."""
    claimed_by: str | None = None
    """The try of the task that holds the claim, as `str(RunRef)`."""

    @property
    def last_look(self) -> datetime:
        """The time from which its next check is counted."""
        return max(self.updated_at, self.looked_at or self.updated_at)

    @property
    def is_offline(self) -> bool:
        """Whether it is known as an offline order, marked as sent or not yet: it has nothing to do with the ERP."""
        return self.is_marked_offline or self.progress is Progress.OFFLINE

    @property
    def is_marked_offline(self) -> bool:
        """Whether it was marked as sent without ever going to the ERP."""
        return was_only_marked(self.progress, self.pushed_at)

    def numbers_before(self, number: str) -> tuple[str, ...]:
        """Return the numbers that it had in the ERP before this one. A number that only the shop has shown is none."""
        own = [self.erp_number] if self.erp_number and self.pushed_at else []
        return tuple(one for one in dict.fromkeys([*(self.former_numbers or ()), *own]) if one != number)

    @property
    def name(self) -> str:
        """The order as people call it."""
        return called(self.external_reference, self.webshop, self.reference, self.order_id)


class Event(Record):
    """One line of the log, never changed; webshop and reference are as they were then."""

    id: int
    """Increases with time."""
    order_id: int
    webshop: int | None
    at: datetime
    run: RunRef
    step: Step
    outcome: Outcome
    reason: Reason | None
    message: str
    reference: str


class RunOrder(NamedTuple):
    """What one run did with one order: the current order, and the run's last event of each step.

    Without any event, the run checked it and found it unchanged.
    """

    order: LedgerOrder
    last: dict[Step, Event]
    is_held_elsewhere: bool = False
    """Whether another run is working on it now."""

    @property
    def was_worked_on(self) -> bool:
        """Whether the run did more than record what people say about it."""
        return not self.last or not self.last.keys() <= WORDS
