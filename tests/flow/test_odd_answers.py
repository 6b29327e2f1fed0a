"""Odd rows, odd fields and partial answers of the shop, through a whole run: the good order is always exported."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import URL

from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.services import Services
from orderflow.ledger.opening import open_ledger
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs
from support.ledgers import ledger_url, postgres_url  # noqa: F401 - fixtures

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
GOOD = {"reference": "GOOD", "webshop": 1, "confirm_date": "2026-11-22T12:00:00", "payment_status": "paid"}
PERSONAL = "Jansen, 06-12345678"
GOODS = {"type": "line", "product": {"origin": "o", "key": "K"}, "description": PERSONAL, "unit_price": "10.00"}


@pytest.fixture
def settings() -> dict[str, object]:
    return {"not_before": "2026-11-01", "limits": {"lookup_waits": [0, 0]}}


@pytest.fixture
def on_each(services: Services, ledger_url: URL, clock: Clock) -> Services:  # noqa: F811
    """Return the services with a ledger on SQLite, then on PostgreSQL."""
    return replace(services, ledger=open_ledger(ledger_url, clock=clock))


def _exported(control: SandboxControl) -> set[str]:
    return {order["external_reference"] for order in control.erp_orders()}


@pytest.mark.parametrize(
    ("odd", "named"),
    [
        ({"modified_date": "0001-01-01T00:00:00"}, "modified_date"),
        ({"confirm_date": "9999-12-31T23:59:59-14:00"}, "confirm_date"),
        ({"reference": "a\0b"}, "reference"),
        ({"reference": {"a": PERSONAL}}, "reference"),
        ({"order_lines": [{**GOODS, "id": 1, "quantity": "1E+30"}]}, "order_lines.0.quantity"),
        ({"customer": 2**63}, "customer"),
        ({"webshop": PERSONAL}, "webshop"),
    ],
    ids=str,
)
def test_an_unreadable_field_fails_its_own_order_by_name_without_an_excerpt(
    on_each: Services, control: SandboxControl, runs: Runs, odd: dict[str, Any], named: str
) -> None:
    bad, good = control.add_orders({**GOOD, "reference": "BAD", "description": PERSONAL}, GOOD)
    broken = {**control.order(bad), **odd}
    control.fault("wrong_answer", service="shop", method="GET", path=f"/api/order/{bad}/", times=0, answer=broken)
    report = run_day(on_each, DAY, runs("2026-11-22"))
    assert _exported(control) == {"1/GOOD"}
    (failure,) = report.failures
    assert failure.reason is Reason.SHOP_ANSWER_INVALID
    assert named in failure.message
    assert "Jansen" not in str(failure)
    assert f"/api/order/{bad}/" not in [entry["path"] for entry in control.journal(service="shop", method="PUT")]
    assert control.order(good)["state"] == "processing"


@pytest.mark.parametrize(
    "odd",
    [
        {"reference": None},
        {"reference": 7},
        {"create_date": "gisteren"},
        {"state": None},
        {"modified_date": "gisteren"},
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", ["day", "sweep"])
def test_a_row_that_says_little_is_read_in_detail(
    on_each: Services, control: SandboxControl, runs: Runs, odd: dict[str, Any], kind: str
) -> None:
    ids = control.add_orders({**GOOD, "reference": "ODD"}, GOOD)
    rows = [{"id": i, "reference": "x", "state": "confirmed", **more} for i, more in zip(ids, (odd, {}), strict=True)]
    control.fault(
        "wrong_answer",
        service="shop",
        path=r"/api/order/\?",
        answer={"count": 2, "next": None, "results": rows},
    )
    report = run_day(on_each, DAY, runs("2026-11-22")) if kind == "day" else run_sweep(on_each, runs())
    assert _exported(control) == {"1/ODD", "1/GOOD"}
    assert (report.failures, report.broken) == ((), ())


@pytest.mark.parametrize("kind", ["day", "sweep"])
def test_a_list_that_stays_short_is_worked_on_and_ends_red(
    services: Services, control: SandboxControl, runs: Runs, kind: str
) -> None:
    (order_id,) = control.add_orders(GOOD)
    rows = [{"id": order_id, "reference": "GOOD", "state": "confirmed"}]
    control.fault(
        "wrong_answer",
        service="shop",
        path="confirm_date__gte.*offline=false" if kind == "day" else "state=confirmed",
        times=0,
        answer={"count": 7, "next": None, "results": rows},
    )
    report = run_day(services, DAY, runs("2026-11-22")) if kind == "day" else run_sweep(services, runs())
    assert _exported(control) == {"1/GOOD"}
    assert "counts 7 orders but lists only 1" in "".join(report.broken)


def test_a_text_that_no_ledger_holds_is_refused_and_the_shop_untouched(
    on_each: Services, control: SandboxControl, runs: Runs
) -> None:
    bad, _ = control.add_orders({**GOOD, "reference": "BAD", "description": "Müller"}, GOOD)
    text = f'{{"id": {bad}, "reference": "BAD\\ud800", "webshop": 1, "state": "confirmed"}}'
    control.fault("status", service="shop", path=f"/api/order/{bad}/", times=0, status=200, html=text)
    report = run_day(on_each, DAY, runs("2026-11-22"))
    assert _exported(control) == {"1/GOOD"}
    assert [failure.order_id for failure in report.failures] == [bad]
    assert control.order(bad)["description"] == "Müller"
