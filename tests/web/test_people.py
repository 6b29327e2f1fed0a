"""An order's customer and addresses in both systems, on its page."""

from decimal import Decimal

import httpx
import pytest

from orderflow.domain.decision import Action, Decision
from orderflow.domain.reasons import Reason
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import RunRef, Step
from support.orders import order

RUN = RunRef(dag_id="d", run_id="r")
PAID = Decision(action=Action.PROCESS, reason=Reason.PAID)


def test_an_order_shows_keys_and_the_erps_number_and_no_name(page: httpx.Client, ledger: Ledger) -> None:
    ledger.decide(order(), PAID, RUN)
    before = page.get("/api/orders/12345").json()
    assert (before["customer_key"], before["ids_only"]) == (None, True)
    named = {
        "customer_key": "webshop/BK1",
        "customer_code": "10001",
        "ship_to_key": "webshop/a",
        "bill_to_key": "erp/b",
    }
    with ledger.claim(12345, RUN) as claim:
        claim.intend(Step.PUSH, **named)  # type: ignore[arg-type]
    shown = page.get("/api/orders/12345").json()
    assert {name: shown[name] for name in named} == named


@pytest.mark.parametrize(
    ("paid", "shown"), [(None, None), ("0.00", None), ("25.00", "25.00"), ("40.00", None), ("48.40", None)]
)
def test_only_a_partial_payment_is_shown(
    page: httpx.Client, ledger: Ledger, paid: str | None, shown: str | None
) -> None:
    ledger.decide(order(paid_amount=None if paid is None else Decimal(paid)), PAID, RUN)
    assert page.get("/api/orders/12345").json()["paid_amount"] == shown
