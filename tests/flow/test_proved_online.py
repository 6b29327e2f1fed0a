"""An order that does not say whether it is offline is proved online before it is exported, on every path."""

from dataclasses import replace

import pytest

from orderflow.domain.decision import Action
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.flow.orders.preview import preview_orders
from orderflow.flow.orders.run import run_sweep
from orderflow.flow.services import Services
from orderflow.settings import Settings
from sandbox.control import SandboxControl
from support.export_paths import Path
from support.flow_runs import Runs

PAID = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid"}


def test_the_lists_tell_where_the_order_does_not(
    services: Services, control: SandboxControl, runs: Runs, path: Path
) -> None:
    online, offline = control.add_orders(PAID, {**PAID, "offline": True})
    control.configure(hidden_fields=["offline"])

    path(services, runs, online)
    run_sweep(services, runs(), order_ids=[offline])

    (made,) = control.erp_orders()
    assert made["external_reference"] == f"1/CS{online}"
    assert control.order(offline)["shipment_state"] == "sent"


def test_where_nothing_tells_it_is_held_and_named(
    services: Services, control: SandboxControl, runs: Runs, path: Path
) -> None:
    online, offline = control.add_orders(PAID, {**PAID, "offline": True})
    control.configure(hidden_fields=["offline"], unknown_filters=["offline"])

    path(services, runs, online)
    report = run_sweep(services, runs(), order_ids=[online, offline])

    assert control.erp_orders() == []
    assert [failure.reason for failure in report.failures] == [Reason.OFFLINE_UNKNOWN] * 2
    assert "among both" in report.failures[0].message


@pytest.mark.parametrize("short", ["offline=false", "offline=true"])
def test_a_list_that_may_lack_the_order_proves_nothing(
    services: Services, control: SandboxControl, runs: Runs, path: Path, short: str
) -> None:
    """Else an online order would be marked as sent and never exported, or an offline one exported."""
    (order_id,) = control.add_orders({**PAID, "offline": short == "offline=true"})
    control.configure(hidden_fields=["offline"])
    lacking = {"count": 2, "next": None, "previous": None, "results": []}
    control.fault("wrong_answer", method="GET", path=f"{short}.*reference=", answer=lacking, times=0)

    run_sweep(services, runs(), order_ids=[order_id])
    path(services, runs, order_id)

    assert control.erp_orders() == []
    assert control.order(order_id)["shipment_state"] == "none"
    known = services.ledger.get(order_id)
    assert known
    assert (known.progress, known.reason) == (Progress.UNREAD, Reason.SHOP_ANSWER_INVALID)


def test_a_shop_without_offline_orders_can_say_so(
    services: Services, control: SandboxControl, runs: Runs, path: Path
) -> None:
    (order_id,) = control.add_orders(PAID)
    control.configure(hidden_fields=["offline"], unknown_filters=["offline"])
    settings = Settings.parse({"offline_orders": False})

    path(replace(services, settings=settings), runs, order_id)

    assert len(control.erp_orders()) == 1


def test_a_shop_that_ignores_the_reference_is_asked_for_one_second(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    others = [{**PAID, "confirm_date": "2026-11-22T13:00:00", "offline": True}] * 120
    (order_id, *_) = control.add_orders(PAID, *others)
    control.configure(hidden_fields=["offline"], unknown_filters=["reference"])

    control.clear_journal()
    run_sweep(services, runs(), order_ids=[order_id])

    assert len(control.erp_orders()) == 1
    lists = [call for call in control.journal(service="shop", method="GET") if call["path"] == "/api/order/"]
    assert len(lists) <= 4, "two for the selection, two for the push"


def test_the_dry_run_asks_too(services: Services, control: SandboxControl) -> None:
    online, offline = control.add_orders(PAID, {**PAID, "offline": True})
    control.configure(hidden_fields=["offline"])

    plan = preview_orders(services, [online, offline])

    assert {call.order_id for call in plan.calls} == {online}


def test_an_order_that_says_it_is_online_costs_no_call_more(services: Services, control: SandboxControl) -> None:
    (order_id,) = control.add_orders(PAID)
    control.clear_journal()

    decision = services.decide(services.read(order_id)[1])

    assert decision.action is Action.PROCESS
    assert len(control.journal()) == 1
