"""A webshop that uses cXML: one message replaces PATCH number and PUT lines, with the same result and proof."""

from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.flow.orders.preview import preview_orders
from orderflow.flow.orders.run import preview_day, run_day, run_sweep
from orderflow.flow.orders.steps import ORDER_STEPS, PATCH_NUMBER, PUT_LINES, run_step
from orderflow.flow.services import Services
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
PATH = "/proxy/oci_xml/confirmation/"
ORDER = {
    "confirm_date": "2026-11-22T12:00:00",
    "payment_status": "paid",
    "webshop": 1,
    "order_lines": [{"quantity": 2}, {"type": "comment", "quantity": 0}, {"quantity": "1.5"}],
}


@pytest.fixture
def settings() -> dict[str, object]:
    return {"webshops": {"1": {"confirmation": "cxml", "messages": {"user": 10}}}, "limits": {"lookup_waits": [0]}}


def writes(control: SandboxControl) -> list[tuple[str, str]]:
    return [(call["method"], call["path"]) for call in control.journal(service="shop") if call["method"] != "GET"]


def is_told(control: SandboxControl, order_id: int) -> bool:
    order = control.order(order_id)
    (made,) = control.erp_orders()
    numbers = [line["erp_line_number"] for line in order["order_lines"]]
    return (order["state"], order["erp_order_number"], numbers) == ("processing", made["number"], [11, None, 21])


def progress(services: Services, order_id: int) -> Progress:
    return services.ledger.get_many([order_id])[order_id].progress


def test_one_message_tells_number_and_lines(services: Services, control: SandboxControl, runs: Runs) -> None:
    (order_id,) = control.add_orders(ORDER)
    assert run_day(services, DAY, runs("2026-11-22")).processed == 1
    assert writes(control) == [("PATCH", f"/api/order/{order_id}/"), ("POST", PATH)]
    assert is_told(control, order_id)
    assert progress(services, order_id) is Progress.WRITTEN_BACK
    assert run_day(services, DAY, runs("2026-11-22")).failed == 0
    assert len(writes(control)) == 2, "what the shop shows is not sent again"


def test_other_webshops_are_told_by_json(services: Services, control: SandboxControl, runs: Runs) -> None:
    control.add_orders({**ORDER, "webshop": 2})
    run_day(services, DAY, runs("2026-11-22"))
    assert [method for method, _ in writes(control)] == ["PATCH", "PATCH", "PUT"]


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "reset_before_commit"},
        {"action": "status", "status": 500},
        {"action": "status", "status": 200, "html": '<R><Status code="400" text="busy"/></R>'},
        {"action": "status", "status": 200, "html": "<html><title>Log in</title></html>"},
        {"action": "wrong_answer", "answer": "OK"},
    ],
)
def test_what_was_not_taken_is_sent_by_the_next_sweep(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, fault: dict[str, Any]
) -> None:
    (order_id,) = control.add_orders(ORDER)
    control.fault(**fault, path=PATH)
    assert run_day(services, DAY, runs("2026-11-22")).failed == 1
    assert progress(services, order_id) is Progress.NUMBER_SET
    clock.advance(minutes=15)
    assert run_sweep(services, runs()).processed == 1
    assert is_told(control, order_id)
    assert len(control.confirmations()) == 1


@pytest.mark.parametrize(
    "fault", [{"action": "reset_after_commit"}, {"action": "status", "status": 500, "commit": True}]
)
def test_a_lost_answer_is_settled_by_reading_the_order(
    services: Services, control: SandboxControl, runs: Runs, fault: dict[str, Any]
) -> None:
    (order_id,) = control.add_orders(ORDER)
    control.fault(**fault, path=PATH)
    assert run_day(services, DAY, runs("2026-11-22")).processed == 1
    assert is_told(control, order_id)
    assert len(control.confirmations()) == 1


def test_a_message_that_changes_nothing_is_a_failure(services: Services, control: SandboxControl, runs: Runs) -> None:
    control.add_orders(ORDER)
    control.fault("wrong_answer", path=PATH, answer={"status": "ok"}, times=0)
    report = run_day(services, DAY, runs("2026-11-22"))
    assert [failure.reason for failure in report.failures] == [Reason.WRITEBACK_IGNORED]


