"""Telling the customer: off by default, at most once per moment, and never a reason for an order to fail."""

from typing import Any

import pytest
from sqlalchemy import event

from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.flow.customer_status import tell
from orderflow.flow.orders.run import preview_day, run_day, run_sweep
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder, Outcome, Step
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
PATH = "/proxy/v1/orderstatus/"
ORDER = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1, "reference": "CS1"}
TEXTS = {"pushed": {"nl_NL": "In behandeling bij ERP", "en_GB": "Being processed"}, "delivered": {"nl_NL": "Geleverd"}}


@pytest.fixture
def settings() -> dict[str, object]:
    return {"webshops": {"1": {"messages": {"order_status": TEXTS}}}}


def known(services: Services, order_id: int) -> LedgerOrder:
    found = services.ledger.get(order_id)
    assert found is not None
    return found


def told(services: Services, key: int) -> list[tuple[Step, Outcome, Reason | None]]:
    steps = {Step.TELL_PUSHED, Step.TELL_DELIVERED}
    return [(e.step, e.outcome, e.reason) for e in services.ledger.events(order_id=key) if e.step in steps]


def test_the_customer_is_told_once_the_order_is_written_back(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    (order_id,) = control.add_orders(ORDER)
    run_day(services, DAY, runs("2026-11-22"))
    (status,) = control.order_statuses()
    assert status["CloudsuiteOrderId"] == "CS1"
    assert status["orderId"] == control.order(order_id)["erp_order_number"]
    assert {text["lang"]: text["value"] for text in status["state"]} == TEXTS["pushed"]
    control.edit_order(order_id, state="confirmed")
    clock.advance(minutes=15)
    run_sweep(services, runs())
    assert len(control.order_statuses()) == 1, "written back once more, told only once"


@pytest.mark.parametrize(
    ("fault", "recorded"),
    [
        ({"action": "reset_after_commit"}, (Outcome.IN_DOUBT, Reason.MESSAGE_IN_DOUBT)),
        ({"action": "status", "status": 500}, (Outcome.IN_DOUBT, Reason.MESSAGE_IN_DOUBT)),
        ({"action": "status", "status": 400}, (Outcome.FAILED, Reason.MESSAGE_REJECTED)),
        ({"action": "status", "status": 401}, (Outcome.FAILED, Reason.SHOP_AUTH)),
    ],
)
def test_a_status_that_fails_is_recorded_and_neither_resent_nor_held_against_the_order(
    services: Services, control: SandboxControl, runs: Runs, fault: dict[str, Any], recorded: tuple[Outcome, Reason]
) -> None:
    (order_id,) = control.add_orders(ORDER)
    control.fault(**fault, path=PATH, times=2)
    report = run_day(services, DAY, runs("2026-11-22"))
    assert (report.processed, report.failed) == (1, 0)
    assert known(services, order_id).reason is None
    assert told(services, order_id) == [(Step.TELL_PUSHED, Outcome.INTENT, None), (Step.TELL_PUSHED, *recorded)]
    control.clear_faults()
    sent = len([call for call in control.journal() if call["path"] == PATH])
    with services.ledger.claim(order_id, runs()) as claim:
        tell(services, claim, "pushed", runs())
    assert len([call for call in control.journal() if call["path"] == PATH]) == sent
    assert services.ledger.alerts.open() == []


def test_a_worker_that_died_after_its_intent_is_not_followed_by_a_second_message(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders(ORDER)
    run = runs("2026-11-22")
    _, order = services.read(order_id)
    services.ledger.decide(order, services.decide(order), run)
    with services.ledger.claim(order.order_id, run) as claim:
        claim.note(Step.TELL_PUSHED, Outcome.INTENT)
    run_day(services, DAY, run)
    assert control.order_statuses() == []
    assert control.order(order_id)["state"] == "processing"


def test_delivered_is_told_by_key_or_by_claim_once(services: Services, control: SandboxControl, runs: Runs) -> None:
    (order_id,) = control.add_orders(ORDER)
    run = runs("2026-11-22")
    run_day(services, DAY, run)
    tell(services, known(services, order_id), "delivered", run)
    with services.ledger.claim(order_id, run) as claim:
        tell(services, claim, "delivered", run)
    tell(services, known(services, order_id), "delivered", run)
    assert [status["stateId"] for status in control.order_statuses()] == ["PUSHED", "DELIVERED"]
    assert told(services, order_id)[-1] == (Step.TELL_DELIVERED, Outcome.DONE, None)


def test_an_order_that_another_run_holds_is_not_told_and_nothing_is_raised(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders(ORDER)
    run_day(services, DAY, runs("2026-11-22"))
    with services.ledger.claim(order_id, runs()):
        tell(services, known(services, order_id), "delivered", runs())
    assert [status["stateId"] for status in control.order_statuses()] == ["PUSHED"]


def test_a_dry_run_shows_the_status_and_tells_nobody(services: Services, control: SandboxControl, runs: Runs) -> None:
    control.add_orders(ORDER)
    shown: list[str] = []
    preview_day(services, DAY, runs("2026-11-22"), shown.append)
    assert f"POST  {PATH}?shop=1" in shown[-1]
    assert "In behandeling bij ERP" in shown[-1]
    assert control.order_statuses() == []


@pytest.mark.parametrize("settings", [{}])
def test_without_texts_it_costs_nothing(services: Services, control: SandboxControl, runs: Runs) -> None:
    (order_id,) = control.add_orders(ORDER)
    run_day(services, DAY, runs("2026-11-22"))
    order = known(services, order_id)
    statements: list[str] = []
    event.listen(services.ledger._engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    calls = len(control.journal())
    tell(services, order, "delivered", runs())
    assert statements == []
    assert len(control.journal()) == calls
    assert not [call for call in control.journal() if call["path"] == PATH]
