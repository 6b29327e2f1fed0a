"""An hour of trouble on a real scheduler: each cause is announced once, grouped, retried until accepted, and ended.

`make hour` runs it with a mail server that is down for ten minutes, and shows when each cause was recorded and told.
"""

import os
import re
import signal
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from orderflow.orchestration.retries import RETRIES
from sandbox.control import SandboxControl
from service import wait_until
from support.hour_table import table, told
from support.live_airflow import RUN_TIMEOUT, Live

DAILY, SWEEP, DELIVERIES, NAMED = "orderflow_daily", "orderflow_sweep", "orderflow_deliveries", "orderflow_orders"
KILLED = "select_payable"
"""The task that dies: it reads the orders."""
DAY = "2026-05-01"
ORDER = {"confirm_date": f"{DAY}T12:00:00", "webshop": 1, "payment_status": "paid"}
GOOD = {"origin": "myorigin", "key": "124_STUK"}
UNKNOWN = [{"product": {"origin": "x", "key": "UNKNOWN-1"}, "quantity": "1.0", "unit_price": "1.00"}]
CAUSES = {
    ("erp_rejected", "UNKNOWN-1"): "15 orders",
    ("erp_in_doubt", ""): "1 order",
    ("payment_unknown", ""): "3 orders",
}
MAIL_IS_DOWN = timedelta(minutes=float(os.environ.get("ORDERFLOW_HOUR_MAIL_DOWN", "0")))
TABLE = os.environ.get("ORDERFLOW_HOUR_TABLE")
"""Where to write the times, if anywhere."""


def heads(messages: list[Any], *, fixed: bool = False) -> Counter[str]:
    """Count how often each cause was told, or told to be over, by what stands before its facts."""
    lines = [line for message in messages for line in message["text"].splitlines() if " — " in line]
    told = [line for line in lines if line.startswith("Fixed: ") is fixed]
    return Counter(line.removeprefix("Fixed: ").partition(" — ")[0] for line in told)


def linked(live: Live, said: str) -> dict[str, set[int]]:
    """Follow the links of messages as the page does; return by cause the orders that "Retry these" would retry."""
    alerts = live.airflow.get("/orderflow/api/alerts", limit=100)["causes"]
    retryable = {alert["cause"]: {order["order_id"] for order in alert["retryable"]} for alert in alerts}
    causes = re.findall(r"/plugin/orders/orderflow/\?cause=(\w+)", said)
    for cause in causes:
        listed = live.airflow.get("/orderflow/api/orders", cause=cause)["orders"]
        assert {order["order_id"] for order in listed} == retryable[cause], "the link opens exactly these"
    return {cause: retryable[cause] for cause in causes}


def doubtful(live: Live, said: str) -> list[str]:
    """Follow the link of a message to its orders; return the packing slips for which their pages have buttons."""
    (cause,) = re.findall(r"/plugin/orders/orderflow/\?cause=(\w+)", said)
    listed = live.airflow.get("/orderflow/api/orders", cause=cause)["orders"]
    pages = [live.airflow.get(f"/orderflow/api/orders/{order['order_id']}") for order in listed]
    return [slip["number"] for page in pages for slip in page["slips_in_doubt"]]


def mail_comes_back(live: Live) -> datetime:
    """Let the mail server accept mails some time after the chat has told of the trouble; return when."""
    wait_until(lambda: live.messages or None, RUN_TIMEOUT, "message")
    back = datetime.now(UTC) + MAIL_IS_DOWN
    wait_until(lambda: datetime.now(UTC) >= back or None, MAIL_IS_DOWN.total_seconds() + 1, "mail server")
    assert live.mailbox.mails == []
    live.mailbox.is_down = False
    return datetime.now(UTC)


def faults(in_doubt: int, half: int, forbidden: int) -> list[dict[str, Any]]:
    """Leave one order in doubt, one partly written back and one unreadable."""
    found = {"service": "erp", "method": "GET", "path": f"shop_order_id={in_doubt}\\b"}
    return [
        {"action": "reset_after_commit", "service": "erp", "method": "POST", "body": "CSDOUBT", "times": 0},
        {"action": "status", "status": 503, "skip": 1, "times": 0, **found},
        {"action": "status", "status": 400, "method": "PATCH", "path": f"/api/order/{half}/", "times": 0},
        {"action": "status", "status": 403, "method": "GET", "path": f"/api/order/{forbidden}/", "times": 0},
    ]


