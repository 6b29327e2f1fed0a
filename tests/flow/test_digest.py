"""One alert per cause, however many runs meet it; the digest says daily what is open."""

from orderflow.domain.findings import FindingKind
from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.reporting.digest import Digest
from orderflow.flow.services import Services
from orderflow.ledger.models.reconciliation import DetectedDifference
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
ORDER = {"reference": "CS1", "confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1}


def test_fifty_runs_that_meet_one_failing_order_open_one_alert_and_a_success_closes_it(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """Daily runs and sweeps in turn; far enough apart for the order to be due each time."""
    (order_id,) = control.add_orders({**ORDER, "currency": None})
    opened, told = 0, 0
    for number in range(50):
        clock.advance(hours=25)
        before = len(services.ledger.alerts.open())
        if number % 2:
            run_sweep(services, runs())
        else:
            told += len(run_day(services, DAY, runs("2026-11-22")).flags)
        opened += len(services.ledger.alerts.open()) - before
    assert (opened, told) == (1, 0)
    (alert,) = services.ledger.alerts.open()
    assert alert.seen == 50
    digest = Digest.of(services)
    lines = [line for line in str(digest).splitlines() if line.startswith("- ")]
    assert lines == ["- 1/CS1: order_incomplete, met 50 times since 2026-11-24 01:05 UTC. Who fixes it: shop team."]

    control.edit_order(order_id, currency="EUR")
    clock.advance(hours=1)
    run_sweep(services, runs())

    assert services.ledger.alerts.open() == []
    assert Digest.of(services).is_quiet


def test_the_digest_counts_every_open_list_and_the_findings(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    control.add_orders(
        {**ORDER, "payment_status": "started"},
        {**ORDER, "reference": "CS2", "payment_status": "started"},
        {**ORDER, "reference": "CS3", "payment_status": "what is this"},
    )
    run_day(services, DAY, runs("2026-11-22"))
    met = DetectedDifference(
        kind=FindingKind.NUMBER_MISSING,
        webshop=1,
        order_id=1,
        external_reference="1/CS9",
        erp_number=None,
        shop_value="",
        erp_value="",
        detail="",
        day="2026-11-22",
        since=clock.now,
    )
    services.ledger.findings.update([met], judged=["1/CS9"])

    digest = Digest.of(services)

    assert str(digest).splitlines()[:2] == [
        "Open orders: waiting 2, overdue 0, held 1, half written 0, in doubt 0, failed 0.",
        "Differences between shop and ERP: 1 open.",
    ]
    assert not digest.is_quiet
    assert digest.subject == "digest: 0 open alerts, 1 differences between shop and ERP"


def test_the_digest_names_a_task_that_fails_as_a_whole(services: Services, clock: Clock, runs: Runs) -> None:
    for _ in range(2):
        sweep = runs().model_copy(update={"dag_id": "orderflow_sweep"})
        services.ledger.outages.see("list_open_orders", Reason.SHOP_UNAVAILABLE, sweep)
        clock.advance(minutes=15)
    digest = Digest.of(services)
    assert not digest.is_quiet
    assert digest.subject == "digest: 1 open alerts, 0 differences between shop and ERP"
    assert str(digest).splitlines()[-1] == (
        "- orderflow_sweep, list_open_orders fails as a whole: shop_unavailable, met 2 times since "
        "2026-11-23 00:05 UTC. Who fixes it: nobody."
    )


def test_orders_that_may_wait_ask_for_nobody(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    control.add_orders({**ORDER, "payment_status": "started"})
    run_day(services, DAY, runs("2026-11-22"))
    assert Digest.of(services).is_quiet
    assert Digest.of(services).open.oldest.total_seconds() == 0
    clock.advance(days=31)
    assert not Digest.of(services).is_quiet, "it is overdue"
    assert Digest.of(services).open.oldest.days == 31
