"""The book of outages: whose it is to tell people, and when one is over."""

from orderflow.domain.reasons import Reason
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import RunRef


def test_an_outage_is_told_by_the_run_that_met_it_first_until_the_task_works_again(
    ledger: Ledger, run: RunRef, other_run: RunRef
) -> None:
    other = other_run.model_copy(update={"dag_id": run.dag_id})
    assert ledger.outages.see("list_open_orders", Reason.SHOP_UNAVAILABLE, run)
    assert ledger.outages.see("list_open_orders", Reason.SHOP_UNAVAILABLE, run.model_copy(update={"try_number": 2}))
    assert not ledger.outages.see("list_open_orders", Reason.SHOP_UNAVAILABLE, other)
    assert ledger.outages.see("list_open_orders", Reason.SHOP_AUTH, other), "another cause"
    assert ledger.outages.see("finish_orders", Reason.SHOP_UNAVAILABLE, other), "another task"
    assert ledger.outages.see("list_open_orders", Reason.SHOP_UNAVAILABLE, run.model_copy(update={"dag_id": "x"}))
    assert [(o.dag_id, o.task_id, o.reason, o.seen) for o in ledger.outages.open() if o.dag_id == run.dag_id] == [
        (run.dag_id, "finish_orders", Reason.SHOP_UNAVAILABLE, 1),
        (run.dag_id, "list_open_orders", Reason.SHOP_AUTH, 1),
        (run.dag_id, "list_open_orders", Reason.SHOP_UNAVAILABLE, 3),
    ]

    ledger.outages.close(run.dag_id, but={"finish_orders"})
    assert [(o.dag_id, o.task_id) for o in ledger.outages.open()] == [
        (run.dag_id, "finish_orders"),
        ("x", "list_open_orders"),
    ]
    assert not ledger.outages.see("finish_orders", Reason.SHOP_UNAVAILABLE, run)
    assert ledger.outages.see("list_open_orders", Reason.SHOP_UNAVAILABLE, other), "it is news again"
