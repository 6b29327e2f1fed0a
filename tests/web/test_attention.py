"""What needs attention: alerts, differences between shop and ERP, and the check of the shop."""

from datetime import UTC, datetime

import httpx
import pytest

from orderflow.domain.decision import Action
from orderflow.domain.findings import KINDS, FindingKind
from orderflow.domain.reasons import Reason
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.alerts import Subject
from orderflow.ledger.models.reconciliation import DetectedDifference
from orderflow.ledger.models.shop_check import KeptCheck, KeptVerdict
from support.clock import Clock
from support.page import Decide, ask, names


def test_open_alerts_are_shown_and_closed_ones_are_not(page: httpx.Client, decide: Decide, ledger: Ledger) -> None:
    for number in (1, 2):
        ledger.alerts.see(Subject.of_order(decide(number), f"1/CS{number}"), Reason.ERP_REJECTED, "unknown product")
    ledger.alerts.close(Subject.of_order(2, ""))

    answer = ask(page, "alerts")

    assert answer["total"] == 1
    assert [cause["names"] for cause in answer["causes"]] == [["1/CS1"]]
    assert names(page, cause=answer["causes"][0]["cause"]) == ["1/CS1"], "what a message's link opens"
    assert names(page, cause="00000000") == []


def test_what_needs_attention_is_one_line_per_cause_with_everything_that_has_it(
    page: httpx.Client, decide: Decide, ledger: Ledger
) -> None:
    ids = [decide(n, action=Action.HOLD, reason=Reason.ORDER_INCOMPLETE, detail="missing: currency") for n in range(9)]
    done = decide(10, action=Action.SKIP, reason=Reason.CANCELLED)
    ledger.alerts.see(Subject.of_difference("x", "1/CS10", done), Reason.SIDES_DIFFER, "odd", title="")
    ledger.alerts.see(Subject.of_missed_days(), Reason.DAY_NOT_RUN, "2026-11-20", title="")
    ledger.alerts.see(Subject.of_shipment("PS-1", "packing slip PS-1", None), Reason.MESSAGE_IN_DOUBT, "no answer")

    answer = ask(page, "alerts")

    assert answer["total"] == 4
    causes = {cause["reason"]: cause for cause in answer["causes"]}
    assert next(iter(causes)) == "message_in_doubt", "the most urgent first"
    held = causes["order_incomplete"]
    assert (held["size"], held["unit"], held["message"], held["order_id"]) == (9, "order", "missing: currency", None)
    assert [order["order_id"] for order in held["retryable"]] == ids
    assert held["amounts"] == [{"currency": "EUR", "amount": "360.00"}]
    assert len(names(page, cause=held["cause"])) == 9
    assert causes["sides_differ"]["retryable"] == [], "there is nothing to do again"
    assert (causes["sides_differ"]["order_id"], causes["sides_differ"]["names"]) == (done, ["1/CS10"])
    missed = causes["day_not_run"]
    assert (missed["unit"], missed["names"], missed["message"]) == ("", ["missed days"], "2026-11-20")
    assert (missed["has_orders"], missed["retryable"], missed["order_id"]) == (False, [], None)
    assert (causes["message_in_doubt"]["unit"], causes["message_in_doubt"]["size"]) == ("packing slip", 1)


def test_a_difference_has_the_owner_of_its_order_and_says_when_that_has_changed_since(
    page: httpx.Client, decide: Decide, ledger: Ledger, clock: Clock
) -> None:
    clock.now = datetime(2026, 11, 23, 6, tzinfo=UTC)
    changed = decide(1, action=Action.HOLD, reason=Reason.ORDER_INCOMPLETE)
    same = decide(2, action=Action.PROCESS, reason=Reason.PAID)
    met = [difference(order_id) for order_id in (changed, same)]
    ledger.findings.update(met, judged=[])
    clock.now = datetime(2026, 11, 23, 7, tzinfo=UTC)
    decide(changed, action=Action.HOLD, reason=Reason.CUSTOMER_UNKNOWN, detail="another customer")

    found = {finding["order_id"]: finding for finding in ask(page, "findings")["findings"]}

    assert [found[order_id]["changed"] for order_id in (changed, same)] == [True, False]
    told = ask(page, "frame")["reasons"][Reason.CUSTOMER_UNKNOWN]
    assert {key: found[changed][key] for key in ("owner", "action")} == {key: told[key] for key in ("owner", "action")}
    assert found[same]["owner"] == KINDS[FindingKind.AMOUNT_DIFFERS].owner


@pytest.mark.parametrize("language", ["en", "nl"])
def test_an_alert_about_a_difference_says_what_the_difference_says(
    page: httpx.Client, decide: Decide, ledger: Ledger, language: str
) -> None:
    order_id = decide(1, action=Action.PROCESS, reason=Reason.PAID)
    ledger.findings.update([difference(order_id)], judged=[])
    subject = Subject.of_difference(FindingKind.AMOUNT_DIFFERS, "1/CS1", order_id)
    ledger.alerts.see(subject, Reason.SIDES_DIFFER, "10.00 EUR", title=FindingKind.AMOUNT_DIFFERS)

    [finding] = ask(page, "findings", language=language)["findings"]
    alerts = {cause["reason"]: cause["advice"] for cause in ask(page, "alerts", language=language)["causes"]}

    said = {key: finding[key] for key in ("meaning", "owner", "action")}
    assert alerts[Reason.SIDES_DIFFER] == said


def difference(order_id: int) -> DetectedDifference:
    return DetectedDifference(
        kind=FindingKind.AMOUNT_DIFFERS,
        webshop=1,
        order_id=order_id,
        external_reference=f"1/CS{order_id}",
        erp_number="ERP-1",
        shop_value="12.00 EUR",
        erp_value="10.00 EUR",
        detail="",
        day="2026-11-22",
        since=datetime(2026, 11, 22, tzinfo=UTC),
    )


def test_the_last_check_is_shown_with_what_has_changed_and_none_before_the_first(
    page: httpx.Client, ledger: Ledger
) -> None:
    assert ask(page, "check") is None
    verdict = KeptVerdict(
        id="count", sentence="as assumed", outcome="does not hold", seen="9", follows="x", todo="", was="holds"
    )
    kept = KeptCheck(
        at=datetime(2026, 11, 23, 5, tzinfo=UTC),
        run="orderflow_check r1",
        verdicts=(verdict,),
        proposed={"limits": {"page_size": 20}},
        reasons={"limits.page_size": "the shop gives no more"},
        known={"count": "does not hold"},
        compared_with={"count": "holds"},
    )
    ledger.checks.keep(kept)
    answer = ask(page, "check")
    assert answer["verdicts"] == [verdict.model_dump()]
    assert (answer["proposed"], answer["at"]) == ({"limits": {"page_size": 20}}, "2026-11-23T05:00:00Z")
