"""An order sent more than once may look different each time: each line keeps its own number, or a person knows."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.services import Services
from sandbox.config import TODAYS_ERP
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
NAMES = "ABC"
ORDER: dict[str, Any] = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1}
GOODS = [
    {"product": {"origin": "myorigin", "key": "124_STUK"}, "quantity": "2.0", "unit_price": "10.00"},
    {"product": {"origin": "myorigin", "key": "124_STUK"}, "quantity": "5.0", "unit_price": "10.00"},
    {"product": {"origin": "myorigin", "key": "88_DOOS"}, "quantity": "9.0", "unit_price": "3.50"},
]
NUMBER_TOLD = {Reason.LINES_MISMATCH, Reason.EDITED_AFTER_EXPORT, Reason.ERP_ORDER_UNPROVED}


class Killed(BaseException):
    """The process was killed."""


def killed(_: float) -> None:
    """Die instead of waiting for the ERP."""
    raise Killed


def sent_as(control: SandboxControl, order_id: int, places: Sequence[int]) -> None:
    """Let the shop list the lines of an order in these places from now on."""
    lines = {line["description"]: line for line in control.order(order_id)["order_lines"]}
    control.edit_order(order_id, order_lines=[lines[NAMES[place]] for place in places])


def numbers(control: SandboxControl, order_id: int) -> dict[str, int | None]:
    """Return the ERP line number that the shop shows for each line, by its name."""
    return {line["description"]: line["erp_line_number"] for line in control.order(order_id)["order_lines"]}


def numbers_in_erp(control: SandboxControl) -> dict[str, int]:
    (made,) = control.erp_orders()
    return {line["description"]: 10 * line["position"] + 1 for line in made["request"]["lines"]}


@pytest.mark.parametrize("is_renumbered", [False, True], ids=["ids kept", "ids new"])
@pytest.mark.parametrize("erp", [{}, TODAYS_ERP], ids=["erp", "today's erp"])
@pytest.mark.parametrize("last", list(itertools.permutations(range(3))), ids=str)
def test_lines_that_the_shop_lists_anew_each_time_keep_their_numbers(
    *,
    services: Services,
    control: SandboxControl,
    clock: Clock,
    runs: Runs,
    erp: dict[str, Any],
    last: tuple[int, ...],
    is_renumbered: bool,
) -> None:
    """The first request is lost, the second arrives without an answer, and the order changes once more."""
    lines = [{**line, "description": name} for name, line in zip(NAMES, GOODS, strict=True)]
    (order_id,) = control.add_orders({**ORDER, "order_lines": lines})
    control.configure(**erp, put_renumbers_lines=is_renumbered)
    control.fault("reset_before_commit", service="erp", method="POST", times=2)
    run_day(services, DAY, runs("2026-11-22"))
    assert control.erp_orders() == []
    sent_as(control, order_id, [2, 0, 1])
    control.fault("reset_after_commit", service="erp", method="POST", times=1)
    clock.advance(minutes=15)
    with pytest.raises(Killed):
        run_sweep(replace(services, sleep=killed), runs())
    assert len(control.erp_orders()) == 1

    for _ in range(3):
        sent_as(control, order_id, last)
        clock.advance(minutes=45)  # the lease of the killed run is over
        run_sweep(services, runs())

    known = services.ledger.get_many([order_id])[order_id]
    told = {event.reason for event in services.ledger.events(order_id=order_id)}
    shown = numbers(control, order_id)
    assert known.erp_number
    assert shown == numbers_in_erp(control)
    assert not told & NUMBER_TOLD, "the lines were sent again in the places of the first time"


@pytest.mark.parametrize("erp", [{}, TODAYS_ERP], ids=["erp", "today's erp"])
@pytest.mark.parametrize("changed", [{"quantity": "3.0"}, {"unit_price": "11.00"}], ids=str)
@pytest.mark.parametrize("is_undone", [False, True], ids=["stays", "undone"])
def test_an_edit_between_two_requests_is_told_unless_the_erp_has_what_the_shop_shows(
    *,
    services: Services,
    control: SandboxControl,
    clock: Clock,
    runs: Runs,
    erp: dict[str, Any],
    changed: dict[str, str],
    is_undone: bool,
) -> None:
    """Without the ERP's word, nobody can say which of the two it has."""
    lines = [{**line, "description": name} for name, line in zip("AB", GOODS[:2], strict=True)]
    (order_id,) = control.add_orders({**ORDER, "order_lines": lines})
    control.configure(**erp)
    control.fault("reset_before_commit", service="erp", method="POST", times=2)
    run_day(services, DAY, runs("2026-11-22"))
    one, other = control.order(order_id)["order_lines"]
    control.edit_order(order_id, order_lines=[other, {**one, **changed}])
    control.fault("reset_after_commit", service="erp", method="POST", times=1)
    clock.advance(minutes=15)
    with pytest.raises(Killed):
        run_sweep(replace(services, sleep=killed), runs())
    if is_undone:
        control.edit_order(order_id, order_lines=[one, other])
    clock.advance(minutes=45)

    run_sweep(services, runs())

    told = {event.reason for event in services.ledger.events(order_id=order_id)}
    if erp:
        assert told & NUMBER_TOLD
        assert set(numbers(control, order_id).values()) == {None}
    else:
        assert (Reason.EDITED_AFTER_EXPORT in told) == is_undone
        assert numbers(control, order_id) == numbers_in_erp(control)


def test_lines_that_the_erp_holds_in_other_places_before_the_write_back_keep_their_numbers(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """A request of an earlier attempt arrives late and puts the lines in the places in which it was sent."""
    lines = [{**line, "description": name} for name, line in zip(NAMES, GOODS, strict=True)]
    (order_id,) = control.add_orders({**ORDER, "order_lines": lines})
    control.fault("status", service="shop", method="PUT", status=400, times=2)
    run_day(services, DAY, runs("2026-11-22"))
    (made,) = control.erp_orders()
    sent = made["request"]["lines"]
    moved = [{**sent[place], "position": position} for position, place in enumerate([2, 0, 1], start=1)]
    control.edit_erp_order(made["number"], lines=moved, number="ERP-7")
    clock.advance(minutes=15)

    run_sweep(services, runs())

    assert numbers(control, order_id) == numbers_in_erp(control) == {"C": 11, "A": 21, "B": 31}
