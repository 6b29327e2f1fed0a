"""What the page learns about orders."""

import csv
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from orderflow.domain.decision import Action
from orderflow.domain.findings import KINDS, FindingKind
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.errors import PermanentError
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.alerts import Subject
from orderflow.ledger.models.dry_runs import PlannedCall
from orderflow.ledger.models.orders import RunRef, Step, Word
from orderflow.ledger.models.reconciliation import DetectedDifference
from orderflow.ledger.models.shop_check import KeptCheck, KeptVerdict
from support.clock import Clock
from support.orders import line
from support.page import Decide

DAILY = RunRef(dag_id="orderflow_daily", run_id="daily", task_id="select_payable", partition="2026-11-20")


def ask(page: httpx.Client, path: str, **query: Any) -> Any:
    answer = page.get(f"/api/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(page: httpx.Client, **query: Any) -> list[str]:
    return [order["name"] for order in ask(page, "orders", **query)["orders"]]


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
    decide(1, action=Action.SKIP, reason=Reason.OFFLINE)
    unmarked = decide(2, action=Action.SKIP, reason=Reason.OFFLINE)
    with ledger.claim(unmarked, DAILY) as claim:
        claim.fail(Step.OFFLINE_SENT, PermanentError("401", reason=Reason.SHOP_AUTH))

    assert [(cell["worklist"], cell["orders"]) for cell in ask(page, "overview")["open"]] == [("failed", 1)]
    assert names(page, worklist="failed") == ["1/CS2"]
    assert [order.order_id for order in ledger.open_orders()] == [unmarked], "what `python -m orderflow open` lists"


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


def test_the_oldest_can_come_first(page: httpx.Client, decide: Decide, clock: Clock) -> None:
    for number in (1, 2):
        clock.now = datetime(2026, 11, 20 + number, tzinfo=UTC)
        decide(number)

    assert names(page) == ["1/CS2", "1/CS1"]
    assert names(page, sort="age") == ["1/CS1", "1/CS2"]


def test_an_order_tells_what_happened_and_by_which_task(page: httpx.Client, decide: Decide, ledger: Ledger) -> None:
    key = decide(5, run=DAILY, action=Action.PROCESS, reason=Reason.PAID)
    push = DAILY.model_copy(update={"task_id": "process_order.push_to_erp", "map_index": 3, "try_number": 2})
    with ledger.claim(key, push) as claim:
        claim.intend(Step.PUSH)
        error = PermanentError("<script>alert(1)</script>", reason=Reason.ERP_REJECTED)
        claim.fail(Step.PUSH, error, progress=Progress.REJECTED)

    detail = ask(page, "orders/1/5")

    assert (detail["order"]["worklist"], detail["order"]["retryable"]) == ("failed", True)
    assert detail["order"]["detail"] == "<script>alert(1)</script>", "escaping is for whoever shows it"
    assert [(event["step"], event["outcome"]) for event in detail["events"]] == [
        ("select", "decided"),
        ("push_to_erp", "intent"),
        ("push_to_erp", "rejected"),
    ]
    last = detail["events"][-1]
    assert (last["task_id"], last["map_index"], last["try_number"]) == ("process_order.push_to_erp", 3, 2)
    assert detail["shop_admin_url"] == "https://shop.example/1/orders/5?ref=CS5"


def test_an_order_says_what_people_may_say_about_it(
    page: httpx.Client, decide: Decide, ledger: Ledger, clock: Clock
) -> None:
    held, waiting = decide(1, action=Action.HOLD, reason=Reason.ORDER_INCOMPLETE), decide(2)
    run = RunRef(dag_id="orderflow_decisions", run_id="q", map_index=3)

    def may(order_id: int) -> tuple[bool, bool, list[int]]:
        detail = ask(page, f"orders/{order_id}")
        return detail["order"]["resolvable"], detail["undoable"], [asked["map_index"] for asked in detail["questions"]]

    assert may(waiting) == (False, False, [])
    assert may(held) == (True, False, [])
    assert ledger.questions.ask(ledger.alerts.open()[0], "", run) is not None
    assert may(held) == (True, False, [3])
    with ledger.claim(held, run) as claim:
        claim.resolve(None, None, Word("anna", "by hand"))
    assert may(held) == (False, True, [3])
    clock.advance(hours=25)
    assert may(held) == (False, False, [3])


def test_an_order_that_was_never_seen_is_not_found(page: httpx.Client) -> None:
    assert page.get("/api/orders/1/404").status_code == 404


def test_a_run_shows_the_orders_it_wrote_about_and_no_others(
    page: httpx.Client, decide: Decide, ledger: Ledger
) -> None:
    decide(1, run=DAILY)
    decide(2)
    ledger.unread(3, "CS3", Reason.SHOP_UNAVAILABLE, "timed out", DAILY)

    answer = ask(page, "run", dag_id="orderflow_daily", run_id="daily")

    assert sorted(order["name"] for order in answer["orders"]) == ["1/CS1", "CS3"]
    assert {o["name"]: o["in_run"]["outcome"] for o in answer["orders"]} == {"1/CS1": "decided", "CS3": "failed"}
    summary = ask(page, "run/summary", dag_id="orderflow_daily", run_id="daily")
    assert {cell["worklist"]: cell["orders"] for cell in summary} == {"waiting": 1, "failed": 1}
    assert ask(page, "run", dag_id="another", run_id="daily")["total"] == 0


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


def test_texts_come_in_the_language_that_is_asked_for(page: httpx.Client) -> None:
    assert ask(page, "frame", language="nl")["reasons"]["paid"]["meaning"] == "De betaling is gelukt."
    assert ask(page, "frame", language="en")["reasons"]["paid"]["meaning"] == "The payment succeeded."


@pytest.mark.parametrize(
    "query",
    [
        "first=2026-11-02&last=2026-11-01",
        "first=2020-01-01",
        "worklist=lost",
        "limit=999",
        "limit=99999999999999999999999999",
        "offset=9223372036854775808",
        "webshop=9223372036854775808",
        "webshop=-9223372036854775809",
        f"webshop={'9' * 5000}",
        "last=0001-01-01",
        "first=9999-12-31",
        "first=9999-12-31&last=9999-12-31",
        "last=10000-01-01",
        "first=2026-02-30",
        "text=a%00b",
        "cause=%00",
        f"text={'a' * 101}",
    ],
)
def test_what_cannot_be_asked_is_refused(page: httpx.Client, query: str) -> None:
    answer = page.get(f"/api/orders?{query}")
    assert answer.status_code == 422
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["orders/9223372036854775808", "orders/1/9223372036854775808/plan", "orders/1.5"])
def test_an_id_that_no_order_can_have_is_refused(page: httpx.Client, path: str) -> None:
    assert page.get(f"/api/{path}").status_code == 422


