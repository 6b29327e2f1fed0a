"""Odd names and webshops: one ERP order per shop order, on both databases and with every kind of ERP."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.services import Services
from orderflow.ledger.opening import open_ledger
from sandbox.config import TODAYS_ERP
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs
from support.ledgers import postgres_url  # noqa: F401

ZONE = "Europe/Amsterdam"
DAY, NEXT = Window.of_day("2026-11-22", ZONE), Window.of_day("2026-11-23", ZONE)
PAID: dict[str, Any] = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1}
LATER = {**PAID, "confirm_date": "2026-11-23T12:00:00"}
PROVES_NOTHING = {"enforce_unique_reference": False, "honour_idempotency_key": False}
STANDS: list[tuple[str, dict[str, Any]]] = [
    ("sqlite", {}),
    ("postgres", TODAYS_ERP),
    ("sqlite", {**TODAYS_ERP, **PROVES_NOTHING}),
]


@pytest.fixture(params=STANDS, ids=["says whose", "as of today, PostgreSQL", "as of today, proves nothing"])
def erp(request: pytest.FixtureRequest, control: SandboxControl) -> SandboxControl:
    """Return a sandbox with this ERP."""
    control.configure(**request.param[1])
    return control


@pytest.fixture
def services(services: Services, clock: Clock, request: pytest.FixtureRequest) -> Iterator[Services]:
    """Return the services with a ledger in the database that goes with the ERP, if a test has several."""
    stand = getattr(request.node, "callspec", None)
    if stand is None or stand.params.get("erp", STANDS[0])[0] == "sqlite":
        yield services
        return
    ledger = open_ledger(request.getfixturevalue("postgres_url"), clock=clock)
    ledger.days.begin("2020-01-01")
    yield replace(services, ledger=ledger)
    ledger._engine.dispose()


def require_one_each(control: SandboxControl) -> None:
    """No order of the shop has two in the ERP, and none shows the number of another's."""
    made = {order["number"]: order["request"]["shop_order_id"] for order in control.erp_orders()}
    assert len(set(made.values())) == len(made), made
    shown = {order["id"]: order["erp_order_number"] for order in control.orders() if order["erp_order_number"]}
    assert {number: order_id for order_id, number in shown.items()} == {n: made.get(n) for n in shown.values()}


@pytest.mark.parametrize(
    "names",
    [
        ["CS7", "CS7 ", " CS7", "CS\u00a07"],
        ["CS7", "cs7", "\uff23\uff337"],
        ["CS\u00e9", "CSe\u0301"],
        ["CS7", "CS7/1", "1/CS7", "/", "%2F", "'; --"],
        ["x" * 253, "x" * 254, "x" * 255],
        ["7", 7.5, "\u200b"],
    ],
    ids=["blanks", "letters", "accents", "signs", "long", "odd"],
)
def test_names_that_are_nearly_one_are_several(
    services: Services, erp: SandboxControl, runs: Runs, clock: Clock, names: list[Any]
) -> None:
    ids = erp.add_orders(*[{**PAID, "reference": name} for name in names])

    assert run_day(services, DAY, runs("2026-11-22")).processed == len(ids)

    require_one_each(erp)
    clock.advance(minutes=15)
    assert run_sweep(services, runs()).listed == 0


@pytest.mark.parametrize("name", ["", " ", None, "x" * 256, "a\tb"], ids=repr)
def test_what_cannot_be_a_name_stops_its_own_order_alone(
    services: Services, control: SandboxControl, runs: Runs, name: str | None
) -> None:
    odd, _ = control.add_orders({**PAID, "reference": name}, PAID)

    report = run_day(services, DAY, runs("2026-11-22"))

    assert (report.processed, report.failed) == (1, 1)
    assert [(f.order_id, f.reason) for f in report.failures] == [(odd, Reason.SHOP_ANSWER_INVALID)]
    require_one_each(control)


@pytest.mark.parametrize(
    ("webshop", "processed"),
    [(0, 2), (None, 2), ("2", 2), (2**31, 2), (2**62, 2), (-1, 1), (2**63, 1), (1.5, 1), ("x", 1)],
    ids=repr,
)
def test_any_webshop_is_an_attribute(
    services: Services, control: SandboxControl, runs: Runs, webshop: Any, processed: int
) -> None:
    odd, _ = control.add_orders({**PAID, "webshop": webshop}, PAID)

    report = run_day(services, DAY, runs("2026-11-22"))

    assert (report.processed, report.failed) == (processed, 2 - processed)
    assert {failure.order_id for failure in report.failures} <= {odd}
    require_one_each(control)


def test_one_reference_over_two_days_and_two_webshops(
    services: Services, erp: SandboxControl, runs: Runs, clock: Clock
) -> None:
    first, second, other = erp.add_orders(
        {**PAID, "reference": "CS7"}, {**LATER, "reference": "CS7"}, {**LATER, "reference": "CS7", "webshop": 2}
    )

    assert run_day(services, DAY, runs("2026-11-22")).processed == 1
    report = run_day(services, NEXT, runs("2026-11-23"))
    clock.advance(minutes=15)
    run_sweep(services, runs())

    require_one_each(erp)
    assert {order["request"]["shop_order_id"] for order in erp.erp_orders()} == {first, other}
    (failure,) = report.failures
    assert (failure.order_id, failure.reason) == (second, Reason.REFERENCE_TAKEN)
    assert str(first) in failure.message


@pytest.mark.parametrize("then", [{"state": "cancel"}, {"state": "done", "shipment_state": "sent"}], ids=str)
@pytest.mark.parametrize("lost", [False, True])
def test_a_restarted_series_takes_no_erp_order_of_the_last_one(  # noqa: PLR0917
    services: Services,
    erp: SandboxControl,
    runs: Runs,
    clock: Clock,
    tmp_path: Path,
    then: dict[str, str],
    lost: bool,  # noqa: FBT001
) -> None:
    """Same goods, same customer; the orders before are done, or cancelled. Also when the ledger knows of none."""
    before = erp.add_orders(*[{**PAID, "reference": f"CS{n}"} for n in range(2)])
    run_day(services, DAY, runs("2026-11-22"))
    for order_id in before:
        erp.edit_order(order_id, **then)
    if lost:
        empty = open_ledger(f"sqlite:///{tmp_path / 'empty.db'}", clock=clock)
        services = replace(services, ledger=empty)
    new = erp.add_orders(*[{**LATER, "reference": f"CS{n}"} for n in range(2)])

    report = run_day(services, NEXT, runs("2026-11-23"))

    require_one_each(erp)
    named = {failure.order_id: failure for failure in report.failures}
    assert {failure.reason for failure in report.failures} <= {Reason.REFERENCE_TAKEN}
    for order_id, old in zip(new, before, strict=True):
        if order_id in named:
            assert str(old) in named[order_id].message
        else:
            assert erp.order(order_id)["erp_order_number"]
