"""Whatever a shop does to an order on a write, each line keeps its own number, and no edit is reported."""

import itertools
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.services import Services
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs, last_call

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
APPLE = {"product": {"origin": "myorigin", "key": "124_STUK"}, "quantity": "1.0", "unit_price": "10.00"}
PEAR = {"product": {"origin": "myorigin", "key": "88_DOOS"}, "quantity": "9.0", "unit_price": "3.50"}
LINES = [
    {**APPLE, "description": "Apple, with a blank at its end "},
    {**PEAR, "description": "Pear"},
    {"type": "subtotal", "description": "so far", "product": None, "quantity": "0.0", "unit_price": "0.00"},
    {**APPLE, "description": "Apple, with a blank at its end "},
    {**PEAR, "description": "Pear, another"},
]
ORDER: dict[str, Any] = {
    "confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1, "order_lines": LINES,
    "description": " please ring twice ",
}  # fmt: skip
TO_LINES = [None, "lines_recreated", "lines_reversed_on_put", "lines_newest_first", "lines_shuffled"]
TO_ANSWERS = [None, "answers_partial", "answers_empty", "answers_no_content", "answers_old"]
TO_VALUES = [
    None, "texts_trimmed", "decimals_rescaled_on_write", "decimals_as_text", "decimals_as_numbers", "decimals_longer",
    "times_with_offset", "times_in_utc", "times_without_fraction", "nulls_left_out",
]  # fmt: skip
COMBINATIONS = [
    *([name] for name in [*TO_LINES, *TO_ANSWERS[1:], *TO_VALUES[1:]]),
    *itertools.product(TO_LINES[1:], ["answers_old", "answers_partial"], ["texts_trimmed", "decimals_longer"]),
    ["lines_recreated", "lines_newest_first", "texts_trimmed"],
    ["lines_recreated", "lines_shuffled", "decimals_rescaled_on_write"],
]


def content(line: dict[str, Any]) -> tuple[str, Decimal, str]:
    return line["product"]["key"], Decimal(line["quantity"]), str(line["description"]).strip()


def numbers_by_content(control: SandboxControl, order_id: int) -> Counter[tuple[Any, ...]]:
    """Count which ERP line numbers the shop shows at which content."""
    goods = [line for line in control.order(order_id)["order_lines"] if line.get("type", "line") == "line"]
    return Counter((*content(line), line["erp_line_number"]) for line in goods)


def numbers_in_erp(control: SandboxControl) -> Counter[tuple[Any, ...]]:
    (order,) = control.erp_orders()
    return Counter((*content(line), 10 * line["position"] + 1) for line in order["request"]["lines"])


@pytest.mark.parametrize("manners", COMBINATIONS, ids=lambda names: "+".join(filter(None, names)) or "none")
def test_each_line_gets_its_own_number_and_an_order_is_not_edited_by_being_written(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, manners: list[str | None]
) -> None:
    (order_id,) = control.add_orders(ORDER)
    control.configure(manners=[name for name in manners if name])

    assert run_day(services, DAY, runs("2026-11-22")).processed == 1
    assert numbers_by_content(control, order_id) == numbers_in_erp(control)
    before = last_call(control)
    clock.advance(minutes=15)
    run_sweep(services, runs())
    run_day(services, DAY, runs("2026-11-22"))
    assert [call["method"] for call in control.journal(since=before) if call["method"] != "GET"] == []

    control.edit_order(order_id, state="confirmed", confirm_date="2026-11-22T13:00:00")
    clock.advance(minutes=15)
    report = run_sweep(services, runs())
    assert (report.failed, report.flags) == (0, ())
    assert control.order(order_id)["state"] == "processing"
    assert numbers_by_content(control, order_id) == numbers_in_erp(control)
    assert services.ledger.alerts.open() == []


