"""Months of normal life: no message is repeated, late, or about something that passes without action."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from orderflow.domain.reasons import Owner, Reason
from orderflow.domain.window import Window
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.reconciliation.reconcile import reconcile
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import RunRef
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import UNKNOWN_PRODUCT, Runs

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
ORDER = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1}
Tell = Callable[[RunRef], tuple[list[Reason], list[Reason]]]
OrderByOrder = Callable[[int, timedelta], list[Reason]]


@pytest.fixture
def tell(services: Services) -> Tell:
    """Return a function that tells a channel what it does not know; it returns what was news, and what is over."""

    def tell(run: RunRef) -> tuple[list[Reason], list[Reason]]:
        taken = services.ledger.outbox.take("mail", run, owners=frozenset(Owner), settled_for=timedelta())
        services.ledger.outbox.sent("mail", taken)
        return [alert.reason for alert in taken.opened], [alert.reason for alert in taken.closed]

    return tell


@pytest.fixture
def order_by_order(services: Services, control: SandboxControl, clock: Clock, runs: Runs, tell: Tell) -> OrderByOrder:
    """Return a function that sweeps a number of times, each with one new order; it returns what was news."""

    def sweep(times: int, apart: timedelta) -> list[Reason]:
        opened: list[Reason] = []
        for _ in range(times):
            control.add_orders(ORDER)
            run = runs()
            run_sweep(services, run)
            opened += tell(run)[0]
            clock.now += apart
        return opened

    return sweep


def test_an_overdue_order_that_cannot_be_read_is_one_message(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, tell: Tell
) -> None:
    """Case O6."""
    (order_id,) = control.add_orders({**ORDER, "payment_status": "started"})
    run_sweep(services, runs())
    clock.advance(days=31)
    control.fault("status", method="GET", path=f"/api/order/{order_id}/", status=500, times=0)
    said = []
    for _ in range(10):
        run = runs()
        run_sweep(services, run)
        said += tell(run)[0]
        clock.advance(hours=7)
    assert said == [Reason.SHOP_UNAVAILABLE]


def test_a_refused_order_is_one_message_and_one_end_whoever_meets_it(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, tell: Tell
) -> None:
    """Case Y5: sweeps, daily runs and comparisons meet it, and a person mends it after three days."""
    (order_id,) = control.add_orders({**ORDER, "order_lines": [UNKNOWN_PRODUCT]})
    said: list[tuple[list[Reason], list[Reason]]] = []
    for hour in range(72):
        clock.advance(hours=1)
        run = runs("2026-11-22" if hour % 24 == 0 else None)
        if hour % 24 == 0:
            run_day(services, DAY, run)
        elif hour % 24 == 6:
            reconcile(services, run)
        else:
            run_sweep(services, run)
        said.append(tell(run))
    (line,) = control.order(order_id)["order_lines"]
    control.edit_order(order_id, order_lines=[{**line, "product": {"origin": "myorigin", "key": "124_STUK"}}])
    clock.advance(days=1)
    run = runs()
    assert run_sweep(services, run).processed == 1
    said.append(tell(run))
    assert [reason for opened, _ in said for reason in opened] == [Reason.ERP_REJECTED]
    assert [reason for _, closed in said for reason in closed] == [Reason.ERP_REJECTED]


def test_an_outage_of_the_erp_is_one_message_and_one_end(
    services: Services, control: SandboxControl, runs: Runs, tell: Tell, order_by_order: OrderByOrder
) -> None:
    """Case Y7: four hours, one new order per sweep."""
    control.fault("status", service="erp", status=503, times=0)
    assert order_by_order(16, timedelta(minutes=15)) == [Reason.ERP_UNAVAILABLE]
    control.clear_faults()
    run = runs()
    assert run_sweep(services, run).processed == 16
    news, over = tell(run)
    assert (news, set(over)) == ([], {Reason.ERP_UNAVAILABLE}), "one message, with their number"
    assert len(over) == 15, "the last one came and went within the patience"


def test_an_outage_of_the_erp_in_which_nobody_orders_is_found_by_every_sweep(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    control.fault("status", service="erp", status=503, times=0)
    (said,) = run_sweep(services, runs()).broken
    assert Reason.ERP_UNAVAILABLE in said
    assert run_sweep(services, runs(), references=["1/CS404"]).broken == (), "a person has asked for something else"
    control.clear_faults()
    assert run_sweep(services, runs()).broken == ()


def test_an_erp_that_fails_only_new_orders_is_one_message_and_one_end(
    services: Services, control: SandboxControl, runs: Runs, tell: Tell, order_by_order: OrderByOrder
) -> None:
    """Each order is in doubt, and a person may have to answer for it, but it is one incident."""
    control.fault("status", service="erp", method="POST", status=500, times=0)
    assert order_by_order(8, timedelta(hours=1)) == [Reason.ERP_IN_DOUBT]
    assert len(services.ledger.outbox.unsaid("mail")) == 7, "for the digest"
    control.clear_faults()
    run = runs()
    assert run_sweep(services, run).processed == 8
    assert (tell(run)[0], len(control.erp_orders())) == ([], 8)


def test_a_hiccup_is_no_message(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, tell: Tell
) -> None:
    control.add_orders(ORDER)
    control.fault("status", service="erp", status=503, times=5)
    for _ in range(3):
        run = runs()
        run_sweep(services, run)
        assert tell(run) == ([], [])
        clock.advance(minutes=15)
    assert len(control.erp_orders()) == 1


@pytest.mark.parametrize(("webshop", "told"), [(1, False), (2, False), (7, True)], ids=["default", "named", "unknown"])
def test_a_webshop_that_the_settings_do_not_name_is_told_at_once(
    services: Services, control: SandboxControl, runs: Runs, tell: Tell, webshop: int, *, told: bool
) -> None:
    """Case Y6; webshop 2 has settings, and the default webshop is what the defaults are for."""
    control.add_orders(*({**ORDER, "webshop": webshop, "payment_status": "none"} for _ in range(3)))
    run = runs()
    run_sweep(services, run)
    assert set(tell(run)[0]) == ({Reason.WEBSHOP_UNKNOWN} if told else set())
    causes = {alert.cause for alert in services.ledger.alerts.open()}
    assert len(causes) == int(told), "one line for the webshop"