@pytest.mark.parametrize("route", ["run", "run/summary", "run/plan"])
@pytest.mark.parametrize("run_id", ["%00", "a" * 251])
def test_a_run_that_cannot_exist_is_refused(page: httpx.Client, route: str, run_id: str) -> None:
    assert page.get(f"/api/{route}?dag_id=orderflow_daily&run_id={run_id}").status_code == 422


def test_nothing_of_an_order_but_what_the_table_needs_is_told(page: httpx.Client, decide: Decide) -> None:
    decide(1)

    [order] = ask(page, "orders")["orders"]

    assert not {"customer", "remarks", "payload_hash", "claim_token", "line_ids", "erp_lines"} & order.keys()


def test_what_a_dry_run_planned_is_shown_without_its_bodies_to_who_may_only_look(
    page: httpx.Client, ledger: Ledger
) -> None:
    dry = RunRef(dag_id="orderflow_daily", run_id="dry", task_id="push_to_erp")
    body = '{"remarks": "Wilhelmina Canary, w.canary@example.org, +31 6 12345678"}'
    call = PlannedCall(subject="1/CS7", order_id=7, system="erp", method="POST", path="/sales-orders", body=body)
    ledger.plans.keep(dry, [call])

    answers = [
        ask(page, "run/plan", dag_id="orderflow_daily", run_id="dry"),
        ask(page, "orders/7/plan"),
        ask(page, "orders/1/7/plan"),
    ]

    for answer in answers:
        [found] = answer["calls"]
        assert (found["subject"], found["path"], found["body"]) == ("1/CS7", "/sales-orders", None)
    assert not [piece for piece in ("Canary", "canary", "12345678") if piece in str(answers)]


def test_what_a_dry_run_planned_is_shown_with_its_numbers_as_they_are(
    retrying_page: httpx.Client, ledger: Ledger
) -> None:
    dry = RunRef(dag_id="orderflow_daily", run_id="dry", task_id="push_to_erp")
    call = PlannedCall(
        subject="1/CS7", order_id=7, system="erp", method="POST", path="/sales-orders", body='{"price": 1.10}'
    )
    message = call.model_copy(update={"order_id": None, "subject": "slip 9", "system": "shop", "body": "<DESADV/>"})
    ledger.plans.keep(dry, [call, message])

    of_run = ask(retrying_page, "run/plan", dag_id="orderflow_daily", run_id="dry")
    of_order = ask(retrying_page, "orders/1/7/plan")

    assert of_run["total"] == 2
    assert [(found["subject"], found["order_id"], found["body"]) for found in of_run["calls"]] == [
        ("1/CS7", 7, '{\n  "price": 1.10\n}'),
        ("slip 9", None, "<DESADV/>"),
    ]
    assert [found["run_id"] for found in of_order["calls"]] == ["dry"]
    assert ask(retrying_page, "run/plan", dag_id="orderflow_daily", run_id="other") == {"total": 0, "calls": []}
    assert len(ask(retrying_page, "run/plan", dag_id="orderflow_daily", run_id="dry", limit=1, offset=1)["calls"]) == 1


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
