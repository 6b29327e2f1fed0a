"""A snoozed cause: open and visible, but not announced until its date."""

from datetime import timedelta

import pytest

from orderflow.domain.decision import Action, Decision
from orderflow.domain.reasons import Owner, Reason
from orderflow.errors import PermanentError
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import RunRef, Step, Word
from support.clock import Clock
from support.orders import order

RUN = RunRef(dag_id="orderflow_orders", run_id="run1")


def news(ledger: Ledger) -> list[str]:
    taken = ledger.outbox.take("mail", RUN, owners=frozenset(Owner), settled_for=timedelta())
    ledger.outbox.sent("mail", taken)
    return [alert.order for alert in taken.opened]


def hold(ledger: Ledger, order_id: int, detail: str) -> str:
    held = Decision(action=Action.HOLD, reason=Reason.ORDER_INCOMPLETE, detail=detail)
    ledger.decide(order(order_id=order_id, reference=f"CS{order_id}"), held, RUN)
    return next(alert.cause for alert in ledger.alerts.open() if alert.order_id == order_id)


def test_it_is_announced_when_its_day_has_come_and_others_meanwhile(ledger: Ledger, clock: Clock) -> None:
    cause = hold(ledger, 1, "missing: currency")
    until = clock.now + timedelta(days=3)
    ledger.snoozes.snooze(cause, until, Word("anna", "the shop knows"), RUN)
    hold(ledger, 2, "missing: lines")
    assert news(ledger) == ["1/CS2"]
    assert ledger.snoozes.until() == {cause: until}
    assert len(ledger.alerts.open()) == 2
    (said,) = [event for event in ledger.events(order_id=1) if event.step is Step.SNOOZE]
    assert said.message.startswith("anna: the shop knows (until 2026-11-26")
    clock.advance(days=3)
    assert ledger.snoozes.until() == {}
    assert news(ledger) == ["1/CS1"]


def test_it_can_be_ended_early_and_moved(ledger: Ledger, clock: Clock) -> None:
    cause = hold(ledger, 1, "missing: currency")
    for days in (3, 5):
        ledger.snoozes.snooze(cause, clock.now + timedelta(days=days), Word(), RUN)
    assert ledger.snoozes.until() == {cause: clock.now + timedelta(days=5)}
    ledger.snoozes.snooze(cause, clock.now - timedelta(days=1), Word(), RUN)
    assert news(ledger) == ["1/CS1"]


def test_only_what_is_open_can_be(ledger: Ledger, clock: Clock) -> None:
    with pytest.raises(PermanentError, match="nothing open"):
        ledger.snoozes.snooze("deadbeef", clock.now + timedelta(days=1), Word(), RUN)
    assert ledger.snoozes.until() == {}
