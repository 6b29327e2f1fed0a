"""Whether an order found in the ERP is the order looked for: each piece of evidence on its own."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orderflow.domain.decision import Action, Decision
from orderflow.domain.reasons import Reason
from orderflow.erp.models import SalesOrder
from orderflow.flow.orders.proof import Proof, prove
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import LedgerOrder, RunRef
from orderflow.ledger.opening import open_ledger
from support.orders import line, order

OURS = order(order_id=1, lines=(line(1), line(2)))
APPLE = {"origin": "o", "key": "apple"}
RUN = RunRef(dag_id="test", run_id="run")


def found(**changes: Any) -> SalesOrder:
    lines = [{"position": n, "line_number": 10 * n} for n in (1, 2)]
    return SalesOrder.model_validate({"number": "ERP-1", "external_reference": "1/CS48193", "lines": lines, **changes})


@pytest.fixture
def owner(tmp_path: Path) -> LedgerOrder:
    ledger: Ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    return ledger.decide(order(order_id=2), Decision(action=Action.PROCESS, reason=Reason.PAID), RUN)


@pytest.mark.parametrize(
    ("changes", "proof"),
    [
        ({}, Proof.LIKELY),
        ({"shop_order_id": 1}, Proof.OURS),
        ({"shop_order_id": 2}, Proof.ANOTHERS),
        ({"customer": OURS.customer}, Proof.LIKELY),
        ({"customer": 99}, Proof.CONTRADICTED),
        ({"total": str(OURS.total)}, Proof.LIKELY),
        ({"total": "0.01"}, Proof.CONTRADICTED),
        ({"lines": [{"position": 1, "line_number": 10}]}, Proof.CONTRADICTED),
        (
            {
                "lines": [
                    {"position": n, "line_number": n, "product": APPLE, "quantity": 1, "unit_price": 1} for n in (1, 2)
                ]
            },
            Proof.CONTRADICTED,
        ),
    ],
    ids=str,
)
def test_what_the_erp_says_decides(changes: dict[str, Any], proof: Proof) -> None:
    assert prove(found(**changes), OURS, None, None, tolerance=Decimal("0.05")).proof is proof


def test_an_erp_order_that_the_ledger_has_given_away_is_anothers(owner: LedgerOrder) -> None:
    finding = prove(found(), OURS, None, owner, tolerance=Decimal("0.05"))
    assert (finding.proof, "id 2" in finding.detail) == (Proof.ANOTHERS, True)


def test_the_number_that_the_shop_shows_is_proof() -> None:
    shown = OURS.model_copy(update={"erp_order_number": "ERP-1"})
    assert prove(found(total="0.01"), shown, None, None, tolerance=Decimal("0.05")).proof is Proof.OURS
