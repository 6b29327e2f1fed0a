"""What the ledger stores about decisions and unreadable orders, and how it is found again."""

from datetime import UTC, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import URL, QueuePool, create_engine

from orderflow.domain.decision import PROGRESS_OF, Action, Decision
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.errors import TransientError
from orderflow.ledger.database.transactions import reading
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import LedgerOrder, Outcome, RunRef, Step
from orderflow.ledger.opening import open_ledger
from support.orders import line, order

KEY = 12345
PROCESS = Decision(action=Action.PROCESS, reason=Reason.PAID)
WAIT = Decision(action=Action.WAIT, reason=Reason.NOT_PAID, detail="payment_status is 'none'")
NOT_OF_THIS_DAY = Decision(action=Action.SKIP, reason=Reason.OUTSIDE_WINDOW)


def known(ledger: Ledger, key: int = KEY) -> LedgerOrder:
    found = ledger.get(key)
    assert found is not None
    return found


def bring_to(ledger: Ledger, run: RunRef, progress: Progress) -> None:
    """Take the order along the usual way up to where it should stand."""
    ledger.decide(order(), PROCESS, run)
    way = [Progress.PUSHED, Progress.STATE_SET, Progress.NUMBER_SET, Progress.WRITTEN_BACK, Progress.SHIPMENT_SENT]
    with ledger.claim(KEY, run) as claim:
        claim.intend(Step.PUSH, payload_hash="abc", external_reference="1/CS48193")
        if progress is Progress.IN_DOUBT:
            claim.fail(Step.PUSH, TransientError("no answer"), progress=Progress.IN_DOUBT)
        for passed in way[: way.index(progress) + 1] if progress in way else []:
            claim.succeed(Step.FINISH, progress=passed)
    assert known(ledger).progress is progress


def test_an_order_never_seen_is_not_there(ledger: Ledger) -> None:
    assert ledger.get(KEY) is None
    assert ledger.get_many([KEY]) == {}
    assert ledger.get_many([KEY]) == {}


def test_a_decision_keeps_what_was_read_exactly(ledger: Ledger, run: RunRef) -> None:
    prices = (line(1, quantity=Decimal(1), unit_price=Decimal("9007199254740993.10")),)

    returned = ledger.decide(order(lines=prices), PROCESS, run)

    assert returned == known(ledger)
    assert str(returned.total) == "9007199254740993.10"
    assert (returned.reference, returned.external_reference, returned.name) == ("CS48193", None, "1/CS48193")
    assert (returned.currency, returned.payment_status) == ("EUR", "closed_success")
    assert (returned.partition, returned.attempts, returned.claimed_until) == ("2026-11-22", 0, None)


def test_instants_come_back_aware_and_in_utc(ledger: Ledger, run: RunRef) -> None:
    ledger.decide(order(), PROCESS, run)

    assert known(ledger).updated_at.utcoffset() == timedelta(0)
    assert known(ledger).updated_at.tzinfo is UTC


@pytest.mark.parametrize("action", list(Action))
def test_a_decision_puts_a_new_order_where_it_belongs(ledger: Ledger, run: RunRef, action: Action) -> None:
    ledger.decide(order(), Decision(action=action, reason=Reason.PAYMENT_UNKNOWN), run)

    assert known(ledger).progress is PROGRESS_OF[action]
    assert known(ledger).decision is action


def test_an_order_to_process_stands_there_for_no_reason_and_any_other_for_one(ledger: Ledger, run: RunRef) -> None:
    assert ledger.decide(order(), WAIT, run).reason is Reason.NOT_PAID
    assert ledger.decide(order(), PROCESS, run).reason is None
    assert known(ledger).detail == ""


def test_the_same_decision_again_stands_since_the_first_time(ledger: Ledger, run: RunRef, clock) -> None:
    first = ledger.decide(order(), WAIT, run)
    clock.advance(hours=1)
    again = ledger.decide(order(), WAIT, run)

    assert again.decided_at == first.decided_at
    assert again.updated_at == first.updated_at
    assert again.looked_at == first.updated_at + timedelta(hours=1)
    assert again.first_seen_at == first.first_seen_at


