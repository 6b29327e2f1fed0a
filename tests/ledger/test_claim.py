"""A claim: who may work on an order, and that everything recorded under it is complete or absent."""

from typing import Any

import pytest

from orderflow.domain.decision import Action, Decision
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.errors import ClaimedElsewhereError, InDoubtError, OrderflowError, PermanentError, TransientError
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import Event, LedgerOrder, Outcome, RunRef, Step
from orderflow.ledger.orders.claim import Claim
from orderflow.ledger.orders.rows import IllegalTransitionError
from support.orders import order

KEY = 12345


@pytest.fixture(autouse=True)
def _ready(ledger: Ledger, run: RunRef) -> None:
    ledger.decide(order(), Decision(action=Action.PROCESS, reason=Reason.PAID), run)


def known(ledger: Ledger) -> LedgerOrder:
    found = ledger.get(KEY)
    assert found is not None
    return found


def last(ledger: Ledger) -> Event:
    return ledger.events(order_id=KEY)[-1]


def use_every_way_to_write(claim: Claim) -> list[Any]:
    return [
        lambda: claim.intend(Step.PUSH),
        lambda: claim.succeed(Step.PUSH, progress=Progress.PUSHED),
        lambda: claim.fail(Step.PUSH, TransientError("no answer")),
        lambda: claim.flag(Reason.EDITED_AFTER_EXPORT, "edited", Step.PUSH),
        lambda: claim.note(Step.TELL_PUSHED, Outcome.INTENT),
    ]


def test_a_held_order_is_held_for_everybody_else_until_its_lease_ends(
    ledger: Ledger, run: RunRef, other_run: RunRef, clock: Any
) -> None:
    with ledger.claim(KEY, run) as claim:
        clock.advance(seconds=20)
        with (
            pytest.raises(ClaimedElsewhereError, match="orderflow_daily first") as refused,
            ledger.claim(KEY, other_run),
        ):
            pass

        assert refused.value.retry_after == 40
        assert claim.order.claimed_until == known(ledger).claimed_until


def test_the_same_task_started_twice_does_not_share_a_claim(ledger: Ledger, run: RunRef) -> None:
    with ledger.claim(KEY, run), pytest.raises(ClaimedElsewhereError), ledger.claim(KEY, run):
        pass


def test_a_claim_ends_with_its_block(ledger: Ledger, run: RunRef, other_run: RunRef) -> None:
    with ledger.claim(KEY, run):
        pass
    with ledger.claim(KEY, other_run) as claim:
        assert claim.order.order_id == KEY
    assert known(ledger).claimed_until is None


def test_a_claim_ends_with_an_exception_too(ledger: Ledger, run: RunRef) -> None:
    with pytest.raises(KeyboardInterrupt), ledger.claim(KEY, run):
        raise KeyboardInterrupt

    assert known(ledger).claimed_until is None


def test_an_order_never_decided_about_cannot_be_claimed(ledger: Ledger, run: RunRef) -> None:
    with pytest.raises(PermanentError, match="does not know it") as refused, ledger.claim(54321, run):
        pass

    assert refused.value.reason is Reason.UNEXPECTED


def test_every_write_renews_the_lease(ledger: Ledger, run: RunRef, other_run: RunRef, clock: Any) -> None:
    with ledger.claim(KEY, run) as claim:
        for write in use_every_way_to_write(claim):
            clock.advance(seconds=50)
            write()
            with pytest.raises(ClaimedElsewhereError) as refused, ledger.claim(KEY, other_run):
                pass
            assert refused.value.retry_after == 60


@pytest.mark.parametrize("way", range(4))
def test_who_lost_the_claim_writes_nothing(
    ledger: Ledger, run: RunRef, other_run: RunRef, clock: Any, way: int
) -> None:
    with ledger.claim(KEY, run) as lost:
        clock.advance(seconds=60)
        with ledger.claim(KEY, other_run) as taken:
            before, log = known(ledger), ledger.events(order_id=KEY)
            with pytest.raises(ClaimedElsewhereError):
                use_every_way_to_write(lost)[way]()
            assert (known(ledger), ledger.events(order_id=KEY)) == (before, log)
            taken.intend(Step.PUSH)


def test_who_lost_the_claim_does_not_release_the_new_one(
    ledger: Ledger, run: RunRef, other_run: RunRef, clock: Any
) -> None:
    lost = ledger.claim(KEY, run)
    lost.__enter__()
    clock.advance(seconds=60)
    with ledger.claim(KEY, other_run) as taken:
        lost.__exit__(None, None, None)
        taken.intend(Step.PUSH)


def test_an_expired_claim_that_nobody_took_still_counts(ledger: Ledger, run: RunRef, clock: Any) -> None:
    with ledger.claim(KEY, run) as claim:
        clock.advance(hours=1)
        claim.intend(Step.PUSH)

    assert known(ledger).progress is Progress.PUSHING


def test_an_intent_is_in_the_ledger_before_anything_is_done(ledger: Ledger, run: RunRef) -> None:
    with ledger.claim(KEY, run) as claim:
        claim.intend(Step.PUSH, payload_hash="abc", line_ids={1: 1001, 2: None})
        seen_by_others = known(ledger)

        assert seen_by_others == claim.order
        assert (seen_by_others.progress, seen_by_others.payload_hash) == (Progress.PUSHING, "abc")
        assert seen_by_others.line_ids == {1: 1001, 2: None}
        assert (last(ledger).step, last(ledger).outcome) == (Step.PUSH, Outcome.INTENT)


