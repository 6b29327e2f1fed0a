"""Names repeat, change and restart, and still each order of the shop has exactly one order in the ERP."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.flow.orders.preview import preview_orders
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.services import Services
from orderflow.flow.shipments.run import run_shipments
from orderflow.ledger.models.orders import LedgerOrder
from orderflow.ledger.opening import open_ledger
from sandbox.config import TODAYS_ERP
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
PAID: dict[str, Any] = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1}
APPLE = {"product": {"origin": "myorigin", "key": "124_STUK"}, "quantity": "1.0", "unit_price": "10.00"}
PEAR = {"product": {"origin": "myorigin", "key": "88_DOOS"}, "quantity": "9.0", "unit_price": "3.50"}
ERPS = [{}, TODAYS_ERP]


@pytest.fixture(params=ERPS, ids=["names the shop's order", "as of today"])
def erp(request: pytest.FixtureRequest, control: SandboxControl) -> SandboxControl:
    """Return a sandbox whose ERP says which order of the shop it has, and one whose ERP does not."""
    control.configure(**request.param)
    return control


def known(services: Services, order_id: int) -> LedgerOrder:
    found = services.ledger.get(order_id)
    assert found
    return found


def made_of(control: SandboxControl) -> list[int]:
    """Return the shop order ids that the ERP's orders were made from."""
    return sorted(order["request"]["shop_order_id"] for order in control.erp_orders())


@pytest.mark.parametrize("trims", [[], ["texts_trimmed"]])
def test_blanks_around_a_number_are_not_part_of_it(
    services: Services, erp: SandboxControl, runs: Runs, clock: Clock, trims: list[str]
) -> None:
    erp.configure(erp_number_format=" ERP-{n}\u00a0 ", manners=trims)
    (order_id,) = erp.add_orders(PAID)
    assert run_day(services, DAY, runs("2026-11-22")).processed == 1

    (made,) = erp.erp_orders()
    assert known(services, order_id).erp_number == made["number"].strip() == erp.order(order_id)["erp_order_number"]
    assert all(line["erp_line_number"] for line in erp.order(order_id)["order_lines"])
    erp.edit_order(order_id, erp_order_number=f" {made['number']}", state="confirmed")
    clock.advance(minutes=15)
    assert run_sweep(services, runs()).failed == 0, "nor in the shop"
    erp.deliver(made["number"])
    assert run_shipments(services, runs()).report.skipped == 0, "its packing slips are known as the shop's"


@pytest.mark.parametrize("broken", ["state", "erp_order_number", "lines"])
def test_a_number_that_the_erp_changes_before_the_write_back_ends_reaches_the_shop(
    services: Services, erp: SandboxControl, runs: Runs, clock: Clock, broken: str
) -> None:
    (order_id,) = erp.add_orders({**PAID, "order_lines": [APPLE, PEAR]})
    erp.fault("status", service="shop", body=broken, method="PUT" if broken == "lines" else "PATCH", times=0)
    assert run_day(services, DAY, runs("2026-11-22")).failed == 1
    erp.clear_faults()
    (made,) = erp.erp_orders()
    erp.edit_erp_order(made["number"], number="ERP-NEW")
    clock.advance(minutes=15)

    assert run_sweep(services, runs()).processed == 1

    assert erp.order(order_id)["erp_order_number"] == known(services, order_id).erp_number == "ERP-NEW"
    assert [line["erp_line_number"] for line in erp.order(order_id)["order_lines"]] == [11, 21]
    assert services.ledger.alerts.open() == []


def test_a_number_of_somebody_else_is_not_corrected(
    services: Services, erp: SandboxControl, runs: Runs, clock: Clock
) -> None:
    (order_id,) = erp.add_orders(PAID)
    erp.fault("status", service="shop", body="lines", method="PUT", times=0)
    run_day(services, DAY, runs("2026-11-22"))
    erp.clear_faults()
    (made,) = erp.erp_orders()
    erp.edit_erp_order(made["number"], number="ERP-NEW")
    erp.edit_order(order_id, erp_order_number="BY-HAND")
    clock.advance(minutes=15)

    (failure,) = run_sweep(services, runs()).failures

    assert failure.reason is Reason.ERP_NUMBER_CONFLICT
    assert erp.order(order_id)["erp_order_number"] == "BY-HAND"


