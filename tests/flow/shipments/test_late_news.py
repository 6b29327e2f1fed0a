"""Later changes to a packing slip in the ERP, and slips that the ledger cannot know."""

from datetime import datetime, timedelta

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import ShipmentProgress
from orderflow.flow.orders.run import run_day
from orderflow.flow.plan import Plan
from orderflow.flow.reconciliation.reconcile import reconcile
from orderflow.flow.shipments.preview import preview_shipments
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs
from support.shipments import DAY, Shipments, posts


def codes(control: SandboxControl) -> list[str | None]:
    return [message.get("MeansOfTransport") for message in control.desadv_messages()]


def test_a_tracking_code_that_comes_an_hour_later_reaches_the_customer(
    shipments: Shipments, exported: list[str], control: SandboxControl, clock: Clock
) -> None:
    made_at = clock.now.isoformat()
    number = str(control.deliver(exported[0], made_at=made_at, tracking_code=None)["number"])
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.OPEN, Reason.TRACKING_AWAITED)
    assert preview_shipments(shipments.services, None, Runs()()) == Plan([], [], [])
    assert not posts(control)

    control.deliver(exported[0], made_at=made_at, number=number, tracking_code="3SLATE")
    clock.advance(hours=1)
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.SENT, None)
    assert "3SLATE" in str(control.desadv_messages())
    assert shipments.services.ledger.alerts.open() == []


def test_a_slip_whose_code_never_comes_is_sent_without_and_one_without_a_carrier_at_once(
    shipments: Shipments, exported: list[str], control: SandboxControl, clock: Clock
) -> None:
    late = str(control.deliver(exported[0], tracking_code=None)["number"])
    collected = str(control.deliver(exported[1], tracking_code=None, carrier=None)["number"])
    shipments()
    assert shipments.standing(collected) == (ShipmentProgress.SENT, None)
    clock.advance(hours=3)
    shipments()
    assert shipments.standing(late) == (ShipmentProgress.SENT, None)


@pytest.mark.parametrize("fault", [None, 401, 403, 500])
def test_slips_of_a_ledger_that_was_restored_are_told_and_sent_once_it_knows_the_orders(  # noqa: PLR0917
    shipments: Shipments, exported: list[str], control: SandboxControl, clock: Clock, runs: Runs, fault: int | None
) -> None:
    """Case Y8. The first look at a slip whose order is known again may fail; it is not the last one."""
    services = shipments.services
    made = max(datetime.fromisoformat(order["created_at"]) for order in control.erp_orders())
    clock.now = max(clock.now, made) + timedelta(hours=3)
    number = str(control.deliver(exported[0], made_at=clock.now.isoformat())["number"])
    with services.ledger._engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM orderflow_order")
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.SKIPPED, Reason.NOT_A_SHOP_ORDER)
    reconcile(services, runs(), days=60)
    assert [(alert.shipment, alert.reason) for alert in services.ledger.alerts.open() if alert.shipment] == [
        (number, Reason.SLIP_ORDER_UNKNOWN)
    ]

    run_day(services, DAY, runs("2026-11-22"))
    if fault:
        control.fault("status", service="shop", method="GET", path="/api/order/", status=fault, times=0)
        shipments()
        assert shipments.standing(number)[0] is ShipmentProgress.OPEN
        control.clear_faults()
        clock.advance(hours=1)
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.SENT, None)