def test_only_the_intent_to_push_moves_the_order(ledger: Ledger, run: RunRef) -> None:
    with ledger.claim(KEY, run) as claim:
        claim.intend(Step.PATCH_STATE)

    assert known(ledger).progress is Progress.READY


def test_a_success_keeps_what_was_learnt_and_when(ledger: Ledger, run: RunRef, clock: Any) -> None:
    with ledger.claim(KEY, run) as claim:
        claim.intend(Step.PUSH)
        clock.advance(seconds=5)
        pushed = clock.now
        claim.succeed(Step.PUSH, progress=Progress.PUSHED, erp_number="ERP-1", erp_lines={1: 10, 2: 20})
        clock.advance(seconds=5)
        claim.succeed(Step.PATCH_STATE, progress=Progress.STATE_SET, outcome=Outcome.UNCHANGED)
        claim.succeed(Step.PATCH_NUMBER, progress=Progress.NUMBER_SET)
        claim.succeed(Step.PUT_LINES, progress=Progress.WRITTEN_BACK)

    done = known(ledger)
    assert (done.erp_number, done.erp_lines) == ("ERP-1", {1: 10, 2: 20})
    assert (done.pushed_at, done.written_back_at) == (pushed, clock.now)
    assert [event.outcome for event in ledger.events(order_id=KEY)][-4:] == [
        Outcome.DONE,
        Outcome.UNCHANGED,
        Outcome.DONE,
        Outcome.DONE,
    ]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (PermanentError("422: unknown product", reason=Reason.ERP_REJECTED), Outcome.REJECTED),
        (InDoubtError("timed out"), Outcome.IN_DOUBT),
        (TransientError("503", reason=Reason.ERP_UNAVAILABLE), Outcome.FAILED),
    ],
)
def test_a_failure_says_why_the_order_stands_where_it_stands(
    ledger: Ledger, run: RunRef, error: OrderflowError, outcome: Outcome
) -> None:
    with ledger.claim(KEY, run) as claim:
        claim.fail(Step.PUSH, error)

    assert (known(ledger).reason, known(ledger).detail) == (error.reason, error.message)
    assert (last(ledger).outcome, last(ledger).reason, last(ledger).message) == (outcome, error.reason, error.message)
    assert known(ledger).progress is Progress.READY


def test_a_success_clears_what_was_wrong(ledger: Ledger, run: RunRef) -> None:
    with ledger.claim(KEY, run) as claim:
        claim.fail(Step.PUSH, TransientError("503", reason=Reason.ERP_UNAVAILABLE))
        claim.succeed(Step.PATCH_STATE)

    assert (known(ledger).reason, known(ledger).detail) == (None, "")


def test_a_flag_stays_until_the_step_that_raised_it_succeeds(ledger: Ledger, run: RunRef) -> None:
    """Else the write-back would hide that the order was edited after its export."""
    with ledger.claim(KEY, run) as claim:
        claim.flag(Reason.EDITED_AFTER_EXPORT, "ERP number 1 holds the order as it was", Step.PUSH)
        claim.succeed(Step.PATCH_STATE)
        assert claim.order.reason is Reason.EDITED_AFTER_EXPORT
        claim.succeed(Step.PUSH)
        assert claim.order.reason is None


def test_attempts_count_the_claims_since_the_last_success(ledger: Ledger, run: RunRef) -> None:
    for expected in (1, 2):
        with ledger.claim(KEY, run) as claim:
            claim.fail(Step.PUSH, TransientError("503"))
        assert known(ledger).attempts == expected
    with ledger.claim(KEY, run) as claim:
        claim.succeed(Step.PUSH)
    assert known(ledger).attempts == 0


@pytest.mark.parametrize(
    "progress", sorted(set(Progress) - {Progress.PUSHED, Progress.READY, Progress.PUSHING, Progress.RESOLVED})
)
def test_a_move_that_cannot_follow_is_refused_and_leaves_no_trace(
    ledger: Ledger, run: RunRef, progress: Progress
) -> None:
    with ledger.claim(KEY, run) as claim:
        claim.intend(Step.PUSH)
        if progress in {Progress.REJECTED, Progress.IN_DOUBT}:
            claim.succeed(Step.PUSH, progress=Progress.PUSHED)
        before, log = known(ledger), ledger.events(order_id=KEY)
        with pytest.raises(IllegalTransitionError, match="cannot follow"):
            claim.succeed(Step.PUSH, progress=progress, erp_number="never")

        assert (known(ledger), ledger.events(order_id=KEY), claim.order) == (before, log, before)


def test_a_fact_without_a_column_is_a_mistake_and_not_lost(ledger: Ledger, run: RunRef) -> None:
    with ledger.claim(KEY, run) as claim, pytest.raises(TypeError, match="keeps no erp_nummer"):
        claim.succeed(Step.PUSH, erp_nummer="ERP-1")  # type: ignore[call-arg]


def test_a_note_is_in_the_log_and_leaves_the_order_as_it_is(ledger: Ledger, run: RunRef) -> None:
    with ledger.claim(KEY, run) as claim:
        claim.fail(Step.PUSH, PermanentError("no", reason=Reason.ERP_REJECTED))
        before = known(ledger)
        claim.note(Step.TELL_PUSHED, Outcome.FAILED, reason=Reason.SHOP_AUTH, message="turned away")
        changed = known(ledger).model_dump(exclude={"updated_at", "claimed_until"})
    assert changed == before.model_dump(exclude={"updated_at", "claimed_until"})
    assert (last(ledger).step, last(ledger).outcome) == (Step.TELL_PUSHED, Outcome.FAILED)
    assert (last(ledger).reason, last(ledger).message) == (Reason.SHOP_AUTH, "turned away")
