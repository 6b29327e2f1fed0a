"""The shop corrects whether an order is an offline one: it is exported or left alone by what it is now."""

from dataclasses import replace

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.flow.orders.finish import finish
from orderflow.flow.orders.preview import preview_orders
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.orders.select import select, to_process
from orderflow.flow.services import Services
from orderflow.settings import Settings
from sandbox.control import SandboxControl
from support.clock import Clock
from support.export_paths import DAY, Path
from support.flow_runs import Runs

PAID = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1}
OFFLINE = {**PAID, "offline": True}


@pytest.fixture
def marked(services: Services, control: SandboxControl, runs: Runs) -> int:
    """Return an offline order that was marked as sent."""
    (order_id,) = control.add_orders(OFFLINE)
    assert run_day(services, DAY, runs("2026-11-22")).offline_sent == 1
    return order_id


def edit(control: SandboxControl, clock: Clock, order_id: int, **fields: object) -> None:
    clock.advance(minutes=15)
    control.edit_order(order_id, modified_date=clock.now.replace(tzinfo=None).isoformat(), **fields)


def test_an_order_that_was_marked_and_is_an_online_one_is_exported_once(  # noqa: PLR0917
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, marked: int, path: Path
) -> None:
    edit(control, clock, marked, offline=False)

    for _ in range(2):
        path(services, runs, marked)

    (made,) = control.erp_orders()
    order = control.order(marked)
    assert (order["state"], order["erp_order_number"]) == ("processing", made["number"])
    assert services.ledger.alerts.open() == []
    known = services.ledger.get(marked)
    assert known
    assert known.progress is Progress.WRITTEN_BACK
    assert not known.is_offline


def test_the_dry_run_says_the_same(services: Services, control: SandboxControl, clock: Clock, marked: int) -> None:
    edit(control, clock, marked, offline=False)

    plan = preview_orders(services, [marked])

    assert [call.method for call in plan.calls if call.system == "erp"] == ["POST"]


def test_what_the_erp_has_already_is_taken_over(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, marked: int
) -> None:
    """Somebody entered it there by hand, under its name."""
    (line,) = control.order(marked)["order_lines"]
    lines = [{"position": 1, **{name: line[name] for name in ("product", "quantity", "unit_price")}}]
    control.add_erp_order({"external_reference": f"1/CS{marked}", "currency": "EUR", "lines": lines})
    edit(control, clock, marked, offline=False)

    run_sweep(services, runs())

    (made,) = control.erp_orders()
    assert control.order(marked)["erp_order_number"] == made["number"]


@pytest.mark.parametrize(("payment", "progress"), [("started", Progress.WAITING), ("oddly", Progress.HELD)])
def test_one_that_is_not_payable_waits_and_is_exported_when_it_is(  # noqa: PLR0917
    services: Services,
    control: SandboxControl,
    clock: Clock,
    runs: Runs,
    marked: int,
    payment: str,
    progress: Progress,
) -> None:
    edit(control, clock, marked, offline=False, payment_status=payment)
    run_sweep(services, runs())
    known = services.ledger.get(marked)
    assert known
    assert known.progress is progress

    edit(control, clock, marked, payment_status="paid")
    run_sweep(services, runs())

    assert len(control.erp_orders()) == 1


@pytest.mark.parametrize("ignores", [[], ["offline"]])
def test_where_orders_do_not_say_what_they_are_only_the_lists_make_a_marked_one_an_online_one(  # noqa: PLR0917
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, ignores: list[str], path: Path
) -> None:
    control.configure(hidden_fields=["offline"])
    (order_id,) = control.add_orders(OFFLINE)
    run_day(services, DAY, runs("2026-11-22"))
    control.configure(hidden_fields=["offline"], unknown_filters=ignores)
    edit(control, clock, order_id, remarks="please")
    path(services, runs, order_id)
    assert control.erp_orders() == []

    edit(control, clock, order_id, offline=False)
    path(services, runs, order_id)

    assert len(control.erp_orders()) == (0 if ignores else 1)
    assert services.ledger.alerts.open() == []


@pytest.mark.parametrize("fields", [{"state": "done"}, {"state": "cancel"}, {"state": "x"}, {"payment_status": "x"}])
def test_one_that_is_still_an_offline_one_stays_marked(  # noqa: PLR0917
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, marked: int, fields: dict[str, str]
) -> None:
    edit(control, clock, marked, **fields)

    run_sweep(services, runs(), order_ids=[marked])

    known = services.ledger.get(marked)
    assert known
    assert known.is_marked_offline
    assert control.erp_orders() == []


def test_a_sweep_does_not_export_one_from_before_go_live(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """A person had its day marked, and nobody has had it exported."""
    (order_id,) = control.add_orders({**OFFLINE, "confirm_date": "2019-11-22T12:00:00"})
    run_day(services, Window.of_day("2019-11-22", "Europe/Amsterdam"), runs("2019-11-22"))
    services = replace(services, settings=Settings.parse({"not_before": "2020-01-01"}))
    edit(control, clock, order_id, offline=False)

    run_sweep(services, runs())

    assert control.erp_orders() == []
    known = services.ledger.get(order_id)
    assert known
    assert known.reason is Reason.BEFORE_GO_LIVE


def test_one_that_was_corrected_between_its_decision_and_its_mark_is_not_marked(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    (order_id,) = control.add_orders(OFFLINE)
    run = runs("2026-11-22")
    select(services, [order_id], run=run, window=DAY)
    edit(control, clock, order_id, offline=False)

    finish(services, [order_id], [], run)
    run_sweep(services, runs())

    assert control.order(order_id)["shipment_state"] == "none"
    assert len(control.erp_orders()) == 1


def test_an_order_that_went_to_the_erp_and_is_then_shown_as_offline_is_never_marked(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, path: Path
) -> None:
    (order_id,) = control.add_orders({**PAID, "offline": False})
    run_day(services, DAY, runs("2026-11-22"))
    edit(control, clock, order_id, offline=True)
    control.clear_journal()

    path(services, runs, order_id)
    path(services, runs, order_id)

    assert control.journal(method="PATCH") == []
    assert len(control.erp_orders()) == 1
    known = services.ledger.get(order_id)
    assert known
    assert known.progress is Progress.WRITTEN_BACK


def test_one_whose_push_is_in_doubt_is_looked_up_and_written_back(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    (order_id,) = control.add_orders(PAID)
    control.fault("reset_after_commit", service="erp", method="POST", times=0)
    control.fault("status", service="erp", method="GET", path="sales-orders", status=503, times=0, skip=2)
    run_day(services, DAY, runs("2026-11-22"))
    control.clear_faults()
    edit(control, clock, order_id, offline=True)

    selected = select(services, [order_id], run=runs(), window=None)
    run_sweep(services, runs())

    assert to_process(selected) == [order_id]
    assert control.order(order_id)["shipment_state"] == "none"
    assert control.order(order_id)["erp_order_number"] == control.erp_orders()[0]["number"]
