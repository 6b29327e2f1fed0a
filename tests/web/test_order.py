"""One order: what happened to it, what is known about it, and what people may say."""

import httpx

from orderflow.domain.decision import Action
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.errors import PermanentError
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import RunRef, Step, Word
from support.clock import Clock
from support.page import DAILY, Decide, ask
from support.shipments import slip_in_doubt


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


def test_a_packing_slip_in_doubt_may_be_decided_about_at_once_unless_a_run_works_on_it(
    page: httpx.Client, decide: Decide, ledger: Ledger, clock: Clock
) -> None:
    number = decide(5, run=DAILY, action=Action.PROCESS, reason=Reason.PAID)
    with ledger.claim(number, DAILY) as claim:
        claim.intend(Step.PUSH)
        claim.succeed(Step.PUSH, progress=Progress.PUSHED, erp_number="ERP-1")
    slip_in_doubt(ledger, "PS-1", "ERP-1")
    slip_in_doubt(ledger, "PS-2", "ERP-1")
    slip_in_doubt(ledger, "PS-3", "ERP-2")

    def in_doubt() -> list[str]:
        return [slip["number"] for slip in ask(page, f"orders/{number}")["slips_in_doubt"]]

    assert in_doubt() == ["PS-1", "PS-2"]
    with ledger.shipments.claim("PS-1", DAILY) as claim:
        claim.intend()
        assert in_doubt() == ["PS-2"]
        clock.advance(hours=1)
        assert in_doubt() == ["PS-1", "PS-2"], "its run has died"
    with ledger.shipments.claim("PS-2", DAILY) as claim:
        claim.succeed()
    assert in_doubt() == ["PS-1"]


def test_an_order_that_was_never_seen_is_not_found(page: httpx.Client) -> None:
    assert page.get("/api/orders/1/404").status_code == 404
