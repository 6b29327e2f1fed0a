"""An hour of trouble on a real scheduler: each cause is announced once, grouped, retried until accepted, and ended."""

from collections import Counter
from typing import Any

from sandbox.control import SandboxControl
from support.live_airflow import Live

SWEEP, DELIVERIES = "orderflow_sweep", "orderflow_deliveries"
ORDER = {"confirm_date": "2026-05-01T12:00:00", "webshop": 1, "payment_status": "paid"}
GOOD = {"origin": "myorigin", "key": "124_STUK"}
UNKNOWN = [{"product": {"origin": "x", "key": "UNKNOWN-1"}, "quantity": "1.0", "unit_price": "1.00"}]
CAUSES = {
    ("erp_rejected", "UNKNOWN-1"): "15 orders",
    ("erp_in_doubt", ""): "1 order",
    ("payment_unknown", ""): "3 orders",
}


def heads(messages: list[Any], *, fixed: bool = False) -> Counter[str]:
    """Count how often each cause was told, or told to be over, by what stands before its facts."""
    lines = [line for message in messages for line in message["text"].splitlines() if " — " in line]
    told = [line for line in lines if line.startswith("Fixed: ") is fixed]
    return Counter(line.removeprefix("Fixed: ").partition(" — ")[0] for line in told)


def test_an_hour_of_trouble(live: Live, control: SandboxControl) -> None:
    rejected = control.add_orders(*({**ORDER, "order_lines": UNKNOWN} for _ in range(15)))
    doubt, half, forbidden = control.add_orders(
        {**ORDER, "reference": "CSDOUBT"}, {**ORDER, "reference": "CSHALF"}, {**ORDER, "reference": "CS403"}
    )
    unknown = control.add_orders(*({**ORDER, "payment_status": "charge back"} for _ in range(3)))
    good = control.add_orders(ORDER, ORDER)
    found = {"service": "erp", "method": "GET", "path": f"shop_order_id={doubt}\\b"}
    control.faults(
        [
            {"action": "reset_after_commit", "service": "erp", "method": "POST", "body": "CSDOUBT", "times": 0},
            {"action": "status", "status": 503, "skip": 1, "times": 0, **found},
            {"action": "status", "status": 400, "method": "PATCH", "path": f"/api/order/{half}/", "times": 0},
            {"action": "status", "status": 403, "method": "GET", "path": f"/api/order/{forbidden}/", "times": 0},
        ]
    )
    live.mailbox.is_down = True

    assert live.run(dag_id=SWEEP)[1] == "failed", "there is news"
    said = "\n".join(message["text"] for message in live.messages)
    told = heads(live.messages)
    for (reason, fragment), count in CAUSES.items():
        (line,) = [line for line in said.splitlines() if line.startswith(reason)]
        assert fragment in line
        assert f" — {count}, " in line
    assert sum(head.startswith(("shop_refused", "shop_auth")) for head in told) == 2, (
        "partly written back, and not readable"
    )
    assert set(told.values()) == {1}
    assert live.mailbox.mails == []

    live.messages.clear()
    live.mailbox.is_down = False
    assert live.run(dag_id=SWEEP)[1] == "success", "nothing new"
    assert live.messages == []
    (mail,) = live.mailbox.mails
    assert "5 causes" in mail["Subject"]
    assert "UNKNOWN-1" in live.mailbox.text()

    for number in (live.ledger.get(order_id).erp_number for order_id in good):  # type: ignore[union-attr]
        control.deliver(str(number))
    control.fault("reset_after_commit", path="des_adv", times=2)
    assert live.run("2026-05-03T09:00", dag_id=DELIVERIES)[1] == "failed"
    assert heads(live.messages) == {"message_in_doubt": 1}
    assert "message_in_doubt — 2 packing slips" in live.messages[0]["text"]

    live.messages.clear()
    slips = [alert.shipment for alert in live.ledger.alerts.open() if alert.shipment]
    control.clear_faults()
    for order_id in rejected:
        (line,) = control.order(order_id)["order_lines"]
        control.edit_order(order_id, order_lines=[{**line, "product": GOOD}])
    for order_id in unknown:
        control.edit_order(order_id, payment_status="paid")
    assert live.run(dag_id=SWEEP, order_ids=[*rejected, doubt, half, forbidden, *unknown])[1] == "success"
    assert live.run("2026-05-03T09:00", dag_id=DELIVERIES, arrived=slips)[1] == "success"
    assert live.ledger.alerts.open() == []
    assert heads(live.messages) == {}
    over = heads(live.messages, fixed=True)
    assert set(over) == {*told, "message_in_doubt"}
    assert set(over.values()) == {1}
    assert len(control.erp_orders()) == 23
