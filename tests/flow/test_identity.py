"""Which order is which: only the shop's id decides. References, webshops and settings may repeat and change."""

from dataclasses import replace
from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.orders.select import select, to_process
from orderflow.flow.orders.steps import PUSH, run_step
from orderflow.flow.services import Services
from orderflow.settings import Settings
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs

OTHERWISE = [{"reference": "CS-B"}, {"webshop": 2}, {"reference": "CS-B", "webshop": 2}]
DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
PAID = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "closed_success"}


def in_shop(control: SandboxControl, order_id: int) -> tuple[str, str | None]:
    order = control.order(order_id)
    return order["state"], order["erp_order_number"]


def begin(services: Services, control: SandboxControl, order_id: int, runs: Runs) -> None:
    """Send an order of which nobody knows afterwards whether it came; the ERP has it."""
    run = runs("2026-11-22")
    control.fault("reset_after_commit", service="erp", method="POST", times=0)
    control.fault("status", service="erp", method="GET", path="sales-orders", status=503, times=0, skip=2)
    keys = to_process(select(services, [order_id], run=run, window=DAY))
    run_step(services, PUSH, keys, run)
    control.clear_faults()


def test_two_orders_with_one_reference_are_never_tied_to_one_erp_order(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    first, second = control.add_orders(
        {**PAID, "reference": "CS777", "customer": 11, "product": "AAA"},
        {**PAID, "reference": "CS777", "customer": 22, "product": "BBB", "quantity": 9},
    )

    report = run_day(services, DAY, runs("2026-11-22"))

    assert len(control.erp_orders()) == 1
    known = services.ledger.get_many([first, second])
    (exported,) = [order for order in known.values() if order.erp_number]
    (refused,) = [order for order in known.values() if not order.erp_number]
    assert (report.processed, report.failed) == (1, 1)
    (failure,) = report.failures
    assert (failure.order_id, failure.reason) == (refused.order_id, Reason.REFERENCE_TAKEN)
    assert f"order id {first}" in failure.message
    assert f"order id {second}" in failure.message
    assert in_shop(control, exported.order_id) == ("processing", exported.erp_number)
    assert in_shop(control, refused.order_id) == ("confirmed", None)


def test_the_refused_one_is_exported_once_it_has_a_reference_of_its_own(
    services: Services, control: SandboxControl, runs: Runs, clock: Clock
) -> None:
    ids = control.add_orders(*[{**PAID, "reference": "CS777"}] * 2)
    run_day(services, DAY, runs("2026-11-22"))
    (refused,) = [order for order in services.ledger.get_many(ids).values() if not order.erp_number]
    control.edit_order(refused.order_id, reference="CS778")
    clock.advance(minutes=15)

    report = run_sweep(services, runs())

    assert (report.processed, report.failed) == (1, 0)
    assert len({order["number"] for order in control.erp_orders()}) == 2
    assert services.ledger.alerts.open() == []


@pytest.mark.parametrize("change", OTHERWISE, ids=str)
def test_an_order_that_is_called_otherwise_since_its_push_began_is_found_under_the_name_that_was_sent(
    services: Services, control: SandboxControl, runs: Runs, clock: Clock, change: dict[str, Any]
) -> None:
    (order_id,) = control.add_orders({**PAID, "reference": "CS-A"})
    begin(services, control, order_id, runs)
    control.edit_order(order_id, **change)
    clock.advance(minutes=15)

    run_sweep(services, runs())

    (made,) = control.erp_orders()
    assert made["external_reference"] == "1/CS-A"
    assert in_shop(control, order_id) == ("processing", made["number"])
    known = services.ledger.get(order_id)
    assert known is not None
    assert (known.external_reference, known.progress) == ("1/CS-A", Progress.WRITTEN_BACK)


@pytest.mark.parametrize("change", OTHERWISE, ids=str)
def test_an_order_that_is_called_otherwise_and_reopened_keeps_its_erp_order(
    services: Services, control: SandboxControl, runs: Runs, clock: Clock, change: dict[str, Any]
) -> None:
    (order_id,) = control.add_orders({**PAID, "reference": "CS-A"})
    run_day(services, DAY, runs("2026-11-22"))
    control.edit_order(order_id, **change)
    control.edit_order(order_id, state="confirmed")
    clock.advance(minutes=15)

    run_sweep(services, runs())

    (made,) = control.erp_orders()
    assert in_shop(control, order_id) == ("processing", made["number"])


def test_a_corrected_default_webshop_makes_no_second_order_of_any(
    services: Services, control: SandboxControl, runs: Runs, clock: Clock
) -> None:
    """Before: half written, in doubt and done orders were new ones under the new webshop."""
    done, doubtful = control.add_orders(*[{**PAID, "webshop": None}] * 2)
    control.edit_order(doubtful, confirm_date="2026-11-22T13:00:00")
    begin(services, control, doubtful, runs)
    run_day(services, DAY, runs("2026-11-22"))
    corrected = replace(services, settings=Settings.parse({**services.settings.model_dump(), "default_webshop": 3}))
    for order_id in (done, doubtful):
        control.edit_order(order_id, state="confirmed")
    clock.advance(minutes=15)

    run_sweep(corrected, runs())

    assert sorted(order["external_reference"] for order in control.erp_orders()) == [f"1/CS{done}", f"1/CS{doubtful}"]
    assert {order.webshop for order in services.ledger.get_many([done, doubtful]).values()} == {3}


def test_an_order_of_webshop_0_is_an_order_like_any_other(
    services: Services, control: SandboxControl, runs: Runs, clock: Clock
) -> None:
    (order_id,) = control.add_orders({**PAID, "webshop": 0, "payment_status": "started"})
    run_day(services, DAY, runs("2026-11-22"))
    control.edit_order(order_id, payment_status="closed_success")
    clock.advance(minutes=15)

    assert run_sweep(services, runs()).processed == 1

    (made,) = control.erp_orders()
    assert made["external_reference"] == f"0/CS{order_id}"


@pytest.mark.parametrize("reference", ["", "   "])
def test_an_order_without_a_reference_gets_no_name_in_the_erp(
    services: Services, control: SandboxControl, runs: Runs, reference: str
) -> None:
    (order_id,) = control.add_orders({**PAID, "reference": reference})

    report = run_day(services, DAY, runs("2026-11-22"))

    assert control.erp_orders() == []
    (failure,) = report.failures
    assert (failure.order_id, failure.reason) == (order_id, Reason.SHOP_ANSWER_INVALID)
    assert "reference" in failure.message
