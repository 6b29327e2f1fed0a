"""Whatever runs do to an order, in any sequence, it only moves as the table of transitions allows."""

from contextlib import ExitStack
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderflow.domain.decision import Action, Decision
from orderflow.domain.reasons import Reason
from orderflow.domain.states import IN_ERP, INTENT_OPEN, Progress, may_follow
from orderflow.errors import ClaimedElsewhereError, InDoubtError, PermanentError, TransientError
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import Event, LedgerOrder, RunRef, Step
from orderflow.ledger.orders.claim import Claim
from orderflow.ledger.orders.rows import IllegalTransitionError
from support.orders import order

RUNS = [RunRef(dag_id="orderflow_daily", run_id="a"), RunRef(dag_id="orderflow_sweep", run_id="b")]
ERRORS = [TransientError("503"), InDoubtError("timed out"), PermanentError("422")]
ORDER_IDS = count(1)

STEPS = st.sampled_from(Step)
PROGRESSES = st.none() | st.sampled_from(Progress)
DEEDS = st.one_of(
    st.tuples(st.just("decide"), st.sampled_from(Action), st.sampled_from(Reason)),
    st.tuples(st.just("unread"), st.sampled_from([Reason.SHOP_UNAVAILABLE, Reason.ORDER_NOT_FOUND])),
    st.tuples(st.just("claim")),
    st.tuples(st.just("release")),
    st.tuples(st.just("intend"), STEPS),
    st.tuples(st.just("succeed"), STEPS, PROGRESSES),
    st.tuples(st.just("fail"), STEPS, st.sampled_from(ERRORS), PROGRESSES),
    st.tuples(st.just("flag"), STEPS),
    st.tuples(st.just("see to")),
    st.tuples(st.just("time passes")),
)
WORK = {"intend", "succeed", "fail", "flag", "see to"}
BEGINNING = [("decide", Action.PROCESS, Reason.PAID), ("claim",), ("intend", Step.PUSH)]


class Story:
    """One order and two runs at it, each of which may believe that it holds the claim."""

    def __init__(self, ledger: Ledger, clock: Any) -> None:
        self.ledger, self.clock = ledger, clock
        self.key = next(ORDER_IDS)
        self.claims: dict[str, tuple[Claim, ExitStack]] = {}
        self.holder = ""

    def now(self) -> tuple[LedgerOrder | None, list[Event]]:
        return self.ledger.get(self.key), self.ledger.events(order_id=self.key)

    def tell(self, run: RunRef, deed: str, *details: Any) -> int:
        """Do a deed as a run and return how many events it must have left."""
        if deed == "decide":
            action, reason = details
            self.ledger.decide(order(order_id=self.key), Decision(action=action, reason=reason), run)
            return 1
        if deed == "unread":
            self.ledger.unread(self.key, "CS1", details[0], "said so", run)
            return 1
        if deed == "time passes":
            self.clock.advance(minutes=2)
        elif deed == "claim" and run.run_id not in self.claims:
            stack = ExitStack()
            self.claims[run.run_id] = (stack.enter_context(self.ledger.claim(self.key, run)), stack)
            self.holder = run.run_id
        elif deed == "release" and run.run_id in self.claims:
            self.claims.pop(run.run_id)[1].close()
        elif deed in WORK and run.run_id in self.claims:
            self._work(self.claims[run.run_id][0], deed, *details)
            assert self.holder == run.run_id, "a claim that was lost still wrote"
            return 1
        return 0

    def end(self) -> None:
        for _, stack in self.claims.values():
            stack.close()

    def _work(self, claim: Claim, deed: str, *details: Any) -> None:
        if deed == "intend":
            claim.intend(*details)
        elif deed == "succeed":
            claim.succeed(details[0], progress=details[1])
        elif deed == "fail":
            claim.fail(details[0], details[1], progress=details[2])
        elif deed == "flag":
            claim.flag(Reason.EDITED_AFTER_EXPORT, "edited", details[0])
        elif deed == "see to":
            claim.resolve(None, "as it is now")


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # every example has an order of its own
)
@given(
    beginning=st.sampled_from([[], BEGINNING]),
    deeds=st.lists(st.tuples(st.sampled_from(RUNS), DEEDS), min_size=5, max_size=15),
)
def test_an_order_only_ever_moves_as_allowed(
    ledger: Ledger, clock: Any, beginning: list[tuple[Any, ...]], deeds: list[tuple[RunRef, tuple[Any, ...]]]
) -> None:
    story = Story(ledger, clock)
    try:
        for run, deed in [*((RUNS[0], deed) for deed in beginning), *deeds]:
            before, log = story.now()
            try:
                wrote = story.tell(run, *deed)
            except (IllegalTransitionError, ClaimedElsewhereError, PermanentError):
                assert story.now() == (before, log)
                continue
            after, longer_log = story.now()
            assert longer_log[: len(log)] == log
            if deed[0] == "decide" and longer_log == log:
                assert without_look(after) == without_look(before), "only a look that changes nothing is not logged"
            else:
                assert len(longer_log) - len(log) == wrote
            assert_allowed(before, after, deed[0])
    finally:
        story.end()


def without_look(order: LedgerOrder | None) -> LedgerOrder | None:
    return order and order.model_copy(update={"looked_at": None})


def assert_allowed(before: LedgerOrder | None, after: LedgerOrder | None, deed: str) -> None:
    if after is None:
        assert before is None
        return
    assert may_follow(before and before.progress, after.progress)
    if before and before.progress in IN_ERP | INTENT_OPEN and deed in {"decide", "unread"}:
        assert after.progress is before.progress
        assert after.external_reference == before.external_reference
