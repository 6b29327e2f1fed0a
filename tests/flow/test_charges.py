"""Every cent of an order, and the extra fields from the settings, reach the ERP."""

from dataclasses import replace
from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.flow.orders.run import preview_day, run_day, run_sweep
from orderflow.flow.services import Services
from orderflow.settings import Settings
from sandbox.config import TODAYS_ERP
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
GOODS = {"product": {"origin": "x", "key": "1_STUK"}, "quantity": "2.0", "unit_price": "10.00"}
SHIPPING = {
    "type": "shipment_cost",
    "product": None,
    "description": "Verzendkosten",
    "quantity": 1,
    "unit_price": "6.95",
}
ORDER = {
    "confirm_date": "2026-11-22T12:00:00",
    "payment_status": "paid",
    "webshop": 1,
    "reference": "CS1",
    "order_lines": [GOODS, SHIPPING],
}


def with_charges(services: Services, charges: dict[str, Any]) -> Services:
    return replace(services, settings=Settings.parse({"charges": charges, "limits": {"lookup_waits": [0, 0]}}))


def test_a_charge_that_no_setting_places_holds_its_order_until_one_does(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """It used to be dropped, and the ERP's total was 6.95 short. It is payable, so somebody has to act."""
    control.add_orders(ORDER, {**ORDER, "reference": "CS2", "order_lines": [GOODS]})
    report = run_day(services, DAY, runs("2026-11-22"))
    (failure,) = report.failures
    assert (report.processed, failure.reason) == (1, Reason.CHARGE_UNMAPPED)
    assert failure.message == "line 2 (shipment_cost) of 1 x 6.95: set `charges.shipment_cost`"
    assert [order["external_reference"] for order in control.erp_orders()] == ["1/CS2"]

    clock.advance(minutes=15)
    assert run_sweep(with_charges(services, {"shipment_cost": "charge"}), runs()).processed == 1
    made = control.erp_orders()[1]
    assert made["total"] == "26.95"
    (charge,) = made["request"]["charges"]
    assert (charge["kind"], charge["description"], charge["amount"]) == ("shipment_cost", "Verzendkosten", "6.95")
    assert [line["position"] for line in made["lines"]] == [1]


def test_what_is_ignored_is_left_to_the_shop(services: Services, control: SandboxControl, runs: Runs) -> None:
    (order_id,) = control.add_orders(ORDER)
    assert run_day(with_charges(services, {"shipment_cost": "ignore"}), DAY, runs("2026-11-22")).processed == 1
    (made,) = control.erp_orders()
    assert (made["total"], "charges" in made["request"]) == ("20.00", False)
    assert services.ledger.get_many([order_id])[order_id].progress is Progress.WRITTEN_BACK


@pytest.mark.parametrize(
    ("line", "total"),
    [
        ({"product": {"origin": "x", "key": "COUPON"}, "quantity": 1, "unit_price": "-5.00"}, "15.00"),
        ({"product": {"origin": "x", "key": "GIFT"}, "quantity": 1, "unit_price": "0.00"}, "20.00"),
        ({"product": {"origin": "x", "key": "COUPON"}, "quantity": 1, "unit_price": "-20.00"}, "0.00"),
        ({"product": {"origin": "x", "key": "RETURN"}, "quantity": -2, "unit_price": "10.00"}, "0.00"),
        ({"product": {"origin": "x", "key": "WIRE"}, "quantity": "3", "unit_price": "1.3855"}, "24.16"),
    ],
    ids=["coupon", "free", "coupon for all", "negative quantity", "four decimals"],
)
def test_goods_go_to_the_cent_whatever_their_price(
    services: Services, control: SandboxControl, runs: Runs, line: dict[str, Any], total: str
) -> None:
    control.add_orders({**ORDER, "order_lines": [GOODS, line]})
    assert run_day(services, DAY, runs("2026-11-22")).processed == 1
    (made,) = control.erp_orders()
    assert made["total"] == total
    assert made["request"]["lines"][1]["unit_price"] == line["unit_price"]
    assert services.ledger.alerts.open() == []


@pytest.mark.parametrize("charges", [{"shipment_cost": "charge"}, {"shipment_cost": "line"}])
def test_an_erp_that_takes_no_charges_gets_no_order_that_has_some(
    services: Services, control: SandboxControl, runs: Runs, charges: dict[str, Any]
) -> None:
    """It would ignore the field and make an order that is too cheap."""
    control.configure(**TODAYS_ERP)
    control.add_orders(ORDER, {**ORDER, "reference": "CS2", "order_lines": [GOODS]})
    report = run_day(with_charges(services, charges), DAY, runs("2026-11-22"))
    assert [failure.reason for failure in report.failures] == [Reason.CHARGE_UNMAPPED]
    assert [order["external_reference"] for order in control.erp_orders()] == ["1/CS2"]


def test_an_old_erp_sees_nothing_new_in_an_order_without_additions(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    control.configure(**TODAYS_ERP)
    control.add_orders({**ORDER, "order_lines": [GOODS], "paid_amount": None})
    assert run_day(services, DAY, runs("2026-11-22")).processed == 1
    (made,) = control.erp_orders()
    assert set(made["request"]) == {
        "external_reference", "shop", "shop_order_id", "shop_reference", "customer_order_number", "customer",
        "currency", "order_date", "confirmed_at", "requested_delivery_date", "shipment_address", "invoice_address",
        "payment_status", "remarks", "lines",
    }  # fmt: skip
    assert len([call for call in control.journal(service="erp") if "capabilities" in call["path"]]) == 1


def test_a_partial_payment_is_passed_on(services: Services, control: SandboxControl, runs: Runs) -> None:
    control.add_orders({**ORDER, "order_lines": [GOODS], "paid_amount": "5.00"})
    assert run_day(services, DAY, runs("2026-11-22")).processed == 1
    (made,) = control.erp_orders()
    assert made["request"]["paid_amount"] == "5.00"


def test_fields_that_the_settings_name_go_to_the_erp_and_into_the_dry_run(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    named = replace(services, settings=Settings.parse({"fields": ["payment_method", "order_lines.department"]}))
    whole = {**ORDER, "payment_method": "ideal", "order_lines": [{**GOODS, "department": "D1"}]}
    bare, _ = control.add_orders({**ORDER, "reference": "CS2", "order_lines": [GOODS]}, whole)
    shown: list[str] = []
    preview_day(named, DAY, runs("2026-11-22"), shown.append)
    assert '"extra": {"payment_method": "ideal"}' in shown[0]

    (failure,) = run_day(named, DAY, runs("2026-11-22")).failures
    assert failure.reason is Reason.FIELD_MISSING
    assert failure.message == "`payment_method` is not there; `department` of line 1 is not there"
    (made,) = control.erp_orders()
    assert made["request"]["extra"] == {"payment_method": "ideal"}
    assert made["request"]["lines"][0]["extra"] == {"department": "D1"}

    (line,) = control.order(bare)["order_lines"]
    control.edit_order(bare, payment_method=None, order_lines=[{**line, "department": "D2"}])
    clock.advance(minutes=15)
    assert run_sweep(named, runs()).processed == 1


@pytest.mark.parametrize("added", ["a line", "a field"])
@pytest.mark.parametrize("reached", ["the ERP", "the shop"])
def test_an_amount_that_appears_after_the_export_is_told(  # noqa: PLR0917
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, added: str, reached: str
) -> None:
    """No setting places it, and the ERP has the order without it."""
    (order_id,) = control.add_orders({**ORDER, "order_lines": [GOODS]})
    if reached == "the ERP":
        control.fault("status", service="shop", method="PATCH", status=400, times=0)
    run_day(services, DAY, runs("2026-11-22"))
    control.clear_faults()
    (goods,) = control.order(order_id)["order_lines"]
    line = {**goods, **SHIPPING, "id": 7, "erp_line_number": None}
    change = {"order_lines": [goods, line]} if added == "a line" else {"shipping_costs": "6.95"}
    control.edit_order(order_id, state="confirmed", **change)
    clock.advance(hours=1)
    run_sweep(services, runs(), order_ids=[order_id])
    known = services.ledger.get(order_id)
    assert known
    assert known.reason is Reason.EDITED_AFTER_EXPORT


@pytest.mark.parametrize("change", [{"payment_status": "closed_canceled"}, {"shipping_costs": "6.95"}])
def test_an_order_in_doubt_is_sent_again_only_as_if_it_was_confirmed(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, change: dict[str, str]
) -> None:
    """Somebody else has set it to `processing`, which otherwise says that the ERP has it."""
    (order_id,) = control.add_orders({**ORDER, "order_lines": [GOODS]})
    control.fault("reset_before_commit", service="erp", method="POST", times=0)
    run_day(services, DAY, runs("2026-11-22"))
    control.clear_faults()
    control.edit_order(order_id, state="processing", **change)
    clock.advance(hours=6)
    (failure,) = run_sweep(services, runs(), order_ids=[order_id]).failures
    assert failure.reason is Reason.ERP_IN_DOUBT
    assert not control.erp_orders()