def test_a_number_may_repeat_where_the_erp_says_whose_its_orders_are(
    services: Services, erp: SandboxControl, request: pytest.FixtureRequest, runs: Runs, clock: Clock
) -> None:
    """Each webshop is a company of its own in the ERP, with its own series."""
    erp.configure(erp_number_format="SO{of_shop}")
    erp.add_orders(PAID, {**PAID, "webshop": 2})

    report = run_day(services, DAY, runs("2026-11-22"))
    clock.advance(minutes=15)
    later = run_sweep(services, runs())

    shown = [order["erp_order_number"] for order in erp.orders()]
    if request.node.callspec.id == "as of today":
        assert [failure.reason for failure in report.failures] == [Reason.ERP_NUMBER_CONFLICT]
        assert sorted(filter(None, shown)) == ["SO1"]
        assert len(erp.erp_orders()) == len(shown), "nothing is sent again"
        return
    assert (report.processed, report.failed, later.failed) == (2, 0, 0)
    assert shown == ["SO1", "SO1"]


@pytest.mark.parametrize("hides", [False, True], ids=["lists show numbers", "lists hide numbers"])
@pytest.mark.parametrize("ignores", [[], ["erp_order_number"]], ids=["filters", "ignores the filter"])
def test_an_order_renamed_since_its_export_keeps_its_erp_order_after_a_lost_ledger(  # noqa: PLR0917
    services: Services,
    control: SandboxControl,
    clock: Clock,
    runs: Runs,
    tmp_path: Path,
    ignores: list[str],
    *,
    hides: bool,
) -> None:
    """Another order has its reference now, with the same content, and the ERP does not say whose its order is."""
    control.configure(**TODAYS_ERP, unknown_filters=ignores)
    (first,) = control.add_orders({**PAID, "reference": "CS1", "order_lines": [APPLE]})
    run_day(services, DAY, runs("2026-11-22"))
    services = replace(services, ledger=open_ledger(f"sqlite:///{tmp_path / 'new.db'}", clock=clock))
    services.ledger.days.begin("2020-01-01")
    control.edit_order(first, reference="CS1-OLD")
    (second,) = control.add_orders({**PAID, "reference": "CS1", "order_lines": [APPLE]})

    if hides:
        rows = [{"id": second}] if ignores else [{"id": first}]
        answer = {"count": 1, "next": None, "previous": None, "results": rows}
        control.fault("wrong_answer", method="GET", path="erp_order_number=", answer=answer, times=0)

    (failure,) = run_sweep(services, runs()).failures

    told = Reason.ERP_ORDER_UNPROVED if ignores else Reason.REFERENCE_TAKEN
    assert (failure.order_id, failure.reason) == (second, told)
    assert ("ignores `erp_order_number`" if ignores else f"id {first}") in failure.message
    assert not control.order(second)["erp_order_number"]


def test_two_orders_with_one_reference_are_never_one_order(services: Services, erp: SandboxControl, runs: Runs) -> None:
    """I1: the second is never taken for the first one's ERP order; it is refused, and named with the first."""
    first, second = erp.add_orders(
        {**PAID, "reference": "CS777", "customer": 11, "order_lines": [APPLE]},
        {**PAID, "reference": "CS777", "customer": 22, "order_lines": [PEAR]},
    )

    report = run_day(services, DAY, runs("2026-11-22"))

    made = made_of(erp)
    assert len(made) == 1
    (failure,) = report.failures
    refused = first if made == [second] else second
    assert failure.reason is Reason.REFERENCE_TAKEN
    assert failure.order_id == refused
    assert f"id {first}" in failure.message
    assert f"id {second}" in failure.message
    assert erp.order(refused)["state"] == "confirmed"
    assert not erp.order(refused)["erp_order_number"]
    erp.edit_order(refused, reference="CS778")
    assert run_day(services, DAY, runs("2026-11-22")).failed == 0
    assert made_of(erp) == [first, second]


