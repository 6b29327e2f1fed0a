"""Whose packing slip it is where ERP numbers change or repeat: the ERP may say which order of the shop it is about."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import ShipmentProgress
from orderflow.flow.orders.run import run_day
from orderflow.flow.services import Services
from orderflow.flow.shipments.preview import preview_shipments
from orderflow.ledger.schema import bring_to_head
from sandbox.control import SandboxControl
from support.flow_runs import Runs
from support.shipments import DAY, LINE, PAID, Shipments, deliver, delivered, posts

SENT = (ShipmentProgress.SENT, None)
HELD = (ShipmentProgress.HELD, Reason.SLIP_LINE_UNKNOWN)
NOBODYS = (ShipmentProgress.SKIPPED, Reason.NOT_A_SHOP_ORDER)
BOTH: dict[str, Any] = {}
ONE_LINE = [{"line_number": 11}]


@pytest.mark.parametrize("named", [BOTH, {"shop_order_id": None}, {"external_reference": None}], ids=str)
def test_a_slip_of_an_order_that_the_erp_has_renumbered_is_sent_under_the_number_that_the_shop_knows(
    shipments: Shipments,
    exported: list[str],
    services: Services,
    control: SandboxControl,
    named: dict[str, None],
) -> None:
    control.edit_erp_order(exported[0], number="ERP-NEW")
    number = deliver(control, "ERP-NEW", "4", "4", **named)

    planned = preview_shipments(services, None, Runs()()).calls
    shipments()

    assert [call.subject for call in planned] == [f"slip {number}"]
    assert f"<OrderNum>{exported[0]}<" in str(planned[0].body)
    assert shipments.standing(number) == SENT
    assert delivered(control) == {(exported[0], "11"): Decimal("4.0000"), (exported[0], "21"): Decimal("4.0000")}


def test_one_of_the_number_that_another_order_had_is_not_told_to_that_orders_customer(
    shipments: Shipments, services: Services, control: SandboxControl, runs: Runs
) -> None:
    """The ERP used the number again, in one webshop: only the ERP can say whose the slip is, and the shop cannot."""
    control.configure(erp_number_format="SO1")
    control.add_orders(PAID, PAID)
    run_day(services, DAY, runs("2026-11-22"))
    number = deliver(control, "SO1", "4", "4")
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.HELD, Reason.ERP_NUMBER_CONFLICT)


@pytest.mark.parametrize("webshop", [1, 2])
def test_the_erp_says_whose_it_is_where_numbers_repeat_between_webshops(
    shipments: Shipments, services: Services, control: SandboxControl, runs: Runs, webshop: int
) -> None:
    control.configure(erp_number_format="SO1")
    ids = control.add_orders({**PAID, "webshop": 1}, {**PAID, "webshop": 2})
    run_day(services, DAY, runs("2026-11-22"))
    number = deliver(control, "SO1", "4", "4", shop_order_id=ids[webshop - 1], external_reference=None)

    shipments()

    assert shipments.standing(number) == SENT
    (message,) = posts(control)
    assert message["query"]["shop"] == str(webshop)


@pytest.mark.parametrize(
    ("named", "standing"),
    [
        ({"shop_order_id": 999_999}, NOBODYS),
        ({"shop_order_id": 0, "external_reference": None}, SENT),
        ({"shop_order_id": "020001"}, SENT),
        ({"shop_order_id": {"id": 20001}, "external_reference": ["1/CS20001"]}, SENT),
        ({"shop_order_id": "none", "external_reference": "x" * 5000}, SENT),
        ({"shop_order_id": None, "external_reference": " "}, SENT),
        ({"shop_order_id": None, "external_reference": "1/cs20001"}, SENT),
        ({"shop_order_id": True}, SENT),
        ({"shop_order_id": -1, "external_reference": None}, SENT),
    ],
    ids=str,
)
def test_odd_names_of_orders(
    shipments: Shipments,
    exported: list[str],
    control: SandboxControl,
    named: dict[str, object],
    standing: tuple[ShipmentProgress, Reason | None],
) -> None:
    """What cannot be read says nothing; then the number counts."""
    number = deliver(control, exported[0], "4", "4", **named)
    shipments()
    assert shipments.standing(number) == standing


def test_an_order_that_was_recreated_with_other_lines_is_held(
    shipments: Shipments, exported: list[str], control: SandboxControl
) -> None:
    first = next(order for order in control.erp_orders() if order["number"] == exported[0])
    control.cancel_erp_order(exported[0])
    twice = [*first["request"]["lines"], {**first["request"]["lines"][0], "position": 3}]
    anew = control.add_erp_order({**first["request"], "lines": twice})["number"]
    number = deliver(control, anew, "4", "4")

    shipments()

    assert shipments.standing(number) == HELD
    assert not posts(control)


def test_an_erp_that_says_nothing_leaves_the_number(
    shipments: Shipments, exported: list[str], control: SandboxControl
) -> None:
    control.configure(erp_names_orders_of_slips=False)
    control.edit_erp_order(exported[0], number="ERP-NEW")
    number, ours = deliver(control, "ERP-NEW", "4", "4"), deliver(control, exported[1], "4", "4")

    shipments()

    assert shipments.standing(number) == NOBODYS
    assert shipments.standing(ours) == SENT


def test_after_a_lost_ledger_a_renumbered_order_gets_its_slip_too(
    shipments: Shipments, exported: list[str], control: SandboxControl, runs: Runs, ledger_folder: Path
) -> None:
    for path in ledger_folder.glob("ledger.db*"):
        path.unlink()
    bring_to_head(shipments.services.ledger._engine)
    control.edit_erp_order(exported[0], number="ERP-NEW")
    number = deliver(control, "ERP-NEW", "4", "4")
    shipments()
    assert shipments.standing(number) == NOBODYS
    run_day(shipments.services, DAY, runs("2026-11-22"))
    shipments()
    assert shipments.standing(number) == SENT


def test_a_slip_of_a_number_that_the_erp_gave_to_another_order_is_held(
    shipments: Shipments, services: Services, control: SandboxControl, runs: Runs
) -> None:
    """Both orders have this line, and the slip does not say whose it is; its product is not of the order named so."""
    control.configure(erp_names_orders_of_slips=False)
    lines = [{**LINE, "product": {"origin": "myorigin", "key": key}} for key in ("111_STUK", "222_STUK")]
    control.add_orders(*({**PAID, "order_lines": [line]} for line in lines))
    run_day(services, DAY, runs("2026-11-22"))
    first, second = (order["number"] for order in control.erp_orders())
    for before, after in ((first, "TMP"), (second, first), ("TMP", second)):
        control.edit_erp_order(before, number=after)
    number = control.deliver(first)["number"]
    shipments()
    assert shipments.standing(number) == HELD
    assert not posts(control)


def test_products_that_the_erp_calls_otherwise_hold_back_no_slip(
    shipments: Shipments, exported: list[str], control: SandboxControl
) -> None:
    lines = [{"line_number": number, "quantity": "4", "product_key": "SKU-7"} for number in (11, 21)]
    number = control.deliver(exported[0], lines=lines)["number"]
    shipments()
    assert shipments.standing(number) == SENT


def test_an_erp_that_cannot_be_asked_keeps_the_slip_open(
    shipments: Shipments, exported: list[str], control: SandboxControl
) -> None:
    control.edit_erp_order(exported[0], number="ERP-NEW")
    control.fault("status", service="erp", method="GET", path="sales-orders", status=503, times=0)
    number = deliver(control, "ERP-NEW", "4", "4")
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.OPEN, Reason.ERP_UNAVAILABLE)

    control.clear_faults()
    shipments()

    assert shipments.standing(number) == SENT


def test_a_name_that_comes_later_is_no_change_of_a_slip_that_was_sent(
    shipments: Shipments, exported: list[str], control: SandboxControl
) -> None:
    control.configure(erp_names_orders_of_slips=False)
    number = deliver(control, exported[0], "4", "4")
    shipments()
    control.configure(erp_names_orders_of_slips=True)

    shipments()

    assert shipments.standing(number) == SENT
    assert len(posts(control)) == 1
