"""After a roll-back the ledger holds values that this code does not know: they can be read, and are left alone."""

import pytest
from sqlalchemy import URL, text

from orderflow.domain.decision import Action, Decision
from orderflow.domain.explanations import EXPLAINED
from orderflow.domain.findings import KINDS, FindingKind
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.domain.worklist import Worklist, worklist
from orderflow.errors import TransientError
from orderflow.ledger.database.engine import make_engine
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import Event, LedgerOrder, RunRef, Step
from orderflow.ledger.orders.conditions import OrderFilter
from orderflow.ledger.orders.queries import groups
from support.clock import Clock
from support.orders import order

PROCESS = Decision(action=Action.PROCESS, reason=Reason.PAID)


@pytest.fixture
def newer(ledger: Ledger, ledger_url: URL, run: RunRef) -> Ledger:
    """Return a ledger with an order that newer code has worked on, and one beside it."""
    ledger.decide(order(order_id=1, reference="CS1"), PROCESS, run)
    ledger.decide(order(order_id=2, reference="CS2"), PROCESS, run)
    with make_engine(ledger_url).begin() as connection:
        connection.execute(
            text("UPDATE orderflow_order SET progress = 'sealed', reason = 'of_tomorrow' WHERE order_id = 1")
        )
        connection.execute(
            text(
                "UPDATE orderflow_event SET step = 'seal', outcome = 'great', reason = 'of_tomorrow' WHERE order_id = 1"
            )
        )
    return ledger


def test_they_are_read_as_such(newer: Ledger) -> None:
    known = newer.get(1)
    assert isinstance(known, LedgerOrder)
    assert (known.progress.value, known.reason and known.reason.value) == ("sealed", "of_tomorrow")
    assert known.progress not in set(Progress)
    assert LedgerOrder.model_validate_json(newer.get(2).model_dump_json()) == newer.get(2)  # type: ignore[union-attr]
    assert '"sealed"' in known.model_dump_json()
    (event,) = newer.events(order_id=1)
    assert isinstance(event, Event)
    assert (event.step.value, event.outcome.value) == ("seal", "great")
    assert event.step not in set(Step)
    assert [seen.order.order_id for seen in newer.run_orders(event.run.run_id)] == [1, 2]


def test_such_an_order_is_worked_on_by_newer_code_only(newer: Ledger, run: RunRef) -> None:
    for _ in range(2):
        with pytest.raises(TransientError, match="newer code has left it at 'sealed'") as caught, newer.claim(1, run):
            pass
        assert caught.value.reason is Reason.LEDGER_VERSION
    known = newer.get(1)
    assert known
    assert (known.attempts, known.claimed_until) == (0, None), "nothing was begun, and newer code may take it at once"
    with newer.claim(2, run):
        pass
    newer.decide(order(order_id=1, reference="CS1"), PROCESS, run)
    assert newer.get(1).progress.value == "sealed"  # type: ignore[union-attr]


def test_people_see_it_and_are_told_that_it_is_of_newer_code(newer: Ledger, ledger_url: URL, clock: Clock) -> None:
    known = newer.get(1)
    assert known
    assert known.reason
    assert "newer version" in EXPLAINED[known.reason].meaning
    assert worklist(known.progress, known.reason, pushed=False, old=False) is Worklist.FAILED
    engine, failed = make_engine(ledger_url), OrderFilter(worklist=Worklist.FAILED)
    assert sum(group.orders for group in groups(engine, failed, old_before=clock())) == 1
    assert sum(group.orders for group in groups(engine, OrderFilter(), old_before=clock())) == 2
    assert "newer version" in KINDS[FindingKind.stored("of_tomorrow")].meaning


def test_what_people_ask_for_is_still_checked() -> None:
    with pytest.raises(ValueError, match="of_tomorrow"):
        Reason("of_tomorrow")
