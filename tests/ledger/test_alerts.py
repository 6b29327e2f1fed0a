"""The book of alerts: opened where the failure is recorded, counted by run, closed when it is over."""

from orderflow.domain.decision import Action, Decision
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.errors import PermanentError, TransientError
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.alerts import Subject
from orderflow.ledger.models.orders import LedgerOrder, RunRef, Step
from support.clock import Clock
from support.orders import order

KEY = Subject.of_order(7, "1/CS7")


def decided(ledger: Ledger, run: RunRef) -> LedgerOrder:
    return ledger.decide(order(), Decision(action=Action.PROCESS, reason=Reason.PAID), run)


UNKNOWN = PermanentError("order CS7, line 2: unknown product NOPE-1", reason=Reason.ERP_REJECTED)


def test_a_problem_is_counted_once_per_run(ledger: Ledger, run: RunRef, other_run: RunRef) -> None:
    def see(by: RunRef | None) -> bool:
        return ledger.alerts.see(KEY, Reason.ERP_REJECTED, "unknown product", run=by)

    assert see(run)
    assert not see(run.model_copy(update={"task_id": "report", "try_number": 2}))
    assert not see(other_run)
    (alert,) = ledger.alerts.open()
    assert (alert.seen, alert.opened_by) == (2, run.name)
    ledger.alerts.close(KEY)
    assert see(other_run), "it is news again"


def test_a_task_that_fails_as_a_whole_is_an_alert_like_any_other(ledger: Ledger, run: RunRef) -> None:
    listing, finish = (Subject.of_task(run.dag_id, task_id) for task_id in ("list_open_orders", "finish_orders"))
    for subject in (listing, finish, Subject.of_task("another", "list_open_orders")):
        ledger.alerts.see(subject, Reason.SHOP_UNAVAILABLE, "no answer", run=run)
    ledger.alerts.close_tasks(run.dag_id, but={"finish_orders"})
    assert {alert.subject for alert in ledger.alerts.open()} == {finish.id, "task another/list_open_orders"}


def test_the_ledger_opens_an_alert_in_the_very_transaction_that_records_the_failure(
    ledger: Ledger, run: RunRef
) -> None:
    sent = decided(ledger, run)
    with ledger.claim(sent.order_id, run) as claim:
        claim.intend(Step.PUSH)
        claim.fail(Step.PUSH, UNKNOWN, progress=Progress.REJECTED)
        (alert,) = ledger.alerts.open()
        assert (alert.reason, alert.order_id) == (Reason.ERP_REJECTED, sent.order_id)
        assert "NOPE-1" in alert.title


def test_trying_again_ends_no_alert_and_success_does(ledger: Ledger, run: RunRef, other_run: RunRef) -> None:
    """An alert that closed at every try would be news at every failure."""
    sent = decided(ledger, run)
    with ledger.claim(sent.order_id, run) as claim:
        claim.intend(Step.PUSH)
        claim.fail(Step.PUSH, UNKNOWN, progress=Progress.REJECTED)
    (opened,) = ledger.alerts.open()
    decided(ledger, other_run)
    with ledger.claim(sent.order_id, other_run) as claim:
        claim.intend(Step.PUSH)
        claim.fail(Step.PUSH, TransientError("503", reason=Reason.ERP_UNAVAILABLE), progress=Progress.READY)
    assert {alert.reason for alert in ledger.alerts.open()} == {Reason.ERP_REJECTED, Reason.ERP_UNAVAILABLE}
    with ledger.claim(sent.order_id, other_run) as claim:
        claim.intend(Step.PUSH)
        claim.succeed(Step.PUSH, progress=Progress.PUSHED, erp_number="E1")
    assert ledger.alerts.open() == []
    assert opened.id


def test_another_refusal_takes_the_place_of_the_one_before(ledger: Ledger, run: RunRef) -> None:
    sent = decided(ledger, run)
    for reason in (Reason.ERP_REJECTED, Reason.ERP_REFUSED):
        with ledger.claim(sent.order_id, run) as claim:
            claim.intend(Step.PUSH)
            claim.fail(Step.PUSH, PermanentError("no", reason=reason), progress=Progress.REJECTED)
    assert [alert.reason for alert in ledger.alerts.open()] == [Reason.ERP_REFUSED]


def test_alerts_of_orders_that_are_gone_are_closed_once_they_were_told(ledger: Ledger, clock: Clock) -> None:
    ledger.alerts.see(KEY, Reason.SHOP_AUTH, "401")
    assert ledger.alerts.close_settled() == 0
    clock.advance(minutes=15)
    assert ledger.alerts.close_settled() == 1
