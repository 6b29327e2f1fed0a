"""The list of orders: found, filtered, sorted, paged, and as a file."""

import csv
from datetime import UTC, datetime

import httpx
import pytest

from orderflow.domain.decision import Action
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.errors import PermanentError
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import Step
from support.clock import Clock
from support.orders import line
from support.page import DAILY, Decide, ask, names


@pytest.mark.parametrize("text", ["cs77", "1/CS77", "77", "ERP-9", "erp-9 cs77"])
def test_orders_are_found_by_reference_id_and_erp_number(
    page: httpx.Client, decide: Decide, ledger: Ledger, text: str
) -> None:
    key = decide(77, action=Action.PROCESS, reason=Reason.PAID)
    decide(12)
    with ledger.claim(key, DAILY) as claim:
        claim.intend(Step.PUSH)
        claim.succeed(Step.PUSH, progress=Progress.PUSHED, erp_number="ERP-9")

    assert names(page, text=text) == ["1/CS77"]


@pytest.mark.parametrize("text", ["%", "C_77", "CS77'--", "²", "9" * 40])
def test_a_search_takes_every_character_as_it_is(page: httpx.Client, decide: Decide, text: str) -> None:
    decide(77)

    assert names(page, text=text) == []


def test_filters_hold_all_together(page: httpx.Client, decide: Decide) -> None:
    decide(1)
    decide(2, webshop=2)
    decide(3, action=Action.HOLD, reason=Reason.PAYMENT_UNKNOWN)

    assert names(page, worklist="waiting", webshop=2) == ["2/CS2"]
    assert names(page, reason="payment_unknown") == ["1/CS3"]
    assert names(page, worklist="held", webshop=2) == []


def test_pages_show_every_order_once(page: httpx.Client, decide: Decide) -> None:
    for number in range(1, 8):
        decide(number)

    pages = [ask(page, "orders", limit=3, offset=offset) for offset in (0, 3, 6)]

    assert {answer["total"] for answer in pages} == {7}
    assert [len(answer["orders"]) for answer in pages] == [3, 3, 1]
    assert len({order["name"] for answer in pages for order in answer["orders"]}) == 7


@pytest.mark.parametrize("text", ["unknown product", "inkoop-9", "124_STUK"])
def test_orders_are_found_by_what_was_said_about_them_and_by_the_customers_own_words(
    page: httpx.Client, decide: Decide, text: str
) -> None:
    detail = "unknown product 124_STUK"
    decide(77, action=Action.HOLD, reason=Reason.ORDER_INCOMPLETE, detail=detail, customer_order_number="INKOOP-9")
    decide(12, lines=())

    assert names(page, text=text) == ["1/CS77"]
    [found] = ask(page, "orders", text=text)["orders"]
    assert found["detail"] == detail
    assert "INKOOP" not in str(found), "by what an order is found is not told"


@pytest.mark.parametrize("sort", ["order", "why", "amount", "erp", "changed", "age"])
def test_a_list_can_be_sorted_by_a_column_and_backwards(
    page: httpx.Client, decide: Decide, clock: Clock, sort: str
) -> None:
    for number, price, reason in ((1, 9, Reason.NOT_PAID), (2, 110, Reason.OVERDUE), (3, 20, Reason.PAYMENT_STARTED)):
        clock.now = datetime(2026, 11, 20 + number, tzinfo=UTC)
        decide(number, lines=(line(1, unit_price=price),), reason=reason)
    ask_sorted = {"sort": sort}
    natural = {"why": [1, 2, 3], "amount": [1, 3, 2], "changed": [3, 2, 1]}.get(sort, [1, 2, 3])

    assert names(page, **ask_sorted) == [f"1/CS{number}" for number in natural]
    backwards = natural if sort == "erp" else natural[::-1]  # no order has a number: what has none comes last
    assert names(page, **ask_sorted, backwards=True) == [f"1/CS{number}" for number in backwards]


def test_the_oldest_can_come_first(page: httpx.Client, decide: Decide, clock: Clock) -> None:
    for number in (1, 2):
        clock.now = datetime(2026, 11, 20 + number, tzinfo=UTC)
        decide(number)

    assert names(page) == ["1/CS2", "1/CS1"]
    assert names(page, sort="age") == ["1/CS1", "1/CS2"]


def test_an_order_says_when_it_is_looked_at_again(page: httpx.Client, decide: Decide, ledger: Ledger) -> None:
    decide(1)
    held = decide(2, action=Action.HOLD, reason=Reason.BEFORE_GO_LIVE)
    refused = decide(3, action=Action.PROCESS, reason=Reason.PAID)
    with ledger.claim(refused, DAILY) as claim:
        claim.fail(Step.PUSH, PermanentError("no", reason=Reason.ERP_REJECTED), progress=Progress.REJECTED)

    looks = {order["order_id"]: order["next_look"] for order in ask(page, "orders")["orders"]}

    assert looks == {1: "2026-11-23T12:00:00Z", held: None, refused: "2026-11-23T18:00:00Z"}


def test_the_list_as_filtered_is_a_csv_file_without_formulas(page: httpx.Client, decide: Decide) -> None:
    decide(1, action=Action.HOLD, reason=Reason.ORDER_INCOMPLETE, detail='=HYPERLINK("http://evil.example")')
    decide(2, webshop=2)

    answer = page.get("/api/orders.csv", params={"webshop": 1, "language": "nl"})

    assert answer.headers["Content-Disposition"] == 'attachment; filename="orders-2026-11-23.csv"'
    assert answer.text.startswith("\ufeff"), "spreadsheets take it for something else than UTF-8 without"
    [row] = csv.DictReader(answer.text.removeprefix("\ufeff").splitlines())
    assert (row["order"], row["list"], row["amount"]) == ("1/CS1", "failed", "40.00")
    assert row["message"] == '\'=HYPERLINK("http://evil.example")'
    assert row["who_fixes_it"] == "webshopteam"


def test_a_csv_file_that_is_not_the_whole_list_says_so(
    page: httpx.Client, decide: Decide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orderflow.web.api.LONGEST", 1)
    decide(1)
    decide(2)

    assert page.get("/api/orders.csv").text.splitlines()[-1] == "… and 1 more orders: narrow the filters"


def test_nothing_of_an_order_but_what_the_table_needs_is_told(page: httpx.Client, decide: Decide) -> None:
    decide(1)

    [order] = ask(page, "orders")["orders"]

    assert not {"customer", "remarks", "payload_hash", "claim_token", "line_ids", "erp_lines"} & order.keys()
