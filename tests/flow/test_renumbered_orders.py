"""An order that gets another number in the ERP: shop and ledger learn it, and the former one stays known."""

import pytest

from orderflow.flow.orders.run import preview_day, run_day
from orderflow.flow.services import Services
from orderflow.flow.shipments.run import run_shipments
from orderflow.ledger.models.orders import LedgerOrder
from sandbox.config import TODAYS_ERP
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs
from support.guest_day import DATE, DAY, ORDER

TWO_LINES = [
    {"product": {"origin": "myorigin", "key": key}, "quantity": 1, "unit_price": "10.00"}
    for key in ("111_STUK", "222_STUK")
]
STEPS = ["state", "erp_order_number", "lines"]


@pytest.fixture(params=[{}, TODAYS_ERP], ids=["names the shop's order", "as of today"])
def erp(request: pytest.FixtureRequest, control: SandboxControl) -> SandboxControl:
    control.configure(**request.param)
    return control


def half_done(services: Services, erp: SandboxControl, runs: Runs, broken: str) -> int:
    """Return an order of two lines that the ERP has, whose write-back got as far as this step."""
    (order_id,) = erp.add_orders({**ORDER, "order_lines": TWO_LINES})
    erp.fault("status", service="shop", body=broken, method="PUT" if broken == "lines" else "PATCH", times=0)
    run_day(services, DAY, runs(DATE))
    erp.clear_faults()
    return order_id


def renumber(erp: SandboxControl, number: str) -> None:
    erp.edit_erp_order(erp.erp_orders()[0]["number"], number=number)


def run_as_planned(services: Services, erp: SandboxControl, runs: Runs, order_id: int) -> LedgerOrder:
    """Run the day, which makes the planned calls and leaves nothing to do; return the order."""
    erp.clear_journal()
    _, plan = preview_day(services, DAY, runs(DATE), lambda _: None)
    assert run_day(services, DAY, runs(DATE)).failed == 0
    made = [call for call in erp.journal() if call["method"] != "GET" and call["committed"]]
    assert [(call.method, number_in(call.body)) for call in plan.calls] == [
        (call["method"], number_in(str(call["request_body"]))) for call in made
    ]
    known = services.ledger.get(order_id)
    assert known
    return known


def number_in(body: str) -> list[str]:
    return [number for number in ("ERP-100001", "NEW-1", "NEW-2") if number in body]


@pytest.mark.parametrize("shown", [None, "ERP-100001", "NEW-1"])
@pytest.mark.parametrize("broken", STEPS)
def test_each_step_tells_the_new_number_whichever_the_shop_shows(
    services: Services, erp: SandboxControl, runs: Runs, broken: str, shown: str | None
) -> None:
    order_id = half_done(services, erp, runs, broken)
    renumber(erp, "NEW-1")
    erp.edit_order(order_id, erp_order_number=shown)
    known = run_as_planned(services, erp, runs, order_id)
    assert erp.order(order_id)["erp_order_number"] == known.erp_number == "NEW-1"
    assert known.former_numbers == ("ERP-100001",)


def test_a_number_may_change_twice_before_the_shop_knows_one(
    services: Services, erp: SandboxControl, runs: Runs
) -> None:
    order_id = half_done(services, erp, runs, "lines")
    renumber(erp, "NEW-1")
    erp.fault("status", service="shop", method="PUT", times=0)
    run_day(services, DAY, runs(DATE))
    erp.clear_faults()
    assert erp.order(order_id)["erp_order_number"] == "ERP-100001"
    renumber(erp, "NEW-2")
    known = run_as_planned(services, erp, runs, order_id)
    assert erp.order(order_id)["erp_order_number"] == known.erp_number == "NEW-2"
    assert known.former_numbers == ("ERP-100001", "NEW-1")


def test_an_order_that_is_reopened_gets_its_new_number(services: Services, erp: SandboxControl, runs: Runs) -> None:
    (order_id,) = erp.add_orders(ORDER)
    run_day(services, DAY, runs(DATE))
    renumber(erp, "NEW-1")
    erp.edit_order(order_id, state="confirmed")
    known = run_as_planned(services, erp, runs, order_id)
    assert erp.order(order_id)["erp_order_number"] == known.erp_number == "NEW-1"
    assert known.former_numbers == ("ERP-100001",)


@pytest.mark.parametrize("broken", STEPS)
def test_lines_that_the_erp_numbers_anew_are_told_as_they_are_now(
    services: Services, erp: SandboxControl, runs: Runs, broken: str
) -> None:
    order_id = half_done(services, erp, runs, broken)
    known = services.ledger.get(order_id)
    found = services.erp.find(known.external_reference, order_id) if known and known.external_reference else None
    assert found
    numbers = list(reversed(found.line_numbers.values()))
    lines = [line.model_copy(update={"line_number": number}) for line, number in zip(found.lines, numbers, strict=True)]
    anew = found.model_copy(update={"lines": tuple(lines)})
    answer = {"results": [anew.model_dump(mode="json", exclude_none=True)]}
    erp.fault("wrong_answer", service="erp", method="GET", path="sales-orders", times=0, answer=answer)
    assert run_day(services, DAY, runs(DATE)).failed == 0
    assert [line["erp_line_number"] for line in erp.order(order_id)["order_lines"]] == numbers


@pytest.mark.parametrize(
    "settings", [{"webshops": {"1": {"messages": {"user": 10}}}, "limits": {"lookup_waits": [0, 0]}}]
)
def test_a_slip_with_the_former_number_is_the_orders_and_reaches_the_shop_under_the_new_one(
    services: Services, erp: SandboxControl, runs: Runs, clock: Clock
) -> None:
    order_id = half_done(services, erp, runs, "lines")
    (made,) = erp.erp_orders()
    erp.deliver(made["number"])
    run_shipments(services, runs())
    renumber(erp, "NEW-1")
    run_as_planned(services, erp, runs, order_id)
    clock.advance(hours=1)
    run_shipments(services, runs())
    (message,) = erp.desadv_messages()
    assert {item["OrderNum"] for item in message["items"]} == {"NEW-1"}