@pytest.mark.parametrize(
    "second", [{"order_lines": [APPLE]}, {"customer": 22, "order_lines": [PEAR]}], ids=["", "other"]
)
@pytest.mark.parametrize("ledger_lost", [False, True], ids=["", "ledger lost"])
def test_an_erp_that_ignores_case_has_no_order_of_a_reference_in_another_case(
    services: Services,
    erp: SandboxControl,
    clock: Clock,
    runs: Runs,
    tmp_path: Path,
    *,
    second: dict[str, Any],
    ledger_lost: bool,
) -> None:
    erp.configure(erp_ignores_case=True)
    (first,) = erp.add_orders({**PAID, "reference": "CS-A", "order_lines": [APPLE]})
    run_day(services, DAY, runs("2026-11-22"))
    (refused,) = erp.add_orders({**PAID, "reference": "cs-a", "order_lines": [APPLE], **second})
    if ledger_lost:
        services = replace(services, ledger=open_ledger(f"sqlite:///{tmp_path / 'new.db'}", clock=clock))
        services.ledger.days.begin("2020-01-01")
    clock.advance(minutes=15)

    (failure,) = run_sweep(services, runs()).failures

    unproved = {Reason.ERP_ORDER_UNPROVED} if ledger_lost and "customer" in second else set()
    assert failure.reason in {Reason.REFERENCE_TAKEN, *unproved}
    assert failure.order_id == refused
    assert unproved or f"id {first}" in failure.message
    assert made_of(erp) == [first]
    assert not erp.order(refused)["erp_order_number"]
    erp.edit_order(refused, reference="CS-B")
    assert run_day(services, DAY, runs("2026-11-22")).failed == 0
    assert made_of(erp) == [first, refused]


@pytest.mark.parametrize(
    "change", [{"reference": "CS-B"}, {"webshop": 2}, {"reference": "CS-B", "webshop": 3}], ids=str
)
def test_a_rename_while_the_answer_is_lost_makes_no_second_order(
    services: Services, erp: SandboxControl, clock: Clock, runs: Runs, change: dict[str, Any]
) -> None:
    """I2: the intent holds the name that is sent, and the order is looked up under it."""
    erp.configure(honour_idempotency_key=False)
    (order_id,) = erp.add_orders({**PAID, "reference": "CS-A"})
    erp.faults(
        [
            {"service": "shop", "method": "GET", "path": f"/api/order/{order_id}/", "action": "behave", "then": change},
            {"service": "erp", "method": "POST", "action": "reset_after_commit"},
            {"service": "erp", "method": "GET", "action": "status", "status": 503, "skip": 1, "times": 20},
        ]
    )
    assert run_day(services, DAY, runs("2026-11-22")).failed == 1
    erp.clear_faults()
    for _ in range(3):
        clock.advance(minutes=15)
        run_sweep(services, runs())

    (made,) = erp.erp_orders()
    shown = erp.order(order_id)
    assert shown["erp_order_number"] == made["number"]
    assert shown["state"] == "processing"
    assert known(services, order_id).external_reference == made["request"]["external_reference"]


def test_an_order_renamed_and_reopened_is_found_under_the_name_it_was_sent_with(
    services: Services, erp: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """I3."""
    (order_id,) = erp.add_orders({**PAID, "reference": "CS-A"})
    erp.fault("behave", service="shop", method="GET", path=f"/api/order/{order_id}/", then={"reference": "CS-B"})
    run_day(services, DAY, runs("2026-11-22"))
    erp.edit_order(order_id, state="confirmed", reference="CS-C", erp_order_number=None)
    clock.advance(minutes=15)

    assert run_sweep(services, runs()).failed == 0

    (made,) = erp.erp_orders()
    assert erp.order(order_id)["erp_order_number"] == made["number"]


def test_an_erp_order_that_was_cancelled_is_no_export(
    services: Services, erp: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """I4: the shop is never told the number of a dead order."""
    (order_id,) = erp.add_orders(PAID)
    run_day(services, DAY, runs("2026-11-22"))
    (made,) = erp.erp_orders()
    erp.cancel_erp_order(made["number"])
    erp.edit_order(order_id, state="confirmed", erp_order_number=None)
    clock.advance(minutes=15)
    assert preview_orders(services, [order_id]).calls == [], "the dry run says so, too"

    (failure,) = run_sweep(services, runs()).failures

    assert failure.reason is Reason.ERP_ORDER_CANCELLED
    assert erp.order(order_id)["state"] == "confirmed"
    assert not erp.order(order_id)["erp_order_number"]
    assert len(erp.erp_orders()) == 1


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ({"count": 2}, Reason.SHOP_ANSWER_INVALID),
        ({"count": 2, "shown": {"reference": None}}, Reason.REFERENCE_TAKEN),
    ],
    ids=["a list that lacks one", "rows without references"],
)
def test_a_list_that_does_not_show_a_rival_proves_that_there_is_none_by_nothing(  # noqa: PLR0917
    services: Services,
    control: SandboxControl,
    clock: Clock,
    runs: Runs,
    tmp_path: Path,
    rows: dict[str, Any],
    why: Reason,
) -> None:
    """The ledger is lost and the ERP does not say whose its order is: only the shop's list knows of the other one."""
    control.configure(**TODAYS_ERP)
    (first,) = control.add_orders({**PAID, "reference": "CS7"})
    run_day(services, DAY, runs("2026-11-22"))
    services = replace(services, ledger=open_ledger(f"sqlite:///{tmp_path / 'new.db'}", clock=clock))
    services.ledger.days.begin("2020-01-01")
    (second,) = control.add_orders({**PAID, "reference": "CS7"})
    shown = [{"id": i, "reference": "CS7", **rows["shown"]} for i in (first, second)] if "shown" in rows else []
    answer = {"count": rows["count"], "next": None, "results": shown or [{"id": second, "reference": "CS7"}]}
    control.fault("wrong_answer", service="shop", path="reference=CS7", answer=answer, times=0)

    (failure,) = run_sweep(services, runs()).failures

    assert (failure.order_id, failure.reason) == (second, why)
    assert not control.order(second)["erp_order_number"]


