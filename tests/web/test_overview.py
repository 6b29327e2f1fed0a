"""What the page says about all orders together, and its words."""

from datetime import UTC, datetime

import httpx

from orderflow.domain.decision import Action
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.errors import PermanentError
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import Step
from support.clock import Clock
from support.page import DAILY, Decide, ask, names


def test_an_order_counts_to_the_day_of_its_partition_else_to_the_local_day_it_was_first_seen(
    page: httpx.Client, decide: Decide, clock: Clock
) -> None:
    clock.now = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)  # in the shop it is past midnight
    decide(1, run=DAILY)
    decide(2)
    clock.now = datetime(2026, 11, 23, 12, tzinfo=UTC)

    cells = ask(page, "overview", days=7)["per_day"]

    assert [(cell["day"], cell["orders"]) for cell in cells] == [("2026-11-20", 1), ("2026-11-22", 1)]
    assert names(page, first="2026-11-20", last="2026-11-21") == ["1/CS1"]
    assert names(page, first="2026-11-22") == ["1/CS2"]
    assert names(page, last="2026-11-21") == ["1/CS1"]


def test_amounts_are_summed_to_the_cent(page: httpx.Client, decide: Decide) -> None:
    for number in range(1, 4):
        decide(number)

    assert [(cell["amount"], cell["currency"]) for cell in ask(page, "overview")["open"]] == [("120.00", "EUR")]


def test_what_is_open_is_counted_whatever_its_day_and_tells_its_age(
    page: httpx.Client, decide: Decide, clock: Clock
) -> None:
    clock.now = datetime(2026, 8, 1, tzinfo=UTC)
    decide(1)
    clock.now = datetime(2026, 11, 23, tzinfo=UTC)
    decide(2)

    overview = ask(page, "overview", days=1)

    assert [(cell["worklist"], cell["orders"], cell["oldest"]) for cell in overview["open"]] == [
        ("waiting", 1, "2026-11-23T00:00:00Z"),
        ("overdue", 1, "2026-08-01T00:00:00Z"),
    ]
    assert len(overview["per_day"]) == 1


def test_an_offline_order_that_could_not_be_marked_is_counted_as_it_is_listed(
    page: httpx.Client, decide: Decide, ledger: Ledger
) -> None:
    marked = decide(1, action=Action.MARK, reason=Reason.OFFLINE)
    with ledger.claim(marked, DAILY) as claim:
        claim.succeed(Step.OFFLINE_SENT, progress=Progress.SHIPMENT_SENT)
    unmarked = decide(2, action=Action.MARK, reason=Reason.OFFLINE)
    with ledger.claim(unmarked, DAILY) as claim:
        claim.fail(Step.OFFLINE_SENT, PermanentError("401", reason=Reason.SHOP_AUTH))

    assert [(cell["worklist"], cell["orders"]) for cell in ask(page, "overview")["open"]] == [("failed", 1)]
    assert names(page, worklist="failed") == ["1/CS2"]
    assert [order.order_id for order in ledger.open_orders()] == [unmarked], "what `python -m orderflow open` lists"


def test_trends_have_each_day_and_the_ages_of_what_is_open(page: httpx.Client, decide: Decide) -> None:
    decide(1, action=Action.PROCESS, reason=Reason.PAID)
    decide(2)

    answer = ask(page, "trends", days=7)

    assert len(answer["days"]) == 7
    assert [(day["day"], day["orders"], day["due"], day["met"]) for day in answer["per_day"]] == [
        ("2026-11-22", 1, 1, 0)
    ]
    assert answer["level"] == {"text": "90 % within 30 min", "share": 0.9, "within": 1800}
    assert answer["ages"] == {"hour": 2, "day": 0, "week": 0, "month": 0, "older": 0}


def test_webshops_are_called_as_the_settings_say(page: httpx.Client, decide: Decide) -> None:
    decide(1)
    decide(2, webshop=2)

    assert ask(page, "frame")["webshops"] == [{"id": 1, "name": "Wholesale"}, {"id": 2, "name": "2"}]


def test_texts_come_in_the_language_that_is_asked_for(page: httpx.Client) -> None:
    assert ask(page, "frame", language="nl")["reasons"]["paid"]["meaning"] == "De betaling is gelukt."
    assert ask(page, "frame", language="en")["reasons"]["paid"]["meaning"] == "The payment succeeded."
