"""Shop and ERP are compared both ways: every seeded difference is found, nothing else is, and nothing is changed."""

from decimal import Decimal

import pytest

from orderflow.domain.findings import FindingKind
from orderflow.flow.reconciliation.reconcile import reconcile
from orderflow.flow.services import Services
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs
from support.reconciling import SEEDS, Seed, found, in_erp, name, processed, seed_all

CURRENCY: Seed = in_erp(currency="GBP")


def test_a_clean_processed_day_has_no_finding_and_the_same_sums_on_both_sides(on_either: Services, runs: Runs) -> None:
    reconciled = reconcile(on_either, runs())

    assert (reconciled.overdue, reconciled.young, reconciled.errors) == ([], [], [])
    totals = reconciled.summary.totals
    assert sum(total.shop_orders for total in totals) == 16
    assert {(total.webshop, total.currency) for total in totals} == {(1, "EUR"), (1, "USD"), (2, "EUR")}
    for total in totals:
        assert total.shop_orders == total.erp_orders
        assert abs(total.shop_total - total.erp_total) <= total.shop_orders * Decimal("0.01"), "each side rounds"
    (kept,) = on_either.ledger.findings.reconciliations()
    assert (kept.totals, kept.findings, kept.compared) == (totals, 0, reconciled.summary.compared)


def test_the_seeds_are_one_of_every_kind() -> None:
    """But for customers and addresses, which `test_day_of_guests` has."""
    people = {FindingKind.CUSTOMER_DIFFERS, FindingKind.ADDRESS_DIFFERS}
    assert [kind for kind, _ in SEEDS] == [kind for kind in FindingKind if kind not in people]
    assert len(SEEDS) == 14


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

    notices = {(f.kind, f.external_reference) for f in reconciled.young}
    assert {kind for kind, _ in notices} == {FindingKind.CORRECTED_IN_ERP}
    assert {(f.kind, f.external_reference) for f in reconciled.overdue} | notices == seeded
    assert {call["method"] for call in control.journal()} == {"GET"}


def test_an_order_that_went_to_the_erp_and_is_now_shown_as_offline_is_said_and_has_nothing_to_be_marked(
    few: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    order = processed(control)[0]
    control.edit_order(order["id"], offline=True)
    clock.advance(hours=2)

    assert found(few, runs) == {(FindingKind.CONTENT_DIFFERS, name(order))}