@pytest.mark.parametrize("manner", TO_LINES[1:])
def test_an_edit_is_seen_through_all_of_that(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, manner: str
) -> None:
    (order_id,) = control.add_orders(ORDER)
    control.configure(manners=[manner])
    run_day(services, DAY, runs("2026-11-22"))
    lines = control.order(order_id)["order_lines"]
    changed = [{**line, "quantity": "8.0"} if line.get("description") == "Pear" else line for line in lines]
    control.edit_order(order_id, state="confirmed", order_lines=changed)
    clock.advance(minutes=15)

    run_sweep(services, runs())

    assert [alert.reason for alert in services.ledger.alerts.open()] == [Reason.EDITED_AFTER_EXPORT]


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize("stored", [{"description": "A &amp; B"}, {"currency": "eur"}], ids=str)
def test_what_the_shop_makes_of_values_as_it_stores_them_is_no_edit(  # noqa: PLR0917
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, method: str, stored: dict[str, str]
) -> None:
    (order_id,) = control.add_orders({**ORDER, "description": "A & B", "currency": "EUR"})
    # The answer is empty, so that the order is read as it was stored.
    control.fault("wrong_answer", service="shop", method=method, commit=True, answer={}, then=stored)
    run_day(services, DAY, runs("2026-11-22"))
    control.edit_order(order_id, state="confirmed")
    clock.advance(minutes=15)

    run_sweep(services, runs())

    assert services.ledger.alerts.open() == []


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize(
    "edit",
    [{"description": "please ring once"}, {"requested_delivery_date": "2026-12-01"}, {"order_lines": "subtotal"}],
)
def test_an_edit_while_an_order_is_written_is_told(  # noqa: PLR0917
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, method: str, edit: Mapping[str, Any]
) -> None:
    """What the shop shows after a write is not all of our making."""
    (order_id,) = control.add_orders(ORDER)
    lines = control.order(order_id)["order_lines"]
    said = [{**line, "description": "so far so good"} if line.get("type") == "subtotal" else line for line in lines]
    edit = {"order_lines": said} if "order_lines" in edit else edit
    control.fault("wrong_answer", service="shop", method=method, commit=True, answer={}, then=edit)
    run_day(services, DAY, runs("2026-11-22"))
    control.edit_order(order_id, state="confirmed")
    clock.advance(minutes=15)

    run_sweep(services, runs())

    assert Reason.EDITED_AFTER_EXPORT in {alert.reason for alert in services.ledger.alerts.open()}


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize("fault", [503, 429, "reset_before_commit", "reset_after_commit"])
@pytest.mark.parametrize(
    ("then", "reason"),
    [
        ({"state": "cancel"}, Reason.CANCELLED_AFTER_EXPORT),
        ({"state": "draft"}, Reason.WITHDRAWN_AFTER_EXPORT),
        ({"state": "quotation"}, Reason.WITHDRAWN_AFTER_EXPORT),
    ],
    ids=["cancelled", "draft", "quotation"],
)
def test_a_write_that_carries_the_state_is_not_repeated_on_an_old_read(  # noqa: PLR0917
    services: Services,
    control: SandboxControl,
    clock: Clock,
    runs: Runs,
    method: str,
    fault: str | int,
    then: dict[str, str],
    reason: Reason,
) -> None:
    """S1, S2: somebody takes the order back while the client pauses before it tries again, and no condition helps."""
    (order_id,) = control.add_orders(ORDER)
    control.configure(unknown_filters=["state"])
    rule = {"status": fault} if isinstance(fault, int) else {}
    control.fault("status" if rule else str(fault), service="shop", method=method, times=1, then=then, **rule)

    (failure,) = run_day(services, DAY, runs("2026-11-22")).failures

    assert failure.reason is reason
    assert control.order(order_id)["state"] == then["state"]
    clock.advance(minutes=15)
    run_sweep(services, runs())
    assert control.order(order_id)["state"] == then["state"]


@pytest.mark.parametrize("state", ["cancel", "draft"])
@pytest.mark.parametrize("skip", [1, 2, 3, 4, 5])
def test_an_order_taken_back_between_any_two_calls_stays_so(
    services: Services, control: SandboxControl, runs: Runs, state: str, skip: int
) -> None:
    """The shop obeys a condition on the state: so nothing falls between the read and the write either."""
    (order_id,) = control.add_orders(ORDER)
    control.fault(
        "behave",
        service="shop",
        method="GET",
        path=f"/api/order/{order_id}/",
        skip=skip,
        times=1,
        then={"state": state},
    )

    run_day(services, DAY, runs("2026-11-22"))

    assert control.order(order_id)["state"] == state


def test_an_erp_that_gives_two_lines_one_number_is_not_believed(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    """L6."""
    (order_id,) = control.add_orders(ORDER)
    lines = [{"position": position, "line_number": 11} for position in (1, 2, 3, 4)]
    answer = {"number": "ERP-1", "external_reference": f"1/CS{order_id}", "shop_order_id": order_id, "lines": lines}
    control.fault("wrong_answer", service="erp", method="POST", answer=answer, commit=True)
    control.fault(
        "wrong_answer", service="erp", method="GET", path="sales", answer={"results": [answer]}, skip=2, times=0
    )

    (failure,) = run_day(services, DAY, runs("2026-11-22")).failures

    assert failure.reason is Reason.ERP_ANSWER_INVALID
    assert control.order(order_id)["state"] == "confirmed"


@pytest.mark.parametrize("number", ["", " "])
def test_an_erp_order_without_a_number_is_not_made_yet(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, number: str
) -> None:
    """H4: nothing is told to the shop, and the ERP is asked again until it has given a number."""
    (order_id,) = control.add_orders(ORDER)
    lines = [{"position": position, "line_number": 10 * position + 1} for position in (1, 2, 3, 4)]
    answer = {"number": number, "external_reference": f"1/CS{order_id}", "shop_order_id": order_id, "lines": lines}
    control.fault("wrong_answer", service="erp", method="POST", answer=answer, commit=True)
    control.fault(
        "wrong_answer", service="erp", method="GET", path="sales", answer={"results": [answer]}, skip=2, times=4
    )

    (failure,) = run_day(services, DAY, runs("2026-11-22")).failures

    assert failure.reason is Reason.ERP_IN_DOUBT
    assert control.order(order_id)["state"] == "confirmed"
    control.clear_faults()
    clock.advance(minutes=15)
    assert run_sweep(services, runs()).failed == 0
    assert control.order(order_id)["erp_order_number"]
    assert len(control.erp_orders()) == 1
