"""The book of findings: one open finding per kind and order, until it is no longer found."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

from sqlalchemy import URL

from orderflow.domain.findings import FindingKind
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.models.reconciliation import DayTotal, DetectedDifference, Reconciliation
from orderflow.ledger.opening import open_ledger
from support.clock import Clock


def met(clock: Clock, **changes: Any) -> DetectedDifference:
    given = {
        "kind": FindingKind.STILL_CONFIRMED,
        "webshop": 1,
        "order_id": 12345,
        "external_reference": "1/CS48193",
        "erp_number": "ERP-1",
        "shop_value": "confirmed",
        "erp_value": "ERP-1",
        "detail": "",
        "day": "2026-11-22",
        "since": clock.now,
    }
    return DetectedDifference.model_validate({**given, **changes})


def test_a_finding_met_again_is_the_same_one_with_todays_values_and_its_first_beginning(
    ledger: Ledger, clock: Clock
) -> None:
    begun = clock.now
    (first,), _ = ledger.findings.update([met(clock)], judged=["1/CS48193"])
    clock.advance(days=1)
    (again,), gone = ledger.findings.update([met(clock, shop_value="draft")], judged=["1/CS48193"])

    assert (again.id, again.first_seen_at, again.since, gone) == (first.id, begun, begun, 0)
    assert (again.last_seen_at, again.shop_value) == (clock.now, "draft")
    assert ledger.findings.open() == [again]


def test_only_what_was_judged_and_not_met_is_resolved(ledger: Ledger, clock: Clock) -> None:
    ledger.findings.update([met(clock), met(clock, external_reference="1/CS2")], judged=["1/CS48193", "1/CS2"])
    clock.advance(days=1)

    assert ledger.findings.update([], judged=["1/CS48193", "1/CS3"]) == ([], 1)

    assert [finding.external_reference for finding in ledger.findings.open()] == ["1/CS2"]
    clock.advance(days=1)
    assert ledger.findings.update([], judged=["1/CS48193"]) == ([], 0), "resolved once, not again"


def test_a_finding_that_comes_back_is_a_new_one(ledger: Ledger, clock: Clock) -> None:
    (first,), _ = ledger.findings.update([met(clock)], judged=["1/CS48193"])
    ledger.findings.update([], judged=["1/CS48193"])
    clock.advance(days=1)

    (second,), _ = ledger.findings.update([met(clock)], judged=["1/CS48193"])

    assert second.id != first.id
    assert second.first_seen_at == clock.now
    assert len(ledger.findings._findings()) == 2


def test_two_comparisons_at_once_make_one_finding(ledger_url: URL, clock: Clock) -> None:
    together = Barrier(4, timeout=60)

    def compare(_: int) -> int:
        ledger = open_ledger(ledger_url, clock=clock)
        together.wait()
        (finding,), _ = ledger.findings.update([met(clock)], judged=["1/CS48193"])
        return finding.id

    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(compare, range(4)))
    assert len(ids) == len(open_ledger(ledger_url).findings.open()) == 1


def test_texts_from_outside_are_cut_and_freed_of_what_a_database_refuses(ledger: Ledger, clock: Clock) -> None:
    (finding,), _ = ledger.findings.update([met(clock, detail="a\0b" + "x" * 5000, shop_value="\0")], judged=[])

    assert finding.detail.startswith("abx")
    assert len(finding.detail) == 1000


def test_a_reconciliation_keeps_its_sums_digit_for_digit(ledger: Ledger, clock: Clock, run: RunRef) -> None:
    total = DayTotal(
        day="2026-11-22",
        webshop=1,
        currency="EUR",
        shop_orders=2,
        shop_total=Decimal("9007199254740993.10"),
        erp_orders=1,
        erp_total=Decimal("0.00"),
    )
    reconciliation = Reconciliation(
        first_day="2026-11-16",
        last_day="2026-11-23",
        webshop=None,
        compared=3,
        in_flight=0,
        unreadable=0,
        findings=1,
        overdue=1,
        resolved=0,
        totals=(total,),
    )
    ledger.findings.add_reconciliation(reconciliation, run)
    clock.advance(days=1)
    ledger.findings.add_reconciliation(reconciliation.model_copy(update={"webshop": 2}), run)

    newest, older = ledger.findings.reconciliations()

    assert (newest.webshop, newest.at, newest.run_id) == (2, clock.now, run.run_id)
    assert older.totals == (total,)
    assert len(ledger.findings.reconciliations(limit=1)) == 1