@pytest.mark.parametrize("word", ["Canceled", "VOID", "geannuleerd", "Annulé", "storniert", "deleted", "vervallen"])
def test_whatever_an_erp_calls_a_cancelled_order_it_is_no_export(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, word: str
) -> None:
    (order_id,) = control.add_orders(PAID)
    run_day(services, DAY, runs("2026-11-22"))
    (made,) = control.erp_orders()
    control.edit_erp_order(made["number"], status=word)
    control.edit_order(order_id, state="confirmed", erp_order_number=None)
    clock.advance(minutes=15)

    (failure,) = run_sweep(services, runs()).failures

    assert failure.reason is Reason.ERP_ORDER_CANCELLED
    assert not control.order(order_id)["erp_order_number"]


def test_one_that_people_made_anew_in_the_erp_is_the_export(
    services: Services, erp: SandboxControl, clock: Clock, runs: Runs
) -> None:
    erp.configure(enforce_unique_reference=False, honour_idempotency_key=False)
    (order_id,) = erp.add_orders(PAID)
    run_day(services, DAY, runs("2026-11-22"))
    (made,) = erp.erp_orders()
    erp.cancel_erp_order(made["number"])
    anew = erp.add_erp_order(made["request"])
    erp.edit_order(order_id, state="confirmed", erp_order_number=None)
    clock.advance(minutes=15)

    assert run_sweep(services, runs()).failed == 0

    assert erp.order(order_id)["erp_order_number"] == anew["number"]
    assert len(erp.erp_orders()) == len([made, anew])


@pytest.mark.parametrize(
    ("theirs", "why"),
    [
        ({"customer": 4711}, Reason.ERP_ORDER_UNPROVED),
        (
            {"lines": [{"position": position, "quantity": "1", "unit_price": "1"} for position in (1, 2, 3)]},
            Reason.ERP_ORDER_UNPROVED,
        ),
    ],
    ids=["of another customer", "of more lines"],
)
def test_an_order_that_somebody_typed_into_the_erp_under_this_name_is_not_taken_for_this_one(
    services: Services, control: SandboxControl, runs: Runs, theirs: dict[str, Any], why: Reason
) -> None:
    control.configure(**TODAYS_ERP)
    (order_id,) = control.add_orders({**PAID, "reference": "CS1", "customer": 11, "order_lines": [APPLE]})
    lines = [{"position": 1, "product": APPLE["product"], "quantity": "1.0", "unit_price": "10.00"}]
    request = {"external_reference": "1/CS1", "currency": "EUR", "lines": lines, "customer": 11, **theirs}
    if "customer" in theirs:
        control.configure(erp_answers_content=True)
    control.add_erp_order(request)

    (failure,) = run_day(services, DAY, runs("2026-11-22")).failures

    assert failure.reason is why
    assert len(control.erp_orders()) == 1
    assert not control.order(order_id)["erp_order_number"]


def test_after_a_lost_ledger_an_order_is_not_taken_whose_reference_two_orders_have(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    """The ERP does not say which of them it has, and the content is the same."""
    control.configure(**TODAYS_ERP)
    first, second = control.add_orders(
        {**PAID, "reference": "CS777", "order_lines": [APPLE]}, {**PAID, "reference": "CS777", "order_lines": [APPLE]}
    )
    control.add_erp_order({"external_reference": "1/CS777", "currency": "EUR", "lines": [{"position": 1, **APPLE}]})

    report = run_day(services, DAY, runs("2026-11-22"))

    assert {failure.reason for failure in report.failures} == {Reason.REFERENCE_TAKEN}
    assert {failure.order_id for failure in report.failures} == {first, second}
    assert [control.order(order_id)["erp_order_number"] for order_id in (first, second)] == [None, None]
