"""What each guard prevents, one at a time. `faults.mutations` removes them one by one; then these tests fail."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from faults.dag_run import DagRun
from faults.ledgers import SqliteLedgers
from faults.points import AFTER, DURING, breaking
from faults.stand import Connect
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.flow.services import Services
from sandbox.control import SandboxControl
from support.clock import Clock

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
UNTIMELY = 0.5


def order(control: SandboxControl, **changes: object) -> int:
    """Put a paid order with the same product on two lines into the shop."""
    line = {"product": {"origin": "myorigin", "key": "124_STUK"}, "unit_price": "10.00"}
    lines = [{**line, "quantity": 2}, {**line, "quantity": 5}]
    return control.add_orders({"confirm_date": "2026-11-22T12:00:00", "order_lines": lines, **changes})[0]


def run(services: Services, run_id: str, window: Window | None = DAY) -> DagRun:
    dag_run = DagRun(services, run_id, window)
    dag_run.go()
    return dag_run


def wait_for_post(control: SandboxControl) -> None:
    """Wait until the ERP holds a request for a new order."""
    while not control.journal(service="erp", method="POST"):
        pass


def test_two_runs_at_the_same_time_send_an_order_once(control: SandboxControl, connect: Connect) -> None:
    """The claim: while one run waits for the ERP's answer, another finds nothing in the ERP, and must not send."""
    order(control)
    control.fault("hang_then_commit", service="erp", method="POST")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(run, connect(), "first")
        wait_for_post(control)
        second = run(connect(), "second")
        control.release()
        first.result()

    assert second.failures == [], "the order is the first run's to judge"
    assert len(control.erp_orders()) == 1


def test_what_may_have_been_sent_is_not_sent_again(control: SandboxControl, connect: Connect, clock: Clock) -> None:
    """The intent row: the ERP did not answer in time, has nothing yet, and creates the order later."""
    order_id = order(control)
    control.fault("hang_then_commit", service="erp", method="POST")
    impatient = connect(read_timeout=UNTIMELY)
    run(impatient, "first")
    clock.advance(minutes=6)
    run(impatient, "second")
    control.release()
    control.settle()
    assert impatient.ledger.get_many([order_id])[order_id].progress is Progress.IN_DOUBT
    clock.advance(minutes=6)
    run(connect(), "third")

    assert len(control.erp_orders()) == 1
    assert impatient.ledger.get_many([order_id])[order_id].progress is Progress.WRITTEN_BACK


@pytest.mark.parametrize(
    ("moment", "left", "failed"),
    [(DURING, Progress.IN_DOUBT, [("push_to_erp", "ledger_unavailable")]), (AFTER, Progress.PUSHED, [])],
)
def test_an_outcome_that_the_ledger_did_not_take_leaves_the_intent_open(
    control: SandboxControl, connect: Connect, moment: str, left: Progress, failed: list[tuple[str, str]]
) -> None:
    """Only the ERP itself can say that it has no such order: READY again would be one that was never sent.

    A commit may also have been done though the connection broke: then the order stands where it was brought, released.
    """
    order_id = order(control)
    services = connect(listener=breaking(moment, "INSERT INTO orderflow_event.*'push_to_erp', 'done'"))
    dag_run = DagRun(services, "first", DAY, told=dict.fromkeys(("patch_state", "finish", "report")))
    dag_run.go()

    assert [(failure.task, failure.reason) for failure in dag_run.failures] == failed
    assert services.ledger.get_many([order_id])[order_id].progress is left


def test_a_lost_ledger_doubles_nothing(
    control: SandboxControl, connect: Connect, sqlite_ledgers: SqliteLedgers
) -> None:
    """The look-up before the POST: the ERP has the order, and nobody remembers."""
    order_id = order(control)
    control.fault("status", service="shop", method="PATCH", times=0)
    run(connect(), "first")
    control.clear_faults()
    sqlite_ledgers.lose()
    run(connect(), "second")

    assert len(control.erp_orders()) == 1
    assert control.order(order_id)["erp_order_number"] == control.erp_orders()[0]["number"]


