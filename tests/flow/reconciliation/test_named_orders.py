"""Named orders are compared again immediately, after a person has dealt with them."""

from datetime import UTC, datetime

from orderflow.domain.findings import FindingKind
from orderflow.flow.reconciliation.reconcile import compare_again, reconcile
from orderflow.flow.services import Services
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs
from support.reconciling import found, name, processed


def test_named_orders_are_compared_again_at_once_and_no_others(
    few: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    first, other, *_ = processed(control)
    for order in (first, other):
        control.edit_order(order["id"], erp_order_number=None)
    both = {(FindingKind.NUMBER_MISSING, name(order)) for order in (first, other)}
    assert found(few, runs) == both

    clock.now = datetime.now(UTC)
    for order in (first, other):
        control.edit_order(order["id"], erp_order_number=order["erp_order_number"])
    reconcile(few, runs())
    assert len(few.ledger.findings.open()) == 2, "what was changed just now is not judged"
    compared_at = few.ledger.findings.reconciliations(limit=1)[0].at

    again = compare_again(few, runs(), [first["id"]])

    assert (again.compared, again.different, again.resolved, again.errors) == (1, 0, 1, [])
    assert [finding.external_reference for finding in few.ledger.findings.open()] == [name(other)]
    assert few.ledger.findings.reconciliations(limit=1)[0].at == compared_at, "it is no comparison of both sides"


def test_a_named_order_that_differs_still_does_so(few: Services, control: SandboxControl, runs: Runs) -> None:
    order = processed(control)[0]
    control.edit_order(order["id"], state="cancel")

    again = compare_again(few, runs(), [order["id"]])

    assert (again.compared, again.different, again.resolved) == (1, 1, 0)
    assert [finding.kind for finding in few.ledger.findings.open()] == [FindingKind.CANCELLED_IN_SHOP]
