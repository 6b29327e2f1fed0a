"""The outbox: each channel gets a message once, what it refuses is retried, and known causes send nothing."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import URL

from orderflow.domain.reasons import Owner, Reason
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.alerts import Alert, Subject, Taken
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.opening import open_ledger
from support.clock import Clock

MAIL, CHAT = "mail", "webhook"


def order(number: int) -> Subject:
    return Subject.of_order(number, f"1/CS{number}")


def reject(ledger: Ledger, number: int, product: str = "NOPE-1") -> None:
    ledger.alerts.see(order(number), Reason.ERP_REJECTED, f"unknown product {product}")


def take(ledger: Ledger, run: RunRef, channel: str = MAIL, *, settled: int = 0) -> Taken:
    return ledger.outbox.take(channel, run, owners=frozenset(Owner), settled_for=timedelta(seconds=settled))


def tell(ledger: Ledger, run: RunRef, channel: str = MAIL) -> list[str]:
    taken = take(ledger, run, channel)
    ledger.outbox.sent(channel, taken)
    return names(taken.opened)


def names(alerts: Sequence[Alert]) -> list[str]:
    return [alert.order for alert in alerts]


def test_each_channel_is_told_once(ledger: Ledger, run: RunRef, other_run: RunRef) -> None:
    reject(ledger, 1)
    assert tell(ledger, run, MAIL) == ["1/CS1"]
    assert tell(ledger, other_run, MAIL) == []
    assert tell(ledger, other_run, CHAT) == ["1/CS1"]


def test_what_a_channel_has_refused_is_taken_by_whatever_runs_next(
    ledger: Ledger, run: RunRef, other_run: RunRef
) -> None:
    reject(ledger, 1)
    ledger.outbox.give_back(MAIL, take(ledger, run))
    assert tell(ledger, other_run) == ["1/CS1"]
    assert tell(ledger, run) == []


def test_two_processes_do_not_tell_the_same_and_one_that_dies_is_replaced(
    ledger: Ledger, ledger_url: URL, clock: Clock, run: RunRef, other_run: RunRef
) -> None:
    other = open_ledger(ledger_url, clock=clock)
    reject(ledger, 1)
    assert names(take(ledger, run).opened) == ["1/CS1"]
    assert take(other, other_run) == ([], [])
    clock.advance(minutes=3)
    assert names(take(other, other_run).opened) == ["1/CS1"]
    assert take(ledger, run) == ([], [])


def test_who_joins_a_known_cause_is_no_news_and_is_counted_when_it_is_over(
    ledger: Ledger, clock: Clock, run: RunRef, other_run: RunRef
) -> None:
    reject(ledger, 1)
    tell(ledger, run)
    reject(ledger, 2)
    reject(ledger, 3, "OTHER")
    assert tell(ledger, other_run) == ["1/CS3"]
    assert names(ledger.outbox.unsaid(MAIL)) == ["1/CS2"]
    ledger.outbox.say(ledger.outbox.unsaid(MAIL))
    assert ledger.outbox.unsaid(MAIL) == []

    ledger.alerts.close(order(1))
    assert take(ledger, run).closed == [], "the cause is not gone"
    clock.advance(hours=1)
    ledger.alerts.close(order(2))
    taken = take(ledger, run)
    assert names(taken.closed) == ["1/CS1", "1/CS2"]
    ledger.outbox.sent(MAIL, taken)
    assert take(ledger, run) == ([], [])


def test_an_order_that_needs_its_own_decision_is_news_each_time(ledger: Ledger, run: RunRef) -> None:
    for number in (1, 2):
        ledger.alerts.see(order(number), Reason.PAYMENT_UNKNOWN, "no answer")
        assert tell(ledger, run) == [f"1/CS{number}"]


def test_doubts_of_one_incident_are_one_message(ledger: Ledger, clock: Clock, run: RunRef) -> None:
    told = []
    for number in range(4):
        ledger.alerts.see(order(number), Reason.ERP_IN_DOUBT, "no answer")
        told.append(tell(ledger, run))
        clock.advance(hours=2)
    ledger.alerts.close(order(3))
    clock.advance(hours=2)
    ledger.alerts.see(order(4), Reason.ERP_IN_DOUBT, "no answer")
    assert [*told, tell(ledger, run)] == [["1/CS0"], [], [], [], ["1/CS4"]]


def test_an_outage_is_told_when_it_lasts_and_its_end_only_to_who_was_told(
    ledger: Ledger, clock: Clock, run: RunRef
) -> None:
    hiccup, outage = order(1), order(2)
    ledger.alerts.see(hiccup, Reason.ERP_UNAVAILABLE, "503")
    assert tell(ledger, run) == []
    ledger.alerts.close(hiccup)
    assert take(ledger, run) == ([], [])
    ledger.alerts.see(outage, Reason.ERP_UNAVAILABLE, "503")
    clock.advance(minutes=15)
    assert tell(ledger, run) == ["1/CS2"]
    ledger.alerts.close(outage)
    assert names(take(ledger, run).closed) == ["1/CS2"]


def test_what_is_too_young_waits_until_its_cause_has_met_all_its_orders(
    ledger: Ledger, clock: Clock, run: RunRef
) -> None:
    reject(ledger, 1)
    assert take(ledger, run, settled=20) == ([], [])
    clock.advance(seconds=21)
    assert names(take(ledger, run, settled=20).opened) == ["1/CS1"]


def test_a_channel_hears_of_its_owners_causes_alone(ledger: Ledger, run: RunRef) -> None:
    reject(ledger, 1)
    ledger.alerts.see(order(2), Reason.PAYMENT_UNKNOWN, "")
    finance = ledger.outbox.take("f", run, owners={Owner.FINANCE}, settled_for=timedelta())
    assert names(finance.opened) == ["1/CS2"]


def test_an_order_whose_sides_differ_is_one_matter_whoever_says_so(ledger: Ledger, run: RunRef) -> None:
    ledger.alerts.see(order(1), Reason.EDITED_AFTER_EXPORT, "")
    tell(ledger, run)
    difference = Subject.of_difference("amount_differs", "1/CS1", 1)
    ledger.alerts.see(difference, Reason.SIDES_DIFFER, "10 instead of 9", title="amount_differs")
    assert tell(ledger, run) == []


def test_a_run_is_red_for_what_it_was_the_first_to_tell(ledger: Ledger, run: RunRef, other_run: RunRef) -> None:
    reject(ledger, 1)
    tell(ledger, run, "log")
    reject(ledger, 2)
    tell(ledger, other_run, "log")
    assert names(ledger.outbox.news_of("log", run)) == ["1/CS1"]
    assert ledger.outbox.news_of("log", other_run) == []
