"""When a difference counts: its grace period, orders still being processed, findings that open and close."""

from datetime import UTC, datetime, timedelta

import pytest

from orderflow.domain.findings import KINDS, FindingKind
from orderflow.domain.reasons import Reason
from orderflow.flow.orders.resolve import resolve
from orderflow.flow.orders.run import run_sweep
from orderflow.flow.reconciliation.reconcile import reconcile
from orderflow.flow.services import Services
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import UNKNOWN_PRODUCT, Runs
from support.reconciling import (
    SEEDS,
    ZONE,
    Json,
    change_price,
    double,
    found,
    name,
    new_order,
    processed,
    seed_all,
    yesterday,
)


def test_a_difference_within_its_grace_is_listed_and_fails_nothing(
    exported: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    seed_all(control)
    clock.advance(hours=2)

    reconciled = reconcile(exported, runs())

    assert {f.kind for f in reconciled.young} == {
        FindingKind.NUMBER_MISSING,
        FindingKind.LINES_MISSING,
        FindingKind.STILL_CONFIRMED,
        FindingKind.CANCELLED_IN_SHOP,
        FindingKind.CORRECTED_IN_ERP,
    } | _younger_than_a_day(clock)
    clock.advance(hours=24)
    assert [finding.kind for finding in reconcile(exported, runs()).young] == [FindingKind.CORRECTED_IN_ERP]


def _younger_than_a_day(clock: Clock) -> set[FindingKind]:
    """Return what new_order makes a finding of, as long as yesterday noon is not a day ago."""
    noon = datetime.fromisoformat(f"{yesterday()}T12:00:00").replace(tzinfo=ZONE)
    young = clock.now - noon < timedelta(hours=24)
    return {FindingKind.NOT_IN_ERP, FindingKind.OFFLINE_NOT_SENT} if young else set()


def test_what_is_on_its_way_is_no_finding(few: Services, control: SandboxControl, clock: Clock, runs: Runs) -> None:
    just_changed, claimed, waiting = processed(control)[:3]
    clock.now = datetime.now(UTC) + timedelta(minutes=30)
    control.edit_order(just_changed["id"], state="confirmed")
    new_order(control, payment_status="started")
    assert found(few, runs) == set()
    clock.advance(hours=2)
    control.edit_order(claimed["id"], state="confirmed")
    control.edit_order(waiting["id"], state="confirmed", payment_status="started")
    key = few.ledger.get_many([claimed["id"]])[claimed["id"]].order_id
    with few.ledger.claim(key, runs()):
        assert found(few, runs) == {
            (FindingKind.STILL_CONFIRMED, name(just_changed)),
            (FindingKind.STILL_CONFIRMED, name(waiting)),
        }


def test_an_offline_order_is_judged_when_its_day_is_over(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """The run that marks it comes after the day."""
    noon = (datetime.now(ZONE) + timedelta(days=1)).replace(hour=12)
    stamp = noon.replace(tzinfo=None).isoformat()
    clock.now = noon + timedelta(hours=6)
    order = new_order(control, confirm_date=stamp, modified_date=stamp, offline=True, state="processing")
    assert found(services, runs) == set()
    clock.advance(hours=12)
    assert found(services, runs) == {(FindingKind.OFFLINE_NOT_SENT, name(order))}


def test_a_shop_whose_orders_say_neither_their_date_nor_that_they_are_offline_is_compared_all_the_same(
    few: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """Which of both they are is what the lists say, as these two filters are documented and the fields are not."""
    control.configure(hidden_fields=["offline", "confirm_date"])
    offline = new_order(control, offline=True, state="done", payment_status="account", erp_order_number="ERP-7")
    new_order(control, offline=True, state="done", shipment_state="sent", erp_order_number="ERP-8")
    online = new_order(control, payment_status="paid")
    clock.advance(hours=2)
    assert found(few, runs) == {
        (FindingKind.OFFLINE_NOT_SENT, name(offline)),
        (FindingKind.NOT_IN_ERP, name(online)),
    }


def test_a_finding_about_an_order_on_its_way_is_neither_met_nor_resolved(
    few: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    order = processed(control)[0]
    control.edit_order(order["id"], state="confirmed")
    assert len(found(few, runs)) == 1
    lately = (clock.now - timedelta(minutes=1)).astimezone(ZONE).replace(tzinfo=None).isoformat()
    control.edit_order(order["id"], state="processing", modified_date=lately)
    assert found(few, runs) == set()
    assert len(few.ledger.findings.open()) == 1
    clock.advance(hours=2)
    assert found(few, runs) == set()
    assert few.ledger.findings.open() == []


def test_a_finding_is_resolved_when_the_difference_is_gone_and_keeps_its_beginning_until_then(
    on_either: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    order, doubled = processed(control)[:2]
    control.edit_order(order["id"], erp_order_number=None)
    double(control, doubled)
    clock.advance(days=1)
    first = clock.now
    assert len(found(on_either, runs)) == 2
    clock.advance(days=1)
    assert len(found(on_either, runs)) == 2
    assert {(f.first_seen_at, f.last_seen_at) for f in on_either.ledger.findings.open()} == {(first, clock.now)}
    control.edit_order(order["id"], erp_order_number=order["erp_order_number"])
    second = next(m for m in control.erp_orders() if m["number"] != doubled["erp_order_number"] and _same(m, doubled))
    control.edit_erp_order(second["number"], status="cancelled")
    clock.advance(hours=12)

    reconciled = reconcile(on_either, runs())

    assert (reconciled.summary.findings, reconciled.summary.resolved) == (0, 2)
    assert on_either.ledger.findings.open() == []
    past = on_either.ledger.findings._findings()
    assert {(f.kind, f.first_seen_at, f.resolved_at) for f in past} == {
        (FindingKind.NUMBER_MISSING, first, clock.now),
        (FindingKind.DUPLICATE_IN_ERP, first, clock.now),
    }


def _same(made: Json, order: Json) -> bool:
    return bool(made["external_reference"] == name(order))


def test_an_open_finding_is_looked_at_again_when_its_day_has_left_the_window(
    exported: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    seeded = seed_all(control)
    clock.advance(days=2)
    reconcile(exported, runs())
    clock.advance(days=20)
    assert found(exported, runs) == seeded
    for _, reference in seeded:
        for made in control.erp_orders():
            if made["external_reference"] == reference:
                control.remove_erp_order(made["number"])
        for order in control.orders():
            if name(order) == reference:
                control.remove_order(order["id"])
    assert found(exported, runs) == set()
    assert exported.ledger.findings.open() == []


def test_a_finding_that_became_too_old_to_look_at_is_closed(
    few: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    control.edit_order(processed(control)[0]["id"], state="confirmed")
    clock.advance(days=2)
    assert len(found(few, runs)) == 1
    clock.advance(days=70)
    control.clear_journal()
    assert found(few, runs) == set()
    assert [call["order_id"] for call in control.journal(service="shop") if call["order_id"]] == []
    assert few.ledger.findings.open() == []
    assert few.ledger.alerts.open() == []


def test_a_difference_is_told_once_and_accepted_as_it_is_until_it_changes(
    few: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """Case Y1: a discount given in the ERP."""
    order = processed(control)[0]
    change_price(control, order)
    opened = set()
    for _ in range(3):
        clock.advance(days=1)
        assert found(few, runs) == {(FindingKind.AMOUNT_DIFFERS, name(order))}
        opened |= {(alert.id, alert.reason, alert.title) for alert in few.ledger.alerts.open()}
    assert [alert[1:] for alert in opened] == [(Reason.SIDES_DIFFER, "amount_differs")]

    assert resolve(few, [order["id"]], runs()) == [order["id"]]
    for _ in range(3):
        clock.advance(days=1)
        assert found(few, runs) == set()
    assert (few.ledger.findings.open(), few.ledger.alerts.open()) == ([], [])

    change_price(control, order)
    assert found(few, runs) == {(FindingKind.AMOUNT_DIFFERS, name(order))}
    assert [alert.title for alert in few.ledger.alerts.open()] == ["amount_differs"]


def test_an_order_that_people_know_of_is_not_told_again_by_the_comparison(
    few: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """Case Y5: one refused order is one alert with one owner."""
    order = new_order(control, payment_status="paid", order_lines=[UNKNOWN_PRODUCT])
    run_sweep(few, runs())
    clock.advance(days=2)
    assert found(few, runs) == {(FindingKind.NOT_IN_ERP, name(order))}
    assert [alert.reason for alert in few.ledger.alerts.open()] == [Reason.ERP_REJECTED]


def test_an_order_resolved_by_hand_is_resolved_in_the_comparison_too(
    few: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """Case O4."""
    order = new_order(control, payment_status="paid", order_lines=[UNKNOWN_PRODUCT])
    run_sweep(few, runs())
    resolve(few, [order["id"]], runs())
    clock.advance(days=2)
    assert found(few, runs) == set()


def _without_notices(found: set[tuple[FindingKind, str]]) -> set[tuple[FindingKind, str]]:
    """Return what stays when its day has left the window: nothing is wrong with an order that was returned."""
    return {(kind, name) for kind, name in found if not KINDS[kind].is_notice}


def test_a_return_is_listed_while_it_is_recent_and_neither_fails_a_run_nor_alerts_anybody(
    few: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    order = processed(control)[0]
    control.edit_erp_order(order["erp_order_number"], corrections=["return 7", "credit note 8"])
    for _ in range(3):
        clock.advance(days=2)
        reconciled = reconcile(few, runs())
        assert (reconciled.overdue, reconciled.errors) == ([], [])
        (finding,) = reconciled.young
        assert (finding.kind, finding.erp_value) == (FindingKind.CORRECTED_IN_ERP, "return 7, credit note 8")
    assert few.ledger.alerts.open() == []
    clock.advance(days=3)
    assert found(few, runs) == set()


IN_LISTS = {FindingKind.DUPLICATE_IN_ERP, FindingKind.AMOUNT_DIFFERS}


@pytest.mark.parametrize("listed", [True, False])
def test_an_old_finding_is_looked_up_by_name_unless_a_list_alone_shows_it(
    exported: Services, control: SandboxControl, clock: Clock, runs: Runs, *, listed: bool
) -> None:
    """Or one old finding would make the ERP list everything since."""
    seeded = set()
    for (kind, seed), order in zip(SEEDS, processed(control), strict=False):
        if (kind in IN_LISTS) is listed:
            seeded.add((kind, name(seed(control, order) or order)))
    clock.advance(hours=2)
    assert found(exported, runs) == seeded
    clock.advance(days=20)
    assert found(exported, runs) == _without_notices(seeded), "nothing else is resolved by its age"
    lists = [call for call in control.journal(service="erp", method="GET") if "since" in call["query"]]
    since = datetime.fromisoformat(lists[-1]["query"]["since"])
    assert clock.now - since > timedelta(days=20) if listed else clock.now - since < timedelta(days=8)
