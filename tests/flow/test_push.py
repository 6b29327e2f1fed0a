"""What the push does with orders that are not simply new."""

import re
from copy import copy
from dataclasses import replace

import pytest
from sqlalchemy import event, text

from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.erp.port import ErpPort
from orderflow.erp.rest import RestErp
from orderflow.errors import PermanentError
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.orders.steps import PUSH, run_step
from orderflow.flow.services import Services
from orderflow.ledger.limits import CallLimits, SharedCallGuard
from orderflow.ledger.models.orders import RunRef, Step
from orderflow.transport import Channel
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
ORDER = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1}


def progress(services: Services, order_id: int) -> tuple[Progress, Reason | None]:
    known = services.ledger.get_many([order_id])[order_id]
    return known.progress, known.reason


def test_the_last_record_of_each_step_releases_an_order_that_nothing_is_wrong_with(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    """A release of its own would be one more transaction, four times an order."""
    (order_id,) = control.add_orders(ORDER)
    releases: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        releases.extend(re.findall(r"SET claim_token=\S+ claimed_by=\S+ claimed_until=\S+ WHERE", statement))

    event.listen(services.ledger._engine, "before_cursor_execute", note)
    run_day(services, DAY, runs("2026-11-22"))

    assert releases == []
    known = services.ledger.get_many([order_id])[order_id]
    assert (known.progress, known.claimed_by, known.claimed_until) == (Progress.WRITTEN_BACK, None, None)


@pytest.mark.parametrize("change", [{"state": "processing"}, {"erp_order_number": "ERP-7"}])
def test_what_the_shop_calls_exported_but_the_erp_does_not_know_is_held(
    services: Services, control: SandboxControl, runs: Runs, change: dict[str, str]
) -> None:
    """Sending it would double an order that somebody entered by hand, or an offline order that hides what it is."""
    (order_id,) = control.add_orders({**ORDER, **change})
    report = run_day(services, DAY, runs("2026-11-22"))
    assert [failure.reason for failure in report.failures] == [Reason.NOT_IN_ERP]
    assert control.erp_orders() == []
    assert progress(services, order_id) == (Progress.HELD, Reason.NOT_IN_ERP)


def test_an_order_cancelled_between_listing_and_push_is_not_sent(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders(ORDER)
    run = runs("2026-11-22")
    _, order = services.read(order_id)
    services.ledger.decide(order, services.decide(order), run)
    control.edit_order(order_id, state="cancel")
    _push(services, order_id, run)
    assert control.erp_orders() == []
    assert progress(services, order_id) == (Progress.SKIPPED, Reason.CANCELLED)


def test_an_order_edited_between_listing_and_push_is_sent_as_it_is_now(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders(ORDER)
    run = runs("2026-11-22")
    _, order = services.read(order_id)
    services.ledger.decide(order, services.decide(order), run)
    control.edit_order(order_id, customer_order_number="PO-NEW")
    _push(services, order_id, run)
    (made,) = control.erp_orders()
    assert made["request"]["customer_order_number"] == "PO-NEW"


@pytest.mark.parametrize("quantity", [{}, {"quantity": None}, {"quantity": 0}], ids=["not there", "null", "zero"])
def test_goods_without_a_quantity_hold_the_order_until_somebody_enters_it(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, quantity: dict[str, object]
) -> None:
    """Taken for nothing, the line would go to the ERP as an order of nothing, and nobody would hear of it."""
    (order_id,) = control.add_orders(ORDER)
    (line,) = control.order(order_id)["order_lines"]
    bare = {name: value for name, value in line.items() if name != "quantity"}
    control.edit_order(order_id, order_lines=[line, {**bare, "id": 7, **quantity}])
    (failure,) = run_day(services, DAY, runs("2026-11-22")).failures
    assert (failure.reason, failure.message) == (Reason.ORDER_INCOMPLETE, "missing: quantity of line 2")
    assert control.erp_orders() == []
    control.edit_order(order_id, order_lines=[line, {**bare, "id": 7, "quantity": 2}])
    clock.advance(minutes=15)
    assert run_sweep(services, runs()).processed == 1


def test_an_order_edited_after_the_export_is_alerted_once_and_the_erp_left_alone(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    (order_id,) = control.add_orders(ORDER)
    run_day(services, DAY, runs("2026-11-22"))
    control.edit_order(order_id, customer_order_number="PO-NEW", state="confirmed")
    for _ in range(3):
        clock.advance(minutes=15)
        run_sweep(services, runs())
        control.edit_order(order_id, state="confirmed")
    (made,) = control.erp_orders()
    assert made["request"]["customer_order_number"] != "PO-NEW"
    (alert,) = services.ledger.alerts.open()
    assert (alert.reason, alert.seen) == (Reason.EDITED_AFTER_EXPORT, 3)


def test_the_day_that_finds_an_order_edited_after_the_export_tells_of_it_and_the_next_one_does_not(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    edited, _ = control.add_orders(ORDER, {**ORDER, "currency": None})
    run_day(services, DAY, runs("2026-11-22"))
    control.edit_order(edited, customer_order_number="PO-NEW", state="confirmed")
    report = run_day(services, DAY, runs("2026-11-22"))
    assert [flag.reason for flag in report.flags] == [Reason.EDITED_AFTER_EXPORT]
    assert "flags" not in report.numbers
    with pytest.raises(PermanentError, match=r"^1 failed:\n- .*\n1 flagged:\n- .*edited_after_export\. [^\n]*$"):
        report.raise_failures()
    control.edit_order(edited, state="confirmed")
    assert run_day(services, DAY, runs("2026-11-22")).flags == ()


def test_an_order_cancelled_after_the_push_is_alerted_and_stays_cancelled(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    """Any write would bring it back to life in the shop."""
    (order_id,) = control.add_orders(ORDER)
    run = runs("2026-11-22")
    _, order = services.read(order_id)
    services.ledger.decide(order, services.decide(order), run)
    _push(services, order_id, run)
    control.edit_order(order_id, state="cancel")
    report = run_day(services, DAY, runs("2026-11-22"))
    assert [failure.reason for failure in report.failures] == [Reason.CANCELLED_AFTER_EXPORT]
    assert control.order(order_id)["state"] == "cancel"
    assert not control.journal(method="PATCH")


def test_a_lost_ledger_doubles_nothing(services: Services, control: SandboxControl, runs: Runs) -> None:
    """The shop was never told: only the ERP knows, and it is asked first."""
    (order_id,) = control.add_orders(ORDER)
    control.fault("status", service="shop", method="PATCH", status=400, times=0)
    run_day(services, DAY, runs("2026-11-22"))
    control.clear_faults()
    _forget_everything(services)
    assert run_day(services, DAY, runs("2026-11-22")).processed == 1
    assert len(control.erp_orders()) == 1
    assert control.order(order_id)["state"] == "processing"


def test_an_open_intent_survives_a_try_that_fails_before_it_can_look(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """A killed worker left the order PUSHING; the next try cannot even read it. Nothing may forget the intent."""
    (order_id,) = control.add_orders(ORDER)
    run = runs("2026-11-22")
    _, order = services.read(order_id)
    services.ledger.decide(order, services.decide(order), run)
    with services.ledger.claim(order.order_id, run) as claim:
        claim.intend(Step.PUSH, payload_hash="x")
    control.fault("status", service="shop", method="GET", path=f"/{order_id}/", status=404, times=0)
    _push(services, order.order_id, run)
    assert progress(services, order_id)[0] is Progress.IN_DOUBT
    control.clear_faults()
    clock.advance(hours=1)
    run_sweep(services, runs())
    assert len(control.erp_orders()) == 1


@pytest.mark.parametrize(("total", "flagged"), [("20.00", False), ("20.05", False), ("20.06", True), ("19.90", True)])
def test_an_erp_whose_total_differs_beyond_the_tolerance_is_flagged(
    services: Services, control: SandboxControl, runs: Runs, total: str, *, flagged: bool
) -> None:
    """The order is done all the same: the ERP has it, and a person compares."""
    line = {"product": {"origin": "x", "key": "1_STUK"}, "quantity": "2.0", "unit_price": "10.00"}
    (order_id,) = control.add_orders({**ORDER, "reference": "CS1", "order_lines": [line]})
    made = {"number": "ERP-1", "external_reference": "1/CS1", "lines": [{"position": 1, "line_number": 11}]}
    control.fault("wrong_answer", service="erp", method="POST", answer={**made, "total": total})
    assert run_day(services, DAY, runs("2026-11-22")).processed == 1
    known = services.ledger.get_many([order_id])[order_id]
    assert (known.progress, known.reason) == (Progress.WRITTEN_BACK, Reason.TOTAL_DIFFERS if flagged else None)
    assert [alert.reason for alert in services.ledger.alerts.open()] == ([Reason.TOTAL_DIFFERS] if flagged else [])


def _push(services: Services, key: int, run: RunRef) -> None:
    run_step(services, PUSH, [key], run)


def _forget_everything(services: Services) -> None:
    with services.ledger._engine.begin() as connection:
        connection.execute(text("DELETE FROM orderflow_order"))
        connection.execute(text("DELETE FROM orderflow_event"))


def test_a_push_that_our_own_limits_held_back_was_certainly_not_sent(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    """No doubt remains, nothing is looked up, and the next run sends it as any other."""
    (order_id,) = control.add_orders(ORDER)
    gate = SharedCallGuard(services.ledger._engine, "erp", CallLimits(per_day=0), timezone="UTC", clock=services.now)
    closed = replace(services, connect_erp=lambda: RestErp(channel_of(services.erp, gate)))
    run = runs("2026-11-22")
    report = run_day(closed, DAY, run)

    assert [failure.reason for failure in report.failures] == [Reason.BUDGET_SPENT]
    assert progress(services, order_id) == (Progress.READY, Reason.BUDGET_SPENT)
    assert control.journal(service="erp", method="POST") == []
    assert run_day(services, DAY, runs("2026-11-22")).processed == 1


def channel_of(erp: ErpPort, gate: SharedCallGuard) -> Channel:
    """Return the channel of an adapter, with a gate before it."""
    assert isinstance(erp, RestErp)
    channel = copy(erp._channel)
    channel._gate = gate
    return channel
