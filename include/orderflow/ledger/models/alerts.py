"""What people were notified about, as it goes into the ledger and comes out of it."""

from datetime import datetime
from typing import NamedTuple, Self

from orderflow.domain.advice import advice
from orderflow.domain.causes import Cause, Matter
from orderflow.domain.reasons import Owner, Reason
from orderflow.ledger.models.record import Record


class Subject(NamedTuple):
    """What an alert is about: its identity, its name for people, and the order or packing slip, if it is about one."""

    id: str
    name: str
    order_id: int | None = None
    shipment: str = ""

    @classmethod
    def of_order(cls, order_id: int, name: str) -> Self:
        """Say that it is about an order, whatever that is called at the moment."""
        return cls(f"order {order_id}", name, order_id)

    @classmethod
    def of_shipment(cls, number: str, name: str, order_id: int | None) -> Self:
        """Say that it is about a packing slip, and about one of its orders if any is known."""
        return cls(f"slip {number}", name, order_id, number)

    @classmethod
    def of_task(cls, dag_id: str, task_id: str) -> Self:
        """Say that it is about a task that fails as a whole."""
        return cls(f"task {dag_id}/{task_id}", f"{dag_id}, {task_id}")

    @classmethod
    def of_go_live(cls) -> Self:
        """Say that it is about all orders that were confirmed before go-live."""
        return cls("go-live", "orders of before go-live")

    @classmethod
    def of_missed_days(cls) -> Self:
        """Say that it is about the days that the schedule missed."""
        return cls("missed days", "missed days")

    @classmethod
    def of_service_level(cls) -> Self:
        """Say that it is about how long orders take."""
        return cls("service level", "service level")

    @classmethod
    def of_difference(cls, kind: str, reference: str, order_id: int | None) -> Self:
        """Say that it is about a difference between shop and ERP."""
        return cls(f"difference {kind} {reference}", reference, order_id)


class Alert(Record):
    """Something that needs a person; `seen` counts the runs that met it. Open until `closed_at` is set."""

    id: int
    subject: str
    order_id: int | None
    """The order it is about; None when it is about none, or about a packing slip whose orders nobody knows."""
    shipment: str
    """The packing slip it is about; empty when it is about none."""
    order: str
    reason: Reason
    cause: str
    title: str
    message: str
    seen: int
    opened_by: str | None
    opened_at: datetime
    last_seen_at: datetime
    closed_at: datetime | None

    @property
    def is_outage(self) -> bool:
        """Whether it is about a task that fails as a whole."""
        return self.subject.startswith("task ")

    @property
    def is_difference(self) -> bool:
        """Whether it is about a difference between shop and ERP."""
        return self.subject.startswith("difference ")

    @property
    def owner(self) -> Owner:
        """Who has to act."""
        return advice(self.reason, self.title).owner

    @property
    def matter(self) -> Matter:
        """What it is about, as far as it says whether people know of it."""
        return Matter(self.cause, self.reason, self.order_id)

    @property
    def named_cause(self) -> Cause:
        """The cause, with its reason and what varies."""
        return Cause(self.cause, self.reason, self.title)


class Taken(NamedTuple):
    """What a channel should get now: alerts that are news, and alerts that are over."""

    opened: list[Alert]
    closed: list[Alert]