def test_every_decision_is_in_the_log_with_its_reason(ledger: Ledger, run: RunRef, other_run: RunRef) -> None:
    ledger.decide(order(), WAIT, run)
    ledger.decide(order(), PROCESS, other_run)

    logged = ledger.events(order_id=KEY)

    assert [(event.run, event.step, event.outcome, event.reason) for event in logged] == [
        (run, Step.SELECT, Outcome.DECIDED, Reason.NOT_PAID),
        (other_run, Step.SELECT, Outcome.DECIDED, Reason.PAID),
    ]
    assert logged[0].message == WAIT.detail


@pytest.mark.parametrize(
    "progress",
    [
        Progress.PUSHING,
        Progress.IN_DOUBT,
        Progress.PUSHED,
        Progress.STATE_SET,
        Progress.NUMBER_SET,
        Progress.WRITTEN_BACK,
        Progress.SHIPMENT_SENT,
    ],
)
@pytest.mark.parametrize("action", list(Action))
def test_no_decision_moves_an_order_whose_push_was_begun(
    ledger: Ledger, run: RunRef, progress: Progress, action: Action
) -> None:
    bring_to(ledger, run, progress)
    before = known(ledger)

    after = ledger.decide(order(payment_status="started"), Decision(action=action, reason=Reason.CANCELLED), run)

    assert after.progress is progress
    assert (after.decision, after.reason, after.detail) == (Action.PROCESS, before.reason, before.detail)
    assert after.payment_status == "started"


def test_the_name_in_the_erp_stays_what_it_was_when_the_push_began(ledger: Ledger, run: RunRef) -> None:
    """A look-up for a push with an unknown outcome must ask for the name that was sent."""
    bring_to(ledger, run, Progress.PUSHING)

    renamed = ledger.decide(order(reference="CS48193-B"), PROCESS, run)

    assert (renamed.reference, renamed.external_reference) == ("CS48193-B", "1/CS48193")


def test_before_the_push_an_order_has_no_name_in_the_erp_and_is_called_as_the_shop_calls_it(
    ledger: Ledger, run: RunRef
) -> None:
    ledger.decide(order(), WAIT, run)
    renamed = ledger.decide(order(reference="CS48193-B", webshop=2), PROCESS, run)

    assert (renamed.external_reference, renamed.name) == (None, "2/CS48193-B")


def test_another_run_does_not_decide_about_an_order_that_is_being_worked_on(
    ledger: Ledger, run: RunRef, other_run: RunRef
) -> None:
    ledger.decide(order(), PROCESS, run)
    with ledger.claim(KEY, run) as claim:
        assert ledger.decide(order(), WAIT, other_run).progress is Progress.READY
        claim.intend(Step.PUSH)

    assert known(ledger).progress is Progress.PUSHING


def test_who_works_on_an_order_may_decide_otherwise(ledger: Ledger, run: RunRef) -> None:
    ledger.decide(order(), PROCESS, run)
    with ledger.claim(KEY, run):
        ledger.decide(order(), Decision(action=Action.SKIP, reason=Reason.CANCELLED), run)

    assert known(ledger).progress is Progress.SKIPPED


def test_a_decision_over_an_expired_claim_counts(ledger: Ledger, run: RunRef, other_run: RunRef, clock) -> None:
    ledger.decide(order(), PROCESS, run)
    with ledger.claim(KEY, run):
        clock.advance(minutes=2)
        assert ledger.decide(order(), WAIT, other_run).progress is Progress.WAITING


def test_a_day_the_order_is_not_of_does_not_undo_what_its_own_day_decided(
    ledger: Ledger, run: RunRef, other_run: RunRef
) -> None:
    ledger.decide(order(), PROCESS, run)

    assert ledger.decide(order(), NOT_OF_THIS_DAY, other_run).progress is Progress.READY


