"""Every order belongs to exactly one day, and any sequence of runs over any windows ends in the same state."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderflow.domain.window import Window
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.services import Services
from orderflow.ledger.opening import open_ledger
from sandbox.control import SandboxControl
from support.flow_runs import Runs
from support.ledgers import memory_folder, new_file

ZONE = "Europe/Amsterdam"
DAYS = [Window.of_day(f"2026-10-{day}", ZONE) for day in (24, 25, 26)]
"""The middle one has 25 hours."""
ORDERS = [
    {"reference": "CS1", "webshop": 1, "confirm_date": "2026-10-24T00:00:00", "payment_status": "paid"},
    {"reference": "CS2", "webshop": 1, "confirm_date": "2026-10-24T23:59:59.999999", "payment_status": "account"},
    {"reference": "CS3", "webshop": 1, "confirm_date": "2026-10-25T02:30:00", "payment_status": "paid"},
    {"reference": "CS3", "webshop": 2, "confirm_date": "2026-10-25T23:59:59.999999", "payment_status": "none"},
    {"reference": "CS5", "webshop": 1, "confirm_date": "2026-10-26T12:00:00", "payment_status": "started"},
    {"reference": "CS6", "webshop": 1, "confirm_date": "2026-10-26T12:00:00", "offline": True, "state": "done"},
]
HOURS = st.integers(min_value=0, max_value=73)


def interval(first: int, length: int) -> Window:
    start = datetime.fromtimestamp(DAYS[0].start.timestamp(), UTC) + timedelta(hours=first)
    return Window.of_interval(start, start + timedelta(hours=length), ZONE)


INTERVALS = st.builds(interval, HOURS, st.integers(min_value=1, max_value=40))
SCHEDULES = st.lists(INTERVALS, max_size=4).flatmap(lambda windows: st.permutations([*windows, *DAYS]))


def end_state(control: SandboxControl) -> dict[str, Any]:
    """Return what shop and ERP hold, without the numbers that depend on the sequence of creation."""
    erp = {made["external_reference"]: made["request"]["lines"] for made in control.erp_orders()}
    assert len(erp) == len(control.erp_orders()), "an order was made twice"
    shop = {
        (order["webshop"], order["reference"]): (
            order["state"],
            bool(order["erp_order_number"]),
            order["shipment_state"],
            [bool(line["erp_line_number"]) for line in order["order_lines"]],
        )
        for order in control.orders()
    }
    return {"erp": erp, "shop": shop}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schedule=SCHEDULES)
def test_any_overlapping_windows_in_any_order_end_in_the_same_state(
    services: Services, control: SandboxControl, schedule: list[Window]
) -> None:
    runs = Runs()
    wanted = None
    for windows in (DAYS, schedule, [*schedule, *schedule]):
        control.reset()
        control.add_orders(*({**order, "id": 100 + n} for n, order in enumerate(ORDERS)))
        with TemporaryDirectory(dir=memory_folder()) as folder:
            ledger = open_ledger(new_file(Path(folder) / "ledger.db"))
            again = replace(services, ledger=ledger)
            for window in windows:
                run_day(again, window, runs(window.key))
        wanted = wanted or end_state(control)
        assert end_state(control) == wanted
    assert len(wanted["erp"] if wanted else {}) == 4


def test_each_order_is_processed_by_exactly_one_day(services: Services, control: SandboxControl, runs: Runs) -> None:
    control.add_orders(*ORDERS)
    assert [run_day(services, window, runs(window.key)).processed for window in DAYS] == [2, 2, 0]


@pytest.mark.parametrize("settings", [{"timezone": ZONE, "api_timezone": "UTC"}])
def test_a_shop_whose_api_speaks_utc_has_the_same_days(services: Services, control: SandboxControl, runs: Runs) -> None:
    """Midnight in Amsterdam is 22:00 or 23:00 of the day before in UTC, depending on the season."""
    control.reset(api_timezone="UTC")
    control.add_orders(
        {"confirm_date": "2026-10-24T21:59:59.999999", "payment_status": "paid"},
        {"confirm_date": "2026-10-24T22:00:00", "payment_status": "paid"},
        {"confirm_date": "2026-10-25T22:59:59.999999", "payment_status": "paid"},
        {"confirm_date": "2026-10-25T23:00:00", "payment_status": "paid"},
    )
    assert [run_day(services, window, runs(window.key)).processed for window in DAYS] == [1, 2, 1]


@pytest.mark.parametrize(
    ("day", "instants"),
    [
        ("2026-03-29", ["2026-03-29T00:00:00", "2026-03-29T01:59:59.999999", "2026-03-29T03:00:00"]),
        ("2026-12-31", ["2026-12-31T00:00:00", "2026-12-31T23:59:59.999999"]),
        ("2028-02-29", ["2028-02-29T12:00:00"]),
    ],
)
def test_short_days_month_ends_and_leap_days(
    services: Services, control: SandboxControl, runs: Runs, day: str, instants: list[str]
) -> None:
    control.add_orders(*({"confirm_date": instant, "payment_status": "paid"} for instant in instants))
    window = Window.of_day(day, ZONE)
    before = Window.of_interval(window.start - timedelta(days=1), window.start, ZONE)
    after = Window.of_interval(window.end, window.end + timedelta(days=1), ZONE)
    assert run_day(services, before, runs(before.key)).processed == 0
    assert run_day(services, after, runs(after.key)).processed == 0
    assert run_day(services, window, runs(day)).processed == len(instants)


def test_an_order_that_the_shop_confirmed_in_the_past_after_its_day_had_run_is_swept_up(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    """A transaction that was stamped before midnight and committed after the run, or a shop clock that lags."""
    assert run_day(services, DAYS[0], runs(DAYS[0].key)).listed == 0
    control.add_orders({"confirm_date": "2026-10-24T23:59:59.999999", "payment_status": "paid"})
    assert datetime.fromisoformat("2026-10-24T23:59:59.999999").replace(tzinfo=DAYS[0].start.tzinfo) in DAYS[0]
    assert run_sweep(services, runs()).processed == 1
