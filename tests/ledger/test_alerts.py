"""The book of alerts: whose it is to tell people."""

import pytest

from orderflow.domain.reasons import Reason
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import RunRef

KEY = 7


@pytest.mark.parametrize("shipment", ["", "DS-1"], ids=["of an order", "of a packing slip"])
def test_an_alert_is_told_by_the_run_that_opened_it_however_often_that_tries(
    ledger: Ledger, run: RunRef, other_run: RunRef, shipment: str
) -> None:
    def see(by: RunRef | None) -> bool:
        return ledger.alerts.see(KEY, "1/CS7", Reason.ERP_REJECTED, "unknown product", run=by, shipment=shipment)

    assert see(run)
    assert see(run.model_copy(update={"task_id": "report", "try_number": 2}))
    assert not see(other_run)
    assert not see(None)
    (alert,) = ledger.alerts.open()
    assert alert.seen == 4


def test_an_alert_of_before_this_was_written_down_is_not_told_again(ledger: Ledger, run: RunRef) -> None:
    ledger.alerts.see(KEY, "1/CS7", Reason.ERP_REJECTED, "unknown product")
    assert not ledger.alerts.see(KEY, "1/CS7", Reason.ERP_REJECTED, "unknown product", run=run)
