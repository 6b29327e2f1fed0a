"""A shop that allows few calls, permanently refuses some orders, or asks everybody to pause."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import requests

from orderflow.cloudsuite.client import SHOP, CloudSuiteClient
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.erp.rest import ERP, RestErp
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.services import Services
from orderflow.ledger.limits import CallLimits, SharedCallGuard
from orderflow.transport import Channel, FixedAuthorization, RetryPolicy
from sandbox.config import Config
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox
from support.clock import Clock
from support.flow_runs import Runs

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
ORDER = {"webshop": 1, "confirm_date": "2026-11-22T12:00:00", "payment_status": "paid"}

Guarded = Callable[..., Services]


@pytest.fixture
def guarded(services: Services, sandbox: RunningSandbox, clock: Clock) -> Guarded:
    """Return services as a new process would have them, with the guard that all processes share."""

    def make(sleep: Callable[[float], None] = lambda _: None, **limits: Any) -> Services:
        config = Config()

        def guard(name: str) -> SharedCallGuard:
            given = CallLimits(**{"breaker_errors": 10, **limits})
            return SharedCallGuard(
                services.ledger._engine, name, given, timezone="Europe/Amsterdam", clock=clock, sleep=sleep
            )

        policy = RetryPolicy(attempts=3, sleep=sleep)
        shop = Channel(
            requests.Session(),
            sandbox.url,
            service=SHOP,
            authorize=FixedAuthorization("Token", str(config.legacy_token)),
            policy=policy,
            gate=guard("shop"),
        )
        erp = Channel(
            requests.Session(),
            sandbox.erp_url,
            service=ERP,
            authorize=FixedAuthorization("Bearer", config.erp_token),
            policy=policy,
            gate=guard("erp"),
        )
        return replace(services, connect_shop=lambda: CloudSuiteClient(shop), connect_erp=lambda: RestErp(erp))

    return make


@pytest.mark.parametrize(("orders", "a_second"), [(6, 3), (51, 30)])
def test_a_shop_that_allows_few_calls_a_second_gets_all_its_orders(
    guarded: Guarded, control: SandboxControl, runs: Runs, orders: int, a_second: int
) -> None:
    """No setting says so: the pace is learnt from its 429s."""
    control.add_orders(*[ORDER] * orders)
    control.configure(rate_limit=a_second, rate_period="second")
    report = run_day(guarded(time.sleep), DAY, runs("2026-11-22"))
    assert (report.processed, report.failed) == (orders, 0)
    assert 429 in {call["status"] for call in control.journal(service="shop")}


def test_orders_that_the_shop_refuses_to_show_hold_back_no_others(
    guarded: Guarded, control: SandboxControl, runs: Runs, clock: Clock
) -> None:
    """Twelve of them, before the good ones, at every sweep of a day."""
    bad = control.add_orders(*[ORDER] * 12)
    good = control.add_orders(*[ORDER] * 3)
    paths = "|".join(map(str, bad))
    control.fault("status", service="shop", path=rf"/api/order/({paths})/", status=403, times=0)

    report = run_day(guarded(), DAY, runs("2026-11-22"))
    assert (report.processed, report.failed) == (3, 12)
    assert {failure.order_id for failure in report.failures} == {*bad}
    calls = []
    for _ in range(95):
        clock.advance(minutes=15)
        good += control.add_orders(ORDER) if len(good) < 20 else []
        before = len(control.journal())
        report = run_sweep(guarded(), runs())
        assert report.broken == ()
        calls.append(len(control.journal()) - before)
    assert {order["shop_order_id"] for order in control.erp_orders()} == {*good}
    assert sum(calls[-40:]) < 40 * 12, "refused orders are asked for less and less"


def test_a_shop_that_refuses_every_order_is_left_alone(guarded: Guarded, control: SandboxControl, runs: Runs) -> None:
    control.add_orders(*[ORDER] * 200)
    control.fault("status", service="shop", method="GET", path=r"/api/order/\d+/", status=403, times=0)
    report = run_day(guarded(), DAY, runs("2026-11-22"))
    assert report.failed == 200
    assert {failure.reason for failure in report.failures} == {Reason.SHOP_AUTH, Reason.CIRCUIT_OPEN}
    assert len(control.journal(service="shop")) < 50


def test_an_erp_that_asks_for_a_long_pause_is_waited_for_by_later_runs(
    guarded: Guarded, services: Services, control: SandboxControl, runs: Runs
) -> None:
    ids = control.add_orders(*[ORDER] * 5)
    control.fault("status", service="erp", method="POST", status=429, headers={"retry-after": "3600"}, times=0)
    report = run_day(guarded(), DAY, runs("2026-11-22"))
    assert (report.processed, report.failed) == (0, 5)
    assert {failure.reason for failure in report.failures} == {Reason.THROTTLED}
    known = services.ledger.get_many(ids).values()
    assert {order.progress for order in known} == {Progress.READY}
    assert len(control.journal(service="erp", method="POST")) <= 5, "those that were under way, and nobody after them"

    control.clear_faults()
    seen = len(control.journal(service="erp"))
    run_sweep(guarded(), runs())
    assert len(control.journal(service="erp")) == seen, "another process keeps to it, too"
    assert run_sweep(services, runs()).processed == 5
