"""One odd order, row, packing slip or name does not stop the others: it is named, and they are done."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import URL

from orderflow.domain.findings import FindingKind
from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import ShipmentProgress
from orderflow.domain.window import Window
from orderflow.errors import OrderflowError, TransientError
from orderflow.flow.batch import isolated
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.reconciliation.findings import keep_findings
from orderflow.flow.reconciliation.reconcile import reconcile
from orderflow.flow.services import Services
from orderflow.flow.shipments.run import run_shipments
from orderflow.ledger.models.reconciliation import DetectedDifference
from orderflow.ledger.opening import open_ledger
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs
from support.ledgers import ledger_url, postgres_url  # noqa: F401 - fixtures

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
GOOD = {"reference": "GOOD", "webshop": 1, "confirm_date": "2026-11-22T12:00:00", "payment_status": "paid"}

SECRET = "Bearer 0123456789abcdef of jan@example.com"
ODD: dict[str, dict[str, Any]] = {
    "before the calendar": {"modified_date": "0001-01-01T00:00:00"},
    "after the calendar": {"modified_date": "9999-12-31T23:59:59"},
    "NUL": {"reference": "BAD\0"},
}


@pytest.fixture
def settings() -> dict[str, object]:
    return {"webshops": {"1": {"messages": {"user": 7}}}, "limits": {"lookup_waits": [0, 0]}}


@pytest.fixture
def on_each(services: Services, ledger_url: URL, clock: Clock) -> Services:  # noqa: F811
    """Return the services with a ledger on SQLite, then on PostgreSQL."""
    ledger = open_ledger(ledger_url, clock=clock)
    ledger.days.begin("2020-01-01")
    return replace(services, ledger=ledger)


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_an_odd_order_is_named_or_done_and_the_good_one_beside_it_is_exported(
    on_each: Services, control: SandboxControl, runs: Runs, odd: dict[str, Any]
) -> None:
    bad, _ = control.add_orders({**GOOD, "reference": "BAD", **odd}, GOOD)
    report = run_day(on_each, DAY, runs("2026-11-22"))
    assert "1/GOOD" in {order["external_reference"] for order in control.erp_orders()}
    assert report.broken == ()
    assert report.listed == 2 == report.processed + report.failed
    assert [failure.order_id for failure in report.failures] in ([], [bad])
    run_sweep(on_each, runs())
    assert reconcile(on_each, runs()).summary.compared >= 1


def test_what_nobody_foresaw_is_recorded_by_type_and_place_only() -> None:
    def leak() -> None:
        raise RuntimeError(SECRET)

    failure = isolated(leak, "order 1/7")
    assert isinstance(failure, OrderflowError)
    assert failure.reason is Reason.UNEXPECTED
    assert failure.order == "order 1/7"
    assert "RuntimeError at" in failure.message
    assert "test_isolation.py" in failure.message
    assert "Bearer" not in str(failure)


def test_the_trace_in_the_log_holds_no_text_of_the_error_either(caplog: pytest.LogCaptureFixture) -> None:
    def leak() -> None:
        raise RuntimeError(SECRET)

    isolated(leak, "order 1/7")
    assert "order 1/7" in caplog.text
    assert "Bearer 0123" not in caplog.text


def test_an_interrupt_is_nobodys_own() -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        isolated(stop, "order 1/7")


def test_a_name_that_is_nobodys_is_named_and_the_others_are_done(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    control.add_orders({**GOOD, "reference": "CS48001"})
    report = run_sweep(services, runs(), references=["NOPE123", "CS48001", "x/y", "A\0B"])
    assert report.processed == 1
    assert [line.split(":")[0] for line in report.unfound] == ["order NOPE123", "order x/y", "order A\0B"]


def test_a_packing_slip_that_cannot_be_understood_is_named_once_and_the_others_are_sent(
    services: Services, control: SandboxControl, runs: Runs, clock: Clock
) -> None:
    control.add_orders(GOOD)
    run_day(services, DAY, runs("2026-11-22"))
    number = control.erp_orders()[0]["number"]
    good = control.deliver(number)
    bad = {**good, "number": "PS-BAD", "date": "0000-00-00"}
    control.fault("wrong_answer", service="erp", path="/deliveries", answer={"results": [bad, good], "next": None})

    sent = run_shipments(services, runs())
    assert sent.report.sent == 1
    assert len(sent.failures) == 1
    assert sent.failures[0].startswith("packing slip PS-BAD: erp_answer_invalid.")
    assert len(control.desadv_messages()) == 1

    corrected = {**bad, "date": "2026-11-22"}
    control.fault("wrong_answer", service="erp", path="/deliveries", answer={"results": [corrected], "next": None})
    clock.advance(hours=30)
    assert run_shipments(services, runs()).failures == []
    assert services.ledger.shipments.get_many(["PS-BAD"])["PS-BAD"].progress is ShipmentProgress.SENT
    assert services.ledger.alerts.open() == []


def test_a_row_of_the_erps_listing_that_cannot_be_understood_is_named_and_the_others_are_compared(
    services: Services, control: SandboxControl, runs: Runs, clock: Clock
) -> None:
    control.add_orders(GOOD, {**GOOD, "reference": "OTHER"})
    run_day(services, DAY, runs("2026-11-22"))
    clock.advance(hours=3)
    listed = [
        {
            "number": order["number"],
            "external_reference": order["request"]["external_reference"],
            "status": "accepted",
            "total": "1E+9000000" if order["request"]["external_reference"] == "1/GOOD" else order["total"],
            "currency": "EUR",
            "created_at": None if order["request"]["external_reference"] == "1/GOOD" else order["created_at"],
            "lines": order["lines"],
        }
        for order in control.erp_orders()
    ]
    control.fault("wrong_answer", service="erp", path="since=", answer={"results": listed, "next": None})
    reconciled = reconcile(services, runs())
    assert [error.order for error in reconciled.errors] == ["1/GOOD"]
    assert reconciled.summary.compared == 2


def test_a_reference_that_no_webshop_can_have_stops_no_comparison(
    on_each: Services, control: SandboxControl, runs: Runs, clock: Clock
) -> None:
    control.add_orders(GOOD)
    run_day(on_each, DAY, runs("2026-11-22"))
    clock.advance(hours=3)
    (made,) = control.erp_orders()
    row = {**made, "external_reference": made["request"]["external_reference"], "currency": "EUR"}
    odd = ("9" * 30 + "/X", "9223372036854775808/X", "\u0663/X", "-1/X", "1.5/X", "/X", "1/", "/")
    listed = [{**row, "external_reference": name, "number": f"X-{n}"} for n, name in enumerate(odd)]
    listed.append({**row, "number": "X-9", "external_reference": "1/X", "buyer": {"code": "a\0b"}})
    control.fault("wrong_answer", service="erp", path="since=", answer={"results": [*listed, row], "next": None})
    reconciled = reconcile(on_each, runs())
    assert [error.order for error in reconciled.errors] == ["1/X"]
    assert reconciled.summary.compared == 1
    assert reconciled.summary.findings == 0


def test_a_difference_that_the_ledger_refuses_is_named_and_the_others_are_kept(on_each: Services, clock: Clock) -> None:
    good = DetectedDifference(
        kind=FindingKind.NOT_IN_ERP,
        webshop=1,
        order_id=1,
        external_reference="1/GOOD",
        erp_number=None,
        shop_value="confirmed",
        erp_value="",
        detail="",
        day="2026-11-22",
        since=clock(),
    )
    bad = good.model_copy(update={"external_reference": "1/BAD", "order_id": 2**70})
    findings, gone, refused = keep_findings(on_each, [bad, good], ["1/BAD", "1/GOOD"])
    assert [finding.external_reference for finding in findings] == ["1/GOOD"]
    assert [error.order for error in refused] == ["1/BAD"]
    assert gone == 0
    assert keep_findings(on_each, [bad], ["1/BAD", "1/GOOD"])[:2] == ([], 1)


def test_a_listed_order_of_which_nothing_is_recorded_has_failed(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    from orderflow.flow.reporting.alerts import end_run  # noqa: PLC0415

    run = runs("2026-11-22")
    summary, changes = end_run(services, run, date="2026-11-22", listed=[7], selected=set())
    del control
    assert (summary.listed, summary.failed) == (1, 1)
    assert [str(failure).split(".")[0] for failure in summary.failures] == ["id 7: unfinished"]
    assert len(changes.opened) == 1


def test_a_comparison_whose_orders_could_only_not_be_read_just_now_is_tried_again(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders(GOOD)
    run_day(services, DAY, runs("2026-11-22"))
    control.fault("status", service="shop", path=f"/api/order/{order_id}/", status=503, times=0)
    (error,) = reconcile(services, runs()).errors
    assert isinstance(error, TransientError)
