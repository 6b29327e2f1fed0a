"""Which orders are compared, by webshop, day and name, and how many calls that takes."""

import csv
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from orderflow.domain.findings import FindingKind
from orderflow.flow.orders.run import run_sweep
from orderflow.flow.reconciliation.csv_export import COLUMNS, write_csv
from orderflow.flow.reconciliation.reconcile import reconcile
from orderflow.flow.services import Services
from orderflow.ledger.opening import open_ledger
from orderflow.settings import Settings
from sandbox.config import TODAYS_ERP
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs
from support.reconciling import (
    ZONE,
    change_price,
    erp_order,
    found,
    name,
    new_order,
    processed,
    seed_all,
)

TOLERANT = {"reconciliation": {"tolerance": "1.00"}, "webshops": {"2": {"payment_option": False}}}


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


@pytest.mark.parametrize("erp", [{}, TODAYS_ERP], ids=["names the shop's order", "as of today"])
def test_an_order_is_not_compared_with_the_erp_order_of_another_one_of_its_name(
    few: Services, control: SandboxControl, clock: Clock, runs: Runs, erp: dict[str, bool]
) -> None:
    control.configure(**erp)
    first = processed(control)[0]
    called = {"reference": first["reference"], "webshop": first["webshop"]}
    order = new_order(control, **called, payment_status="paid")
    run_sweep(few, runs())
    clock.advance(hours=2)
    assert found(few, runs) == {(FindingKind.NOT_IN_ERP, name(order))}


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


@pytest.mark.parametrize(
    "settings", [{"reconciliation": {"tolerance": "1.00"}, "webshops": {"2": {"payment_option": False}}}]
)
def test_totals_may_differ_by_the_tolerance_and_no_more(
    few: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    order = processed(control)[0]
    change_price(control, order)
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
        (f.kind.value, f.external_reference) for f in [*reconciled.overdue, *reconciled.young]
    }
    assert [row["shop"] for row in rows if "HYPERLINK" in row["shop"]] == ['\'=HYPERLINK("http://evil")']
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert {row["kind"] for row in rows if row["past_grace"] == "no"} == {"corrected_in_erp"}
    with path.with_name(f"{path.stem}-days.csv").open(encoding="utf-8-sig", newline="") as file:
        days = list(csv.DictReader(file))
    assert [row["shop_total"] for row in days] == [str(total.shop_total) for total in reconciled.summary.totals]
    assert sorted(p.suffix for p in path.parent.iterdir()) == [".csv", ".csv"]
