"""The write-back with as few calls as its guards allow."""

from collections import Counter
from collections.abc import Sequence

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.flow.batch import StepResult
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.orders.select import select, to_process
from orderflow.flow.orders.steps import PATCH_NUMBER, PATCH_STATE, PUSH, PUT_LINES, OrderStep, run_step
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import RunRef
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
ORDER = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1}


def begun(services: Services, run: RunRef, order_ids: Sequence[int], *steps: OrderStep) -> list[int]:
    """Take orders as far as these steps."""
    keys = to_process(select(services, order_ids, run=run, window=DAY))
    assert len(keys) == len(order_ids)
    for step in steps:
        assert all(not result.error for result in run_step(services, step, keys, run))
    return keys


def reasons(results: Sequence[StepResult]) -> list[Reason]:
    return [result.error.reason for result in results if result.error]


def shop_calls(control: SandboxControl) -> Counter[str]:
    calls = control.journal(service="shop")
    return Counter(f"{call['method']} {call['path'] if call['path'] == '/api/order/' else 'order'}" for call in calls)


@pytest.mark.parametrize("unknown", [[], ["state"]], ids=["obeys a condition", "ignores it"])
def test_nine_calls_an_order_at_the_shop(
    services: Services, control: SandboxControl, runs: Runs, unknown: list[str]
) -> None:
    """Every step reads before it writes, and the last one reads back what it wrote."""
    control.configure(unknown_filters=unknown)
    control.add_orders(*[ORDER] * 20)
    assert run_day(services, DAY, runs("2026-11-22")).processed == 20
    assert shop_calls(control) == {
        "GET /api/order/": 2,
        "GET order": 20 * 6,
        "PATCH order": 20 * 2,
        "PUT order": 20,
    }
    assert len(control.journal(service="erp")) == 1 + 20 * 4, "what it can do; by id, name, made; asked again"


@pytest.mark.parametrize("unknown", [[], ["state"]])
def test_no_cancelled_order_comes_back_to_life(
    services: Services, control: SandboxControl, runs: Runs, unknown: list[str]
) -> None:
    """Every second one is cancelled between the push and the PATCH of its state."""
    control.configure(unknown_filters=unknown)
    ids = control.add_orders(*[ORDER] * 20)
    run = runs("2026-11-22")
    keys = begun(services, run, ids, PUSH)
    for order_id in ids[::2]:
        control.edit_order(order_id, state="cancel")

    results = run_step(services, PATCH_STATE, keys, run)

    assert reasons(results) == [Reason.CANCELLED_AFTER_EXPORT] * 10
    states = [control.order(order_id)["state"] for order_id in ids]
    assert states == ["cancel", "processing"] * 10


def test_a_lost_answer_to_a_conditional_patch_is_no_failure(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    """Repeated, it finds the order in the new state, which the condition does not fit."""
    ids = control.add_orders(*[ORDER] * 8)
    run = runs("2026-11-22")
    keys = begun(services, run, ids, PUSH)
    for order_id in ids:
        control.fault("reset_after_commit", service="shop", method="PATCH", path=f"/api/order/{order_id}/")

    results = run_step(services, PATCH_STATE, keys, run)

    assert reasons(results) == []
    assert {control.order(order_id)["state"] for order_id in ids} == {"processing"}
    assert {known.progress for known in services.ledger.get_many(ids).values()} == {Progress.STATE_SET}


def test_a_number_entered_by_hand_between_two_steps_is_not_overwritten(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders(ORDER)
    run = runs("2026-11-22")
    keys = begun(services, run, [order_id], PUSH, PATCH_STATE)
    control.edit_order(order_id, erp_order_number="ERP-BY-HAND")

    results = run_step(services, PATCH_NUMBER, keys, run)

    assert reasons(results) == [Reason.ERP_NUMBER_CONFLICT]
    assert control.order(order_id)["erp_order_number"] == "ERP-BY-HAND"


@pytest.mark.parametrize("hidden", [False, True])
def test_a_number_that_was_there_is_not_overwritten(
    services: Services, control: SandboxControl, runs: Runs, *, hidden: bool
) -> None:
    """Not even where the answer to the PATCH of the state does not show it: what is not seen is looked for."""
    (order_id,) = control.add_orders(ORDER)
    run = runs("2026-11-22")
    keys = begun(services, run, [order_id], PUSH)
    control.edit_order(order_id, erp_order_number="ERP-BY-HAND")
    if hidden:
        control.configure(hidden_fields=["erp_order_number"])
    assert reasons(run_step(services, PATCH_STATE, keys, run)) == []
    control.configure(hidden_fields=[])

    results = run_step(services, PATCH_NUMBER, keys, run)

    assert reasons(results) == [Reason.ERP_NUMBER_CONFLICT]
    assert control.order(order_id)["erp_order_number"] == "ERP-BY-HAND"


def test_an_order_cancelled_before_its_number_stays_cancelled_and_is_named(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders(ORDER)
    run = runs("2026-11-22")
    keys = begun(services, run, [order_id], PUSH, PATCH_STATE)
    control.edit_order(order_id, state="cancel")

    assert reasons(run_step(services, PATCH_NUMBER, keys, run)) == [Reason.CANCELLED_AFTER_EXPORT]
    assert run_step(services, PUT_LINES, keys, run)[0].outcome is None
    assert control.order(order_id)["state"] == "cancel"


def test_an_idle_day_costs_two_calls(services: Services, control: SandboxControl, runs: Runs) -> None:
    assert run_day(services, DAY, runs("2026-11-22")).listed == 0
    assert shop_calls(control) == {"GET /api/order/": 2}


def test_an_edit_is_flagged_also_when_the_read_back_of_its_put_failed(
    services: Services, control: SandboxControl, runs: Runs, clock: Clock
) -> None:
    """The sweep finds that all is written; nothing comes back to the order afterwards."""
    (order_id,) = control.add_orders(ORDER)
    run = runs("2026-11-22")
    keys = begun(services, run, [order_id], PUSH, PATCH_STATE, PATCH_NUMBER)
    control.edit_order(order_id, customer_order_number="PO-NEW")
    control.fault("status", service="shop", method="GET", path=f"/api/order/{order_id}/", status=400, skip=1)
    assert reasons(run_step(services, PUT_LINES, keys, run)) == [Reason.SHOP_REFUSED]
    clock.advance(minutes=15)

    assert run_sweep(services, runs()).failed == 0

    known = services.ledger.get_many([order_id])[order_id]
    assert (known.progress, known.reason) == (Progress.WRITTEN_BACK, Reason.EDITED_AFTER_EXPORT)
    assert len(control.journal(method="PUT")) == 1
