"""Shop and ERP are compared both ways: every seeded difference is found, nothing else is, and nothing is changed."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import URL

from orderflow.domain.findings import FindingKind
from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.errors import PermanentError
from orderflow.flow.orders.resolve import resolve
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.reconciliation.csv_export import COLUMNS, write_csv
from orderflow.flow.reconciliation.reconcile import compare_again, reconcile
from orderflow.flow.services import Services
from orderflow.ledger.opening import open_ledger
from orderflow.settings import Settings
from postgres import fresh_database
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import UNKNOWN_PRODUCT, Runs

ZONE = ZoneInfo("Europe/Amsterdam")
Json = dict[str, Any]
Seed = Callable[[SandboxControl, Json], Json | None]
"""Makes one difference about a processed order, or about a new one that it returns."""


@cache
def yesterday() -> str:
    """Return a day that is over, the same also past midnight: the sandbox ERP stamps its orders with the real time."""
    return f"{datetime.now(ZONE) - timedelta(days=1):%Y-%m-%d}"


def found(services: Services, runs: Runs, **how: Any) -> set[tuple[FindingKind, str]]:
    reconciled = reconcile(services, runs(), **how)
    assert not reconciled.errors
    return {(f.kind, f.external_reference) for f in [*reconciled.overdue, *reconciled.young]}


def name(order: Json) -> str:
    return f"{order['webshop']}/{order['reference']}"


def erp_order(control: SandboxControl, order: Json) -> Json:
    (made,) = [made for made in control.erp_orders() if made["external_reference"] == name(order)]
    return dict(made)


def new_order(control: SandboxControl, **fields: Any) -> Json:
    (order_id,) = control.add_orders({"confirm_date": f"{yesterday()}T12:00:00", **fields})
    return control.order(order_id)


@pytest.fixture
def settings() -> dict[str, object]:
    """Return settings by which a sweep exports orders of any day."""
    webshops = {"2": {"payment_option": False}}
    return {"not_before": "2020-01-01", "webshops": webshops, "limits": {"lookup_waits": [0, 0]}}


@pytest.fixture
def clock(clock: Clock) -> Clock:
    clock.now = datetime.now(UTC)
    return clock


@pytest.fixture
def few(services: Services, control: SandboxControl, clock: Clock, runs: Runs) -> Services:
    """Return the services after four orders went through, two hours ago; one of them is of webshop 2."""
    two_lines = [{"quantity": 1, "unit_price": "10.00"}, {"quantity": 3, "unit_price": "2.50"}]
    for webshop in (1, 1, 1, 2):
        new_order(control, webshop=webshop, order_lines=two_lines)
    assert run_sweep(services, runs()).processed == 4
    clock.advance(hours=2)
    return services


@pytest.fixture
def exported(services: Services, control: SandboxControl, clock: Clock, runs: Runs) -> Services:
    """Return the services after a whole day of all kinds of orders went through, two hours ago."""
    return process_a_day(services, control, clock, runs)


@pytest.fixture(params=["sqlite", "postgres"])
def on_either(
    request: pytest.FixtureRequest, services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> Iterator[Services]:
    """Return the same with the ledger in either database."""
    if request.param == "sqlite":
        yield process_a_day(services, control, clock, runs)
        return
    server: URL = request.getfixturevalue("postgres")
    with fresh_database(server) as url:
        yield process_a_day(replace(services, ledger=open_ledger(url, clock=clock)), control, clock, runs)


def process_a_day(services: Services, control: SandboxControl, clock: Clock, runs: Runs) -> Services:
    day = yesterday()
    control.reset(day=day, count=24)
    assert run_day(services, Window.of_day(day, "Europe/Amsterdam"), runs(day)).processed == 14
    run_sweep(services, runs())  # two orders lie a microsecond outside the day
    clock.advance(hours=2)
    return services


def processed(control: SandboxControl) -> list[Json]:
    """Return the orders that went through, those with several lines first."""
    orders = [o for o in control.orders() if o["state"] == "processing" and not o["offline"]]
    return sorted(orders, key=lambda order: (-len(order["order_lines"]), order["id"]))


def _in_shop(**changes: Any) -> Seed:
    def seed(control: SandboxControl, order: Json) -> None:
        control.edit_order(order["id"], **changes)

    return seed


def _lose_line_numbers(control: SandboxControl, order: Json) -> None:
    first, *others = order["order_lines"]
    control.edit_order(order["id"], order_lines=[{**first, "erp_line_number": None}, *others])


def _add_unexported(control: SandboxControl, _order: Json) -> Json:
    return new_order(control, payment_status="paid")


def _add_offline(control: SandboxControl, _order: Json) -> Json:
    return new_order(control, offline=True, state="processing", erp_order_number="ERP-7", payment_status="account")


def _in_erp(**changes: Any) -> Seed:
    def seed(control: SandboxControl, order: Json) -> None:
        control.edit_erp_order(order["erp_order_number"], **changes)

    return seed


def _double(control: SandboxControl, order: Json) -> None:
    control.add_erp_order(erp_order(control, order)["request"])


def _lose_erp_line(control: SandboxControl, order: Json) -> None:
    lines = erp_order(control, order)["request"]["lines"]
    control.edit_erp_order(order["erp_order_number"], lines=lines[:-1])


def _change_price(control: SandboxControl, order: Json) -> None:
    first, *others = erp_order(control, order)["request"]["lines"]
    dearer = str(Decimal(first["unit_price"]) + 1)
    control.edit_erp_order(order["erp_order_number"], lines=[{**first, "unit_price": dearer}, *others])


def _change_product(control: SandboxControl, order: Json) -> None:
    """Another product of the same price: count and total stay (case Y4)."""
    first, *others = order["order_lines"]
    control.edit_order(order["id"], order_lines=[{**first, "product": {"origin": "x", "key": "OTHER"}}, *others])


TOLERANT = {"reconciliation": {"tolerance": "1.00"}, "webshops": {"2": {"payment_option": False}}}

SEEDS: list[tuple[FindingKind, Seed]] = [
    (FindingKind.NOT_IN_ERP, _add_unexported),
    (FindingKind.GONE_FROM_ERP, lambda control, order: control.remove_erp_order(order["erp_order_number"]) and None),
    (FindingKind.NUMBER_MISSING, _in_shop(erp_order_number=None)),
    (FindingKind.NUMBER_DIFFERS, _in_erp(number="ERP-9")),
    (FindingKind.LINES_MISSING, _lose_line_numbers),
    (FindingKind.STILL_CONFIRMED, _in_shop(state="confirmed")),
    (FindingKind.CANCELLED_IN_SHOP, _in_shop(state="cancel")),
    (FindingKind.UNKNOWN_IN_SHOP, lambda control, order: control.remove_order(order["id"]) and None),
    (FindingKind.DUPLICATE_IN_ERP, _double),
    (FindingKind.LINE_COUNT_DIFFERS, _lose_erp_line),
    (FindingKind.AMOUNT_DIFFERS, _change_price),
    (FindingKind.CONTENT_DIFFERS, _change_product),
    (FindingKind.OFFLINE_NOT_SENT, _add_offline),
]
CURRENCY: Seed = _in_erp(currency="GBP")


def seed_all(control: SandboxControl) -> set[tuple[FindingKind, str]]:
    """Make one difference of every kind, each about another order."""
    seeded = set()
    for (kind, seed), order in zip(SEEDS, processed(control), strict=False):
        seeded.add((kind, name(seed(control, order) or order)))
    return seeded


def test_a_clean_processed_day_has_no_finding_and_the_same_sums_on_both_sides(on_either: Services, runs: Runs) -> None:
    reconciled = reconcile(on_either, runs())

    assert (reconciled.overdue, reconciled.young, reconciled.errors) == ([], [], [])
    reconciled.raise_overdue()
    totals = reconciled.summary.totals
    assert sum(total.shop_orders for total in totals) == 16
    assert {(total.webshop, total.currency) for total in totals} == {(1, "EUR"), (1, "USD"), (2, "EUR")}
    for total in totals:
        assert total.shop_orders == total.erp_orders
        assert abs(total.shop_total - total.erp_total) <= total.shop_orders * Decimal("0.01"), "each side rounds"
    (kept,) = on_either.ledger.findings.reconciliations()
    assert (kept.totals, kept.findings, kept.compared) == (totals, 0, reconciled.summary.compared)


def test_the_seeds_are_one_of_every_kind() -> None:
    """But for customers, which `test_day_of_guests` has."""
    assert [kind for kind, _ in SEEDS] == [kind for kind in FindingKind if kind is not FindingKind.CUSTOMER_DIFFERS]
    assert len(SEEDS) == 13


@pytest.mark.parametrize(
    "difference",
    [*SEEDS, (FindingKind.AMOUNT_DIFFERS, CURRENCY)],
    ids=[*(kind.value for kind, _ in SEEDS), "currency"],
)
def test_a_seeded_difference_is_found_and_nothing_else(
    difference: tuple[FindingKind, Seed], few: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    kind, seed = difference
    order = processed(control)[0]
    about = seed(control, order) or order
    clock.advance(hours=2)

    assert found(few, runs) == {(kind, name(about))}


def test_all_of_them_at_once_are_found_without_a_single_call_that_writes(
    on_either: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    seeded = seed_all(control)
    clock.advance(days=2)
    control.clear_journal()

    reconciled = reconcile(on_either, runs())

    assert {(f.kind, f.external_reference) for f in reconciled.overdue} == seeded
    assert reconciled.young == []
    assert {call["method"] for call in control.journal()} == {"GET"}
    with pytest.raises(PermanentError) as failure:
        reconciled.raise_overdue()
    assert failure.value.reason is Reason.SIDES_DIFFER
    assert all(str(failure.value).count(reference) >= 1 for _, reference in seeded)


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
    } | _younger_than_a_day(clock)
    clock.advance(hours=24)
    assert reconcile(exported, runs()).young == []


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
    _double(control, doubled)
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
    past = on_either.ledger.findings.seen_since(first)
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
    _change_price(control, order)
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

    _change_price(control, order)
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


def test_one_webshop_is_compared_alone_and_the_findings_of_others_stay(
    few: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    first, second = (next(o for o in processed(control) if o["webshop"] == webshop) for webshop in (1, 2))
    for order in (first, second):
        control.edit_order(order["id"], state="confirmed")
    clock.advance(hours=2)
    assert found(few, runs) == {(FindingKind.STILL_CONFIRMED, name(order)) for order in (first, second)}
    for order in (first, second):
        control.edit_order(order["id"], state="processing")

    assert found(few, runs, webshop=2) == set()
    assert [finding.webshop for finding in few.ledger.findings.open()] == [1]


def test_an_order_paid_late_is_no_finding_although_its_day_is_long_past(
    few: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    long_ago = f"{datetime.now(ZONE) - timedelta(days=40):%Y-%m-%d}T12:00:00"
    order_id = new_order(control, confirm_date=long_ago, payment_status="paid")["id"]
    run_sweep(few, runs())
    clock.advance(hours=2)
    assert found(few, runs) == set()
    control.edit_order(order_id, state="cancel")
    clock.advance(hours=2)
    assert found(few, runs) == {(FindingKind.CANCELLED_IN_SHOP, name(control.order(order_id)))}


def test_an_order_entered_in_the_erp_by_hand_with_its_number_in_the_shop_is_no_finding(
    few: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    request = erp_order(control, processed(control)[0])["request"]
    by_hand = control.add_erp_order({**request, "external_reference": "by telephone"})["number"]
    order = new_order(control, state="processing", erp_order_number=by_hand)
    clock.advance(hours=2)
    assert found(few, runs) == set()
    control.remove_erp_order(by_hand)
    assert found(few, runs) == {(FindingKind.GONE_FROM_ERP, name(order))}


def test_what_the_erp_made_before_the_window_is_looked_up_before_it_is_called_missing(
    few: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """Somebody has confirmed an old order anew."""
    order = processed(control)[0]
    clock.advance(days=20)
    lately = (clock.now - timedelta(days=1)).astimezone(ZONE).replace(tzinfo=None).isoformat()
    control.edit_order(order["id"], confirm_date=lately, modified_date=lately)
    assert found(few, runs) == set()
    control.remove_erp_order(order["erp_order_number"])
    assert found(few, runs) == {(FindingKind.GONE_FROM_ERP, name(order))}


def test_a_shop_that_ignores_the_date_filter_costs_no_read_of_older_orders(
    few: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    control.configure(unknown_filters=["confirm_date__gte", "confirm_date__lte", "offline"])
    old = new_order(control, confirm_date="2020-01-01T12:00:00", payment_status="paid")
    control.clear_journal()
    clock.advance(hours=2)
    assert found(few, runs) == set()
    assert old["id"] not in {call["order_id"] for call in control.journal(service="shop")}


def test_a_renamed_order_is_still_the_same_order(
    few: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    order = processed(control)[0]
    control.edit_order(order["id"], reference="CS-renamed")
    clock.advance(hours=2)
    assert found(few, runs) == set()


def test_a_lost_ledger_finds_the_same(
    exported: Services, control: SandboxControl, clock: Clock, runs: Runs, tmp_path: Path
) -> None:
    seeded = seed_all(control)
    clock.advance(days=2)
    forgetful = replace(exported, ledger=open_ledger(f"sqlite:///{tmp_path / 'new.db'}", clock=clock))
    known_by_the_ledger_alone = {(kind, name) for kind, name in seeded if kind is FindingKind.CONTENT_DIFFERS}
    assert found(forgetful, runs) == seeded - known_by_the_ledger_alone


def test_an_order_that_the_shop_cannot_show_is_named_and_its_finding_stays(
    few: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    order = processed(control)[0]
    control.edit_order(order["id"], state="confirmed")
    clock.advance(days=2)
    assert len(found(few, runs)) == 1
    control.edit_order(order["id"], quantity_of_everything="?", order_lines=[{"quantity": "many"}])

    reconciled = reconcile(few, runs())

    assert len(reconciled.errors) == 1
    assert len(few.ledger.findings.open()) == 1
    with pytest.raises(PermanentError, match="not compared"):
        reconciled.raise_overdue()


@pytest.mark.parametrize(
    "settings", [{"reconciliation": {"tolerance": "1.00"}, "webshops": {"2": {"payment_option": False}}}]
)
def test_totals_may_differ_by_the_tolerance_and_no_more(
    few: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    order = processed(control)[0]
    _change_price(control, order)
    clock.advance(hours=2)
    assert found(few, runs) == set()
    stricter = Settings.parse({**TOLERANT, "reconciliation": {"tolerance": "0.99"}})
    assert found(replace(few, settings=stricter), runs) == {(FindingKind.AMOUNT_DIFFERS, name(order))}


def test_it_pages_through_a_long_list_of_the_erp(
    exported: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    control.configure(erp_page_size=3)
    control.clear_journal()
    clock.advance(hours=2)
    assert found(exported, runs) == set()
    assert len(control.journal(service="erp")) == 6


def test_each_order_is_read_once(exported: Services, control: SandboxControl, runs: Runs) -> None:
    control.clear_journal()
    reconcile(exported, runs())
    reads = [call["order_id"] for call in control.journal(service="shop") if call["order_id"] is not None]
    assert len(reads) == len(set(reads)) == 24


def test_the_csv_has_a_row_per_finding_and_no_cell_that_a_spreadsheet_would_run(
    exported: Services, control: SandboxControl, clock: Clock, runs: Runs, tmp_path: Path
) -> None:
    seed_all(control)
    control.edit_order(processed(control)[-1]["id"], erp_order_number='=HYPERLINK("http://evil")')
    clock.advance(days=2)
    reconciled = reconcile(exported, runs())

    path = write_csv(reconciled, tmp_path / "reports")
    assert [file.stat().st_mode & 0o777 for file in (path.parent, *path.parent.iterdir())] == [0o700, 0o600, 0o600]

    assert path.name == f"{clock.now.astimezone(ZONE):%Y-%m-%d}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert {(row["kind"], row["order"]) for row in rows} == {
        (f.kind.value, f.external_reference) for f in reconciled.overdue
    }
    assert [row["shop"] for row in rows if "HYPERLINK" in row["shop"]] == ['\'=HYPERLINK("http://evil")']
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert {row["past_grace"] for row in rows} == {"yes"}
    with path.with_name(f"{path.stem}-days.csv").open(encoding="utf-8-sig", newline="") as file:
        days = list(csv.DictReader(file))
    assert [row["shop_total"] for row in days] == [str(total.shop_total) for total in reconciled.summary.totals]
    assert sorted(p.suffix for p in path.parent.iterdir()) == [".csv", ".csv"]


def test_named_orders_are_compared_again_at_once_and_no_others(
    few: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    first, other, *_ = processed(control)
    for order in (first, other):
        control.edit_order(order["id"], erp_order_number=None)
    both = {(FindingKind.NUMBER_MISSING, name(order)) for order in (first, other)}
    assert found(few, runs) == both

    clock.now = datetime.now(UTC)
    for order in (first, other):
        control.edit_order(order["id"], erp_order_number=order["erp_order_number"])
    reconcile(few, runs())
    assert len(few.ledger.findings.open()) == 2, "what was changed just now is not judged"
    compared_at = few.ledger.findings.reconciliations(limit=1)[0].at

    again = compare_again(few, runs(), [first["id"]])

    assert (again.compared, again.different, again.resolved, again.errors) == (1, 0, 1, [])
    assert [finding.external_reference for finding in few.ledger.findings.open()] == [name(other)]
    assert few.ledger.findings.reconciliations(limit=1)[0].at == compared_at, "it is no comparison of both sides"


def test_a_named_order_that_differs_still_does_so(few: Services, control: SandboxControl, runs: Runs) -> None:
    order = processed(control)[0]
    control.edit_order(order["id"], state="cancel")

    again = compare_again(few, runs(), [order["id"]])

    assert (again.compared, again.different, again.resolved) == (1, 1, 0)
    assert [finding.kind for finding in few.ledger.findings.open()] == [FindingKind.CANCELLED_IN_SHOP]
