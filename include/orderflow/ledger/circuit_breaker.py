"""A circuit breaker across all processes: pauses calls to an endpoint that refuses one order after another.

Only different orders count, and only since the last success. One order that is refused repeatedly, or a few refusals
among many successes, do not open the circuit. It only holds back calls to that endpoint.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from threading import Lock

from sqlalchemy import Engine, delete, select

from orderflow.domain.reasons import Reason
from orderflow.errors import CallDeferredError
from orderflow.ledger.database.rows import truncate
from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.tables.limits import RefusalRow

_HOUR = timedelta(hours=1)
_ID = re.compile(r"(?<=/)(?:ext:[^/]+|\d+)(?=/|$)")
_LOOK_AGAIN_SECONDS = 10.0
"""How long a process relies on its last look at the ledger, unless one of its own calls is refused."""


@dataclass
class _Circuit:
    """What this process knows about an endpoint that has refused calls since its last success."""

    answer: str = ""
    refused: set[str] = field(default_factory=set)
    """The orders that got the most frequent answer."""
    last_at: datetime | None = None


@dataclass
class _Probes:
    """How many calls were held back since the last probe, and how many will be before the next."""

    held: int = 0
    gap: int = 0


class CircuitBreaker:
    """Call `check` before each request and `refused` or `succeeded` after it. Safe to share between threads.

    While the circuit is open, orders other than the refused ones are let through as probes, at growing intervals: the
    next one, then one after 1, 2, 4, … held back. A probe that succeeds closes the circuit.
    """

    def __init__(
        self, engine: Engine, service: str, *, errors: int, pause: timedelta, clock: Callable[[], datetime]
    ) -> None:
        self._engine = engine
        self._service = service
        self._errors = errors
        self._pause = pause
        self._clock = clock
        self._lock = Lock()
        self._circuits: dict[str, _Circuit] = {}
        self._probes: dict[str, _Probes] = {}
        self._looked_at: float | None = None

    def check(self, method: str, path: str) -> None:
        """CallDeferredError if the circuit is open and this call is not a probe."""
        if self._looked_at is None or time.monotonic() - self._looked_at > _LOOK_AGAIN_SECONDS:
            self._look()
        called, now = endpoint(method, path), self._clock()
        with self._lock:
            circuit = self._circuits.get(called)
            if circuit is None or circuit.last_at is None or len(circuit.refused) < self._errors:
                return
            until = circuit.last_at + self._pause
            if self._is_probe(called, is_other=_order(path) not in circuit.refused, is_over=now >= until):
                return
        raise CallDeferredError(
            f"{self._service}: {called} has refused {len(circuit.refused)} orders with the same answer and taken none, "
            f"and is called sparingly until {until.isoformat(timespec='minutes')}: {circuit.answer}",
            reason=Reason.CIRCUIT_OPEN,
            retry_after=max(0.0, (until - now).total_seconds()),
        )

    def refused(self, method: str, path: str, status: int | None, text: str) -> None:
        """Record an answer that repeating will not change. That one order does not exist says nothing about others."""
        if status == HTTPStatus.NOT_FOUND and _ID.search(path):
            return
        now, order = self._clock(), _order(path)
        answer = truncate(f"{status} {_without_ids(path, text)}")
        with writing(self._engine) as session:
            session.execute(delete(RefusalRow).where(RefusalRow.service == self._service, RefusalRow.at < now - _HOUR))
            session.add(
                RefusalRow(service=self._service, endpoint=endpoint(method, path), order=order, answer=answer, at=now)
            )
        self._look()

    def succeeded(self, method: str, path: str) -> None:
        """Forget the refusals of an endpoint that works."""
        called = endpoint(method, path)
        if called not in self._circuits:
            return
        with writing(self._engine) as session:
            session.execute(
                delete(RefusalRow).where(RefusalRow.service == self._service, RefusalRow.endpoint == called)
            )
        with self._lock:
            self._circuits.pop(called, None)
            self._probes.pop(called, None)

    def _is_probe(self, called: str, *, is_other: bool, is_over: bool) -> bool:
        probes = self._probes.setdefault(called, _Probes())
        if (is_other or is_over) and probes.held >= probes.gap:
            probes.held, probes.gap = 0, max(1, 2 * probes.gap)
            return True
        probes.held += 1
        return False

    def _look(self) -> None:
        """Read the refusals of the last hour."""
        statement = (
            select(RefusalRow.id, RefusalRow.endpoint, RefusalRow.order, RefusalRow.answer, RefusalRow.at)
            .where(RefusalRow.service == self._service, RefusalRow.at >= self._clock() - _HOUR)
            .order_by(RefusalRow.at)
        )
        by_answer: dict[tuple[str, str], _Circuit] = {}
        with reading(self._engine) as session:
            for number, called, order, answer, at in session.execute(statement):
                circuit = by_answer.setdefault((called, answer), _Circuit(answer))
                # A path without an order, to which new ones are sent, concerns a different order each time.
                circuit.refused.add(order or f"refusal {number}")
                circuit.last_at = at
        circuits: dict[str, _Circuit] = {}
        for (called, _), circuit in by_answer.items():
            if called not in circuits or len(circuit.refused) > len(circuits[called].refused):
                circuits[called] = circuit
        with self._lock:
            self._circuits, self._looked_at = circuits, time.monotonic()


def endpoint(method: str, path: str) -> str:
    """Return the endpoint without the order: `PATCH /api/order/{}/`."""
    return f"{method} {_ID.sub('{}', path)}"


def _order(path: str) -> str:
    return truncate("/".join(_ID.findall(path)))


def _without_ids(path: str, text: str) -> str:
    """Remove the path's ids from an answer, so that the same answer about another order looks the same."""
    for name in _ID.findall(path):
        text = re.sub(rf"\b{re.escape(name)}\b", "{}", text)
    return text
