"""`python -m orderflow forget`."""

import json

from sandbox.control import SandboxControl
from support.orderflow_command import command

DAY = "2026-11-22"


def test_a_forgotten_order_is_not_sent_again(environment: dict[str, str], control: SandboxControl) -> None:
    (order,) = control.add_orders({"reference": "CS1", "confirm_date": f"{DAY}T12:00:00", "payment_status": "paid"})
    command(environment, "run", "--date", DAY)

    code, lines, errors = command(environment, "forget", "--reference", "1/CS1", "--reference", "1/CS9")

    assert code == 1
    assert json.loads(lines[-1]) == {"forgotten": 1, "failed": 1}
    assert f"LEFT id {order}: its name in the ERP (1/CS1)" in errors
    assert "the ledger knows no order '1/CS9'" in errors
    control.edit_order(order, state="confirmed", erp_order_number="")
    command(environment, "run", "--date", DAY)
    assert len(control.erp_orders()) == 1