def test_a_put_never_reopens_an_order(control: SandboxControl, connect: Connect) -> None:
    """PUT's state: the vendor's sample says `confirmed`, which would export the order again."""
    order_id = order(control)
    run(connect(), "first")

    assert [call["request_body"]["state"] for call in control.journal(method="PUT")] == ["processing"]
    assert control.order(order_id)["state"] == "processing"


def test_an_order_cancelled_during_the_export_stays_cancelled(control: SandboxControl, connect: Connect) -> None:
    """The PATCH of the state: a shop that ignores the condition would bring the order back to life."""
    control.configure(unknown_filters=["state"])
    orders = [order(control) for _ in range(3)]

    def cancelling(moment: str, what: str, request: requests.PreparedRequest | None = None) -> None:  # noqa: ARG001
        if moment == AFTER and re.search("INSERT INTO orderflow_event.*'push_to_erp', 'done'", what, re.DOTALL):
            for order_id in orders:
                if f", {order_id}, " in what or f"({order_id}, " in what:
                    control.edit_order(order_id, state="cancel")

    run(connect(listener=cancelling), "first")

    assert {control.order(order_id)["state"] for order_id in orders} == {"cancel"}


def test_a_number_entered_by_hand_is_not_overwritten(control: SandboxControl, connect: Connect) -> None:
    """What a run saw of the number: another run looks again."""
    order_id = order(control)
    control.fault("status", service="shop", method="PATCH", body='{"erp_order_number"', times=0)
    run(connect(), "first")
    control.clear_faults()
    control.edit_order(order_id, erp_order_number="ERP-BY-HAND")
    second = run(connect(), "second")

    assert "erp_number_conflict" in {failure.reason for failure in second.failures}
    assert control.order(order_id)["erp_order_number"] == "ERP-BY-HAND"


def test_an_answer_that_lies_is_not_believed(control: SandboxControl, connect: Connect, clock: Clock) -> None:
    """The read-back: the shop answers 200 with every line number, and keeps none."""
    order_id = order(control)
    control.fault("ignore_fields", method="PUT", fields=["order_lines.erp_line_number"], echo=True)
    first = run(connect(), "first")
    clock.advance(minutes=6)
    run(connect(), "sweep", window=None)

    assert "writeback_ignored" in {failure.reason for failure in first.failures}
    assert [line["erp_line_number"] for line in control.order(order_id)["order_lines"]] == [11, 21]


def test_an_offline_order_is_sent_only_once_the_shop_shows_it(control: SandboxControl, connect: Connect) -> None:
    order_id = order(control, offline=True, state="done")
    control.fault("ignore_fields", method="PATCH", fields=["shipment_state"], echo=True)
    first = run(connect(), "first")
    run(connect(), "second")

    assert "writeback_ignored" in {failure.reason for failure in first.failures}
    assert control.order(order_id)["shipment_state"] == "sent"


def test_an_offline_order_that_cannot_be_read_is_marked_by_the_sweep(
    control: SandboxControl, connect: Connect, clock: Clock
) -> None:
    """Its row says neither that it is offline nor that it is sent: it is unread, like any other."""
    order_id = order(control, offline=True, state="done")
    control.fault("status", method="GET", path=f"/api/order/{order_id}/", times=2)
    first = run(connect(), "first")
    clock.advance(minutes=6)
    run(connect(), "sweep", window=None)

    assert [(failure.task, failure.reason) for failure in first.failures] == [("report", "shop_unavailable")]
    assert control.order(order_id)["shipment_state"] == "sent"


def test_a_day_run_after_the_loss_of_the_ledger_finishes_what_was_half_written(
    control: SandboxControl, connect: Connect, sqlite_ledgers: SqliteLedgers
) -> None:
    """The shop's list shows the ERP number, but not that the lines have none."""
    order_id = order(control)
    control.fault("status", method="PUT", times=0)
    run(connect(), "first")
    assert control.order(order_id)["erp_order_number"]
    control.clear_faults()
    sqlite_ledgers.lose()
    services = connect()
    run(services, "second")

    assert [line["erp_line_number"] for line in control.order(order_id)["order_lines"]] == [11, 21]
    known = services.ledger.get(order_id)
    assert known is not None
    assert known.progress is Progress.WRITTEN_BACK
