"""One run: its orders, and what a dry run planned."""

import httpx

from orderflow.domain.reasons import Reason
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.dry_runs import PlannedCall
from orderflow.ledger.models.orders import RunRef
from support.page import DAILY, Decide, ask


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