def test_an_order_belongs_to_the_first_day_that_knows_it_as_its_own(ledger: Ledger, run: RunRef) -> None:
    too_early = run.model_copy(update={"partition": "2026-11-21", "run_id": "too early"})
    too_late = run.model_copy(update={"partition": "2026-11-23", "run_id": "too late"})

    assert ledger.decide(order(), NOT_OF_THIS_DAY, too_early).partition is None
    assert ledger.decide(order(), PROCESS, run).partition == "2026-11-22"
    assert ledger.decide(order(), PROCESS, too_late).partition == "2026-11-22"


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("webshop", [0, 1, 7])
def test_an_order_that_could_not_be_read_is_the_same_one_when_it_can(
    ledger: Ledger, run: RunRef, clock, action: Action, webshop: int
) -> None:
    ledger.unread(KEY, "CS48193", Reason.SHOP_UNAVAILABLE, "GET answered 500", run)
    unread = known(ledger)

    assert (unread.progress, unread.reason) == (Progress.UNREAD, Reason.SHOP_UNAVAILABLE)
    assert (unread.webshop, unread.name) == (None, "CS48193")

    clock.advance(hours=1)
    read = ledger.decide(order(webshop=webshop), Decision(action=action, reason=Reason.PAID), run)

    assert (read.first_seen_at, read.webshop) == (unread.first_seen_at, webshop)
    assert read.progress is PROGRESS_OF[action]
    assert ledger.get_many([KEY]) == {KEY: read}
    assert [event.outcome for event in ledger.events(order_id=KEY)] == [Outcome.FAILED, Outcome.DECIDED]


def test_a_known_order_that_cannot_be_read_keeps_its_place(ledger: Ledger, run: RunRef) -> None:
    ledger.decide(order(), WAIT, run)
    ledger.unread(KEY, "", Reason.SHOP_UNAVAILABLE, "GET answered 500", run)

    assert ledger.get_many([KEY]) == {KEY: known(ledger)}
    assert (known(ledger).progress, known(ledger).reason) == (Progress.WAITING, Reason.SHOP_UNAVAILABLE)
    assert known(ledger).reference == "CS48193"


@pytest.mark.parametrize("progress", [Progress.IN_DOUBT, Progress.WRITTEN_BACK])
def test_not_being_readable_hides_nothing_about_an_order_that_was_pushed(
    ledger: Ledger, run: RunRef, progress: Progress
) -> None:
    bring_to(ledger, run, progress)
    before = known(ledger)

    ledger.unread(KEY, "", Reason.SHOP_UNAVAILABLE, "GET answered 500", run)

    assert known(ledger) == before.model_copy(update={"looked_at": known(ledger).looked_at})
    assert ledger.events(order_id=KEY)[-1].reason is Reason.SHOP_UNAVAILABLE


def test_a_message_is_cut_and_never_breaks_the_database(ledger: Ledger, run: RunRef) -> None:
    ledger.unread(7, "CS7", Reason.SHOP_ANSWER_INVALID, "\0" + "x" * 5000, run)

    assert ledger.get_many([7])[7].detail == "x" * 1000
    assert ledger.events(order_id=7)[0].message == "x" * 1000


def test_thousands_are_found_at_once_and_only_those_asked_for(ledger: Ledger, run: RunRef) -> None:
    for order_id in (1, 1200, 7000):
        ledger.decide(order(order_id=order_id, reference=f"CS{order_id}"), PROCESS, run)

    assert set(ledger.get_many(i for i in range(3000))) == {1, 1200}


def test_unfinished_are_the_orders_of_the_day_that_were_begun_and_not_ended(ledger: Ledger, run: RunRef) -> None:
    ways = [[], [Progress.PUSHED], [Progress.PUSHED, Progress.STATE_SET, Progress.NUMBER_SET, Progress.WRITTEN_BACK]]
    for order_id, way in enumerate(ways):
        ledger.decide(order(order_id=order_id), PROCESS, run)
        with ledger.claim(order_id, run) as claim:
            claim.intend(Step.PUSH)
            for progress in way:
                claim.succeed(Step.PUSH, progress=progress)
    ledger.decide(order(webshop=1, order_id=9), PROCESS, run)

    assert ledger.unfinished("2026-11-22") == [0, 1]
    assert ledger.unfinished("2026-11-23") == []


