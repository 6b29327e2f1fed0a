"""Alerts as they go into the ledger and come out of it."""

from datetime import datetime
from typing import NamedTuple, Self

from orderflow.domain.advice import advice
from orderflow.domain.causes import Cause, Matter
from orderflow.domain.reasons import Owner, Reason
from orderflow.ledger.models.record import Record


class Subject(NamedTuple):
    """What an alert is about: its identity, its name for people, and the order or packing slip, if there is one."""

    id: str
    name: str
    order_id: int | None = None
    shipment: str = ""

    @classmethod
    def of_order(cls, order_id: int, name: str) -> Self:
        """Return the subject for an order, whatever its current name."""
        return cls(f"order {order_id}", name, order_id)

    @classmethod
    def of_shipment(cls, number: str, name: str, order_id: int | None) -> Self:
        """Return the subject for a packing slip, and one of its orders if known."""
        return cls(f"slip {number}", name, order_id, number)

    @classmethod
    def of_task(cls, dag_id: str, task_id: str) -> Self:
        """Return the subject for a task that fails as a whole."""
        return cls(f"task {dag_id}/{task_id}", f"{dag_id}, {task_id}")

    @classmethod
    def of_go_live(cls) -> Self:
        """Return the subject for all orders confirmed before go-live."""
        return cls("go-live", "orders of before go-live")

    @classmethod
    def of_missed_days(cls) -> Self:
        """Return the subject for the days that the schedule missed."""
        return cls("missed days", "missed days")

    @classmethod
    def of_service_level(cls) -> Self:
        """Return the subject for how long orders take."""
        return cls("service level", "service level")

    @classmethod
    def of_shop_check(cls) -> Self:
        """Return the subject for the assumptions about shop and ERP."""
        return cls("shop check", "check of shop and ERP")

    @classmethod
    def of_difference(cls, kind: str, reference: str, order_id: int | None) -> Self:
        """Return the subject for a difference between shop and ERP."""
        return cls(f"difference {kind} {reference}", reference, order_id)


class Alert(Record):
    """Something that needs a person; `seen` counts the runs that found it. Open until `closed_at` is set."""

    id: int
    subject: str
    order_id: int | None
    """The order it is about; None if there is none, or for a packing slip whose orders are unknown."""
    shipment: str
    """The packing slip it is about; empty if there is none."""
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
    def is_of_check(self) -> bool:
        """Whether it is about the assumptions about shop and ERP."""
        return self.subject == Subject.of_shop_check().id

    @property
    def is_difference(self) -> bool:
        """Whether it is about a difference between shop and ERP."""
        return self.subject.startswith("difference ")

    @property
    def is_general(self) -> bool:
        """Whether it is about the flow, not about an order, a packing slip or a task."""
        return not (self.subject.startswith("order ") or self.shipment or self.is_outage or self.is_difference)

    @property
    def owner(self) -> Owner:
        """Who has to act."""
        return advice(self.reason, self.title).owner

    @property
    def matter(self) -> Matter:
        """What determines whether people already know about it."""
        return Matter(self.cause, self.reason, self.order_id, self.opened_at)

    @property
    def named_cause(self) -> Cause:
        """The cause, with its reason and the part that varies."""
        return Cause(self.cause, self.reason, self.title)


class Taken(NamedTuple):
    """What a channel should receive now: new alerts, and alerts that are over."""

    opened: list[Alert]
    closed: list[Alert]