def test_a_cancelled_order_is_not_confirmed(services: Services, control: SandboxControl, runs: Runs) -> None:
    (order_id,) = control.add_orders(ORDER)
    run = runs("2026-11-22")
    key = _up_to(services, PUT_LINES, order_id, run)
    control.edit_order(order_id, state="cancel")
    (result,) = run_step(services, PUT_LINES, [key], run)
    assert result.error is not None
    assert result.error.reason is Reason.CANCELLED_AFTER_EXPORT
    assert control.confirmations() == []
    assert control.order(order_id)["state"] == "cancel"


def test_another_number_in_the_shop_is_never_overwritten(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders(ORDER)
    run = runs("2026-11-22")
    key = _up_to(services, PATCH_NUMBER, order_id, run)
    control.edit_order(order_id, erp_order_number="ERP-7")
    run_step(services, PATCH_NUMBER, [key], run)
    (result,) = run_step(services, PUT_LINES, [key], run)
    assert result.error is not None
    assert result.error.reason is Reason.ERP_NUMBER_CONFLICT
    assert control.confirmations() == []


def test_an_order_reopened_between_the_steps_is_moved_on_again(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders(ORDER)
    run = runs("2026-11-22")
    key = _up_to(services, PUT_LINES, order_id, run)
    control.edit_order(order_id, state="confirmed")
    (result,) = run_step(services, PUT_LINES, [key], run)
    assert result.error is None
    assert is_told(control, order_id)


def test_an_order_reopened_later_is_moved_on_without_another_message(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    (order_id,) = control.add_orders(ORDER)
    run_day(services, DAY, runs("2026-11-22"))
    control.edit_order(order_id, state="confirmed")
    clock.advance(minutes=15)
    run_sweep(services, runs())
    assert is_told(control, order_id)
    assert len(control.confirmations()) == 1


def test_a_dry_run_shows_the_message_and_sends_none(services: Services, control: SandboxControl, runs: Runs) -> None:
    control.add_orders({**ORDER, "reference": "CS1"})
    shown: list[str] = []
    preview_day(services, DAY, runs("2026-11-22"), shown.append)
    calls = "\n".join(shown).splitlines()[2:]
    assert [line.split()[2] for line in calls] == ["POST", "PATCH", "POST"]
    assert f"{PATH}?shop=1&user=10" in calls[-1]
    assert 'orderID="CS1"' in calls[-1]
    assert not [call for call in control.journal() if call["method"] != "GET" and call["service"] != "token"]


def _up_to(services: Services, last: Any, order_id: int, run: Any) -> int:
    """Take an order through the steps before this one."""
    _, order = services.read(order_id)
    services.ledger.decide(order, services.decide(order), run)
    for step in ORDER_STEPS[: ORDER_STEPS.index(last)]:
        run_step(services, step, [order.order_id], run)
    return order.order_id


def test_a_dry_run_shows_that_an_order_reopened_between_the_steps_is_moved_on_again(
    services: Services, control: SandboxControl, runs: Runs, clock: Clock
) -> None:
    (order_id,) = control.add_orders(ORDER)
    control.fault("status", path=PATH, status=400, times=0)
    run_day(services, DAY, runs("2026-11-22"))
    control.clear_faults()
    assert progress(services, order_id) is Progress.NUMBER_SET
    control.edit_order(order_id, state="confirmed")
    clock.advance(minutes=15)
    before = len(writes(control))

    plan = preview_orders(services, [order_id])
    planned = [(call.method, call.path.partition("?")[0]) for call in plan.calls]
    run_day(services, DAY, runs("2026-11-22"))

    sent = [call["request_body"] for call in control.journal(method="POST") if call["path"].startswith(PATH)][-1]
    planned_notice, notice = (body.partition("noticeDate=")[2][:27] for body in (plan.calls[-1].body, str(sent)))
    assert planned_notice == notice
    assert planned == writes(control)[before:] == [("PATCH", f"/api/order/{order_id}/"), ("POST", PATH)]