def test_a_run_is_told_by_its_orders_and_its_own_last_events(ledger: Ledger, run: RunRef, other_run: RunRef) -> None:
    ledger.decide(order(), WAIT, other_run)
    ledger.unread(7, "CS7", Reason.SHOP_UNAVAILABLE, "GET answered 500", run)
    ledger.unread(KEY, "", Reason.SHOP_UNAVAILABLE, "GET answered 500", run)
    ledger.decide(order(), PROCESS, run)
    with ledger.claim(KEY, run) as claim:
        claim.intend(Step.PUSH)
        claim.succeed(Step.PUSH, progress=Progress.PUSHED)

    told = {seen.order.order_id: seen for seen in ledger.run_orders(run.run_id)}

    assert list(told) == [7, KEY]
    assert {step: event.outcome for step, event in told[KEY].last.items()} == {
        Step.SELECT: Outcome.DECIDED,
        Step.PUSH: Outcome.DONE,
    }
    assert told[KEY].order == known(ledger)
    assert [seen.order.order_id for seen in ledger.run_orders(other_run.run_id)] == [KEY]


def test_a_run_of_another_dag_may_have_the_same_id(ledger: Ledger, run: RunRef) -> None:
    same_id = run.model_copy(update={"dag_id": "orderflow_sweep"})
    ledger.decide(order(), WAIT, run)
    ledger.decide(order(webshop=1, order_id=2), WAIT, same_id)

    assert [seen.order.order_id for seen in ledger.run_orders(run.run_id, dag_id=run.dag_id)] == [KEY]


def test_a_run_sees_what_another_run_is_working_on(ledger: Ledger, run: RunRef, other_run: RunRef, clock) -> None:
    for order_id in (1, 2, 3):
        ledger.decide(order(webshop=1, order_id=order_id), PROCESS, run)
    with ledger.claim(1, other_run), ledger.claim(2, run):
        seen = ledger.run_orders(run.run_id, dag_id=run.dag_id)
        clock.advance(minutes=6)
        later = ledger.run_orders(run.run_id, dag_id=run.dag_id)

    assert [order.is_held_elsewhere for order in seen] == [True, False, False]
    assert [order.is_held_elsewhere for order in later] == [False, False, False], "claims run out"


def test_what_was_written_is_there_for_the_next_process(ledger_url: URL, run: RunRef) -> None:
    written = open_ledger(ledger_url).decide(order(), PROCESS, run)

    assert open_ledger(ledger_url).get(KEY) == written


def test_a_database_that_fails_is_worth_another_try(tmp_path) -> None:
    with pytest.raises(TransientError, match="database failed"):
        open_ledger(URL.create("sqlite", database=str(tmp_path / "no such folder" / "ledger.db")))


def test_connections_that_are_all_in_use_are_worth_another_try(tmp_path) -> None:
    url = URL.create("sqlite", database=str(tmp_path / "ledger.db"))
    engine = create_engine(url, poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.01)
    with engine.connect(), pytest.raises(TransientError, match="became free") as failure, reading(engine) as session:
        session.connection()
    assert failure.value.reason is Reason.LEDGER_UNAVAILABLE


def test_the_last_step_is_missing_where_an_order_is_written_back_and_not_finished(ledger: Ledger, run: RunRef) -> None:
    written = [Progress.PUSHED, Progress.STATE_SET, Progress.NUMBER_SET, Progress.WRITTEN_BACK]
    for (webshop, order_id), way in {
        (1, 1): written,
        (1, 2): written[:-1],
        (1, 3): [*written, Progress.SHIPMENT_SENT],
        (2, 4): written,
        (3, 5): written,
    }.items():
        ledger.decide(order(webshop=webshop, order_id=order_id), PROCESS, run)
        with ledger.claim(order_id, run) as claim:
            for progress in way:
                claim.succeed(Step.PUSH, progress=progress)

    assert [known.order_id for known in ledger.without_last_step({3, 1})] == [1, 5]
    assert ledger.without_last_step(set()) == []


def test_what_was_skipped_has_news_and_cannot_be_read_is_looked_at_again(ledger: Ledger, run: RunRef) -> None:
    """What it is by now nobody knows: it may have become an order to export, or an offline one."""
    ledger.decide(order(order_id=1), Decision(action=Action.SKIP, reason=Reason.NOT_CONFIRMED), run)
    ledger.unread(1, "CS1", Reason.SHOP_UNAVAILABLE, "503", run)

    (known,) = ledger.open_orders()

    assert (known.order_id, known.progress, known.reason) == (1, Progress.UNREAD, Reason.SHOP_UNAVAILABLE)
