"""One alert per cause, however many runs find it; the digest lists what is open when there is news."""

from orderflow.domain.findings import FindingKind
from orderflow.domain.reasons import Owner, Reason
from orderflow.domain.window import Window
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.reporting.digest import Digest
from orderflow.flow.reporting.messages import Links, Writer
from orderflow.flow.services import Services
from orderflow.ledger.models.alerts import Subject
from orderflow.ledger.models.reconciliation import DetectedDifference
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
ORDER = {"reference": "CS1", "confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1}


def text(services: Services, **asked: frozenset[Owner]) -> str:
    writer = Writer("Europe/Amsterdam", services.now(), Links("http://airflow/plugin/orders", {}))
    return Digest.of(services).message(services, writer, **asked).text


def causes(services: Services) -> list[str]:
    return [line for line in text(services).splitlines() if line.startswith("- ")]


def test_fifty_runs_that_meet_one_failing_order_open_one_alert_and_a_success_closes_it(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """Daily runs and sweeps in turn; far enough apart for the order to be due each time."""
    (order_id,) = control.add_orders({**ORDER, "currency": None})
    ids, told = set(), 0
    for number in range(50):
        clock.advance(hours=25)
        if number % 2:
            run_sweep(services, runs())
        else:
            told += len(run_day(services, DAY, runs("2026-11-22")).flags)
        ids |= {alert.id for alert in services.ledger.alerts.open()}
    assert (len(ids), told) == (1, 0)
    (alert,) = services.ledger.alerts.open()
    assert alert.seen == 50
    (line,) = causes(services)
    assert line.startswith("- order_incomplete: missing: currency · 1 order, ")
    assert (
        f"oldest Tue 2026-11-24 02:05 CET · owner: shop team · http://airflow/plugin/orders/orderflow/?cause={alert.cause}"
        in line
    )

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

    assert text(services).splitlines()[:2] == [
        "Open orders: in progress 0, waiting 2, overdue 0, held 1, partly written back 0, in doubt 0, failed 0.",
        "Differences between shop and ERP: 1 open.",
    ]
    (line,) = causes(services)
    assert line.startswith("- payment_unknown: payment_status is 'what is this' · 1 order")


def test_the_digest_names_a_task_that_fails_as_a_whole(services: Services, runs: Runs) -> None:
    failing = Subject.of_task("orderflow_sweep", "list_open_orders")
    services.ledger.alerts.see(failing, Reason.SHOP_UNAVAILABLE, "no answer", run=runs())
    (line,) = causes(services)
    assert line.startswith("- shop_unavailable · orderflow_sweep, list_open_orders, oldest ")
    assert line.endswith("owner: integration team")


def test_overdue_payments_are_one_line_for_the_shop_and_news_once(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    control.add_orders(*({**ORDER, "reference": f"CS{n}", "payment_status": "started"} for n in range(3)))
    run_day(services, DAY, runs("2026-11-22"))
    assert Digest.of(services).is_quiet
    clock.advance(days=31)
    digest = Digest.of(services)
    assert digest.is_due(services)
    (line,) = causes(services)
    assert line.startswith("- overdue · 3 orders, ")
    assert line.endswith("?worklist=overdue · 3 new")
    assert "overdue ·" not in text(services, owners=frozenset({Owner.FINANCE}))
    digest.leave(services)
    assert not Digest.of(services).is_due(services), "nothing new, and no Monday"


def test_a_digest_without_news_goes_out_on_mondays(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    control.add_orders({**ORDER, "payment_status": "what is this"})
    run_day(services, DAY, runs("2026-11-22"))
    due = []
    for _ in range(8):
        due.append(Digest.of(services).is_due(services))
        clock.advance(days=1)
    assert due == [True, *[False] * 6, True]