def a_run_dies(live: Live, control: SandboxControl, order_id: int) -> timedelta:
    """Kill the process that reads the orders of a day in each of its tries, while the shop keeps it waiting for one.

    Return how long after Airflow had recorded that the task failed it was told.
    """
    control.fault("hang_then_commit", method="GET", path=f"/api/order/{order_id}/", times=0)
    run_id = live.airflow.trigger(DAILY, partition_key=DAY)
    killed = set[int]()
    for _ in range(1 + RETRIES["retries"]):
        pid = wait_until(lambda: at_work(live, run_id) - killed or None, RUN_TIMEOUT, "process of the task").pop()
        os.kill(pid, signal.SIGKILL)
        killed.add(pid)
    assert live.airflow.wait(DAILY, run_id, timeout=RUN_TIMEOUT) == "failed"
    control.clear_faults()
    control.release()
    (dead,) = (task for task in live.airflow.task_instances(DAILY, run_id) if task["task_id"] == KILLED)
    (one,) = live.messages
    assert (f"{DAILY}, {KILLED}" in one["text"], sum(heads([one]).values())) == (True, 1)
    return live.messages.arrived[-1][0] - datetime.fromisoformat(dead["end_date"])


def at_work(live: Live, run_id: str) -> set[int]:
    """Return the process of the task to be killed, while it runs."""
    tasks = live.airflow.task_instances(DAILY, run_id)
    return {task["pid"] for task in tasks if task["task_id"] == KILLED and task["state"] == "running" and task["pid"]}


def mend(control: SandboxControl, rejected: Sequence[int], unknown: Sequence[int]) -> None:
    """Do what the messages ask for."""
    control.clear_faults()
    for order_id in rejected:
        (line,) = control.order(order_id)["order_lines"]
        control.edit_order(order_id, order_lines=[{**line, "product": GOOD}])
    for order_id in unknown:
        control.edit_order(order_id, payment_status="paid")


def test_an_hour_of_trouble(live: Live, control: SandboxControl) -> None:
    start = datetime.now(UTC)
    rejected = control.add_orders(*({**ORDER, "order_lines": UNKNOWN} for _ in range(15)))
    in_doubt, half, forbidden = control.add_orders(
        {**ORDER, "reference": "CSDOUBT"}, {**ORDER, "reference": "CSHALF"}, {**ORDER, "reference": "CS403"}
    )
    unknown = control.add_orders(*({**ORDER, "payment_status": "charge back"} for _ in range(3)))
    good = control.add_orders(ORDER, ORDER)
    control.faults(faults(in_doubt, half, forbidden))
    live.mailbox.is_down = True

    sweep = live.airflow.trigger(SWEEP)
    back = mail_comes_back(live)
    assert live.airflow.wait(SWEEP, sweep, timeout=RUN_TIMEOUT) == "failed", "there is news"
    said = "\n".join(message["text"] for message in live.messages)
    announced = heads(live.messages)
    for (reason, fragment), count in CAUSES.items():
        (line,) = [line for line in said.splitlines() if line.startswith(reason)]
        assert fragment in line
        assert f" — {count}, " in line
    assert sum(head.startswith(("shop_refused", "shop_auth")) for head in announced) == 2, (
        "partly written back, and not readable"
    )
    assert set(announced.values()) == {1}
    (mail,) = live.mailbox.mails
    assert "5 causes" in mail["Subject"]
    assert "UNKNOWN-1" in live.mailbox.text(), "by the same run, once the mail server is back"
    asked = linked(live, said)
    assert set.union(*asked.values()) == {*rejected, in_doubt, half, forbidden, *unknown}

    live.messages.clear()
    assert live.run(dag_id=SWEEP)[1] == "success", "nothing new"
    assert live.messages == []
    told_after = a_run_dies(live, control, good[0])
    live.messages.clear()
    for number in (live.ledger.get(order_id).erp_number for order_id in good):  # type: ignore[union-attr]
        control.deliver(str(number))
    control.fault("reset_after_commit", path="des_adv", times=2)
    assert live.run("2026-05-03T09:00", dag_id=DELIVERIES)[1] == "failed"
    assert heads(live.messages) == {"message_in_doubt": 1}
    assert "message_in_doubt — 2 packing slips" in live.messages[0]["text"]

    slips = doubtful(live, live.messages[0]["text"])
    live.messages.clear()
    mend(control, rejected, unknown)
    assert live.run(dag_id=NAMED, order_ids=sorted(set.union(*asked.values())))[1] == "success"
    assert live.run(dag_id=NAMED, arrived=slips)[1] == "success"
    assert live.run(DAY, dag_id=DAILY)[1] == "success"
    assert live.ledger.alerts.open() == []
    assert heads(live.messages) == {}
    assert set(heads(live.messages, fixed=True)) > {*announced, "message_in_doubt"}
    assert set(heads(live.messages, fixed=True).values()) == {1}
    assert len(control.erp_orders()) == 23
    rows = told(live.ledger._engine, live.messages.arrived, live.mailbox.arrived, mail_is_back=back)
    assert [row for row in rows if None in row] == [], "each was told, by chat and by mail, and so was its end"
    assert {row.messages for row in rows} == {1}
    if TABLE:
        seconds = round(told_after.total_seconds())
        death = f"\nThe run that died: announced {seconds} s after Airflow had recorded that its task failed.\n"
        Path(TABLE).write_text(table(rows, start) + death, encoding="utf-8")
