"""Questions to people on a real scheduler: asked once, answered by a person, closed when obsolete."""

from typing import Any

from sqlalchemy import create_engine, text

from orderflow.ledger.models.orders import Step
from sandbox.control import SandboxControl
from service import wait_until
from support.live_airflow import Live

DECISIONS, ASK = "orderflow_decisions", "ask"
ORDER = {"confirm_date": "2026-05-01T12:00:00", "webshop": 1, "payment_status": "paid"}
ACCEPT = "The ERP is changed too, or need not be"


def test_two_edits_are_asked_about_once_one_is_answered_and_the_other_ends_otherwise(
    live: Live, control: SandboxControl
) -> None:
    ids = control.add_orders(*({**ORDER, "reference": f"CS{n}"} for n in (1, 2)))
    assert live.run(dag_id="orderflow_sweep")[1] == "success"
    for order_id in ids:
        control.edit_order(order_id, customer_order_number="PO-NEW", state="confirmed")
    assert live.run(dag_id="orderflow_sweep")[1] == "failed", "news"

    run_id = live.airflow.trigger(DECISIONS)
    first, second = wait_until(lambda: _questions(live, 2) or None, 180, "questions")
    assert first["subject"].startswith("1/CS1 was changed in the shop")
    assert ACCEPT in first["options"]
    assert live.run(dag_id=DECISIONS)[1] == "success", "nothing is asked twice"
    assert len(_questions(live, 2)) == 2

    where = f"/dags/{DECISIONS}/dagRuns/{run_id}/taskInstances/{ASK}"
    said = {"chosen_options": [ACCEPT], "params_input": {"remark": "by phone"}}
    live.airflow.api("PATCH", f"{where}/{first['task_instance']['map_index']}/hitlDetails", said)
    wait_until(lambda: len(live.ledger.alerts.open()) == 1 or None, 180, "answer to be carried out")
    (answer,) = [event for event in live.ledger.events(order_id=ids[0]) if event.step is Step.ANSWER]
    assert answer.message == f"admin: {ACCEPT}. by phone"

    assert live.run(dag_id="orderflow_orders", resolve=[str(ids[1])])[1] == "success"
    assert [q["subject"] for q in _questions(live, 1)] == [second["subject"]], "it is closed at its next look"
    _let_time_pass(live)
    assert live.airflow.wait(DECISIONS, run_id, timeout=180) == "success"
    assert _questions(live, 0) == []
    states = [i["state"] for i in live.airflow.task_instances(DECISIONS, run_id) if i["task_id"] == ASK]
    assert sorted(states) == ["skipped", "success"]


def _questions(live: Live, wanted: int) -> list[dict[str, Any]]:
    """Return the open questions by name, once there are so many; else none."""
    where = f"/dags/{DECISIONS}/dagRuns/~/hitlDetails"
    listed = live.airflow.api("GET", where, response_received=False, state="awaiting_input")
    found: list[dict[str, Any]] = sorted(listed["hitl_details"], key=lambda question: question["subject"])
    return found if len(found) == wanted else []


def _let_time_pass(live: Live) -> None:
    """Move the next look at every question into the past."""
    moved = text("UPDATE task_instance SET trigger_timeout = now() - interval '1 s' WHERE state = 'awaiting_input'")
    with create_engine(live.airflow.environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]).begin() as connection:
        assert connection.execute(moved).rowcount == 1
