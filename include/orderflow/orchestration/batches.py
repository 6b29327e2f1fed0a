"""Batches: the order ids that are passed between tasks, and a batch's name on Airflow's page."""

from collections.abc import Sequence

from orderflow.flow.services import Services


def label(services: Services, order_ids: Sequence[int]) -> str:
    """Name a batch; a dry run's orders may be unknown to the ledger."""
    first, last = order_ids[0], order_ids[-1]
    names = {order_id: order.name for order_id, order in services.ledger.get_many([first, last]).items()}
    name = names.get(first, f"id {first}")
    return name if len(order_ids) == 1 else f"{name} … {names.get(last, f'id {last}')} ({len(order_ids)} orders)"


def ids(batch: Sequence[int | str]) -> list[int]:
    """Return the order ids of a batch; a run started by an earlier version has `webshop/order_id` in its XCom."""
    return [int(str(order).rpartition("/")[2]) for order in batch]


def flat(batches: Sequence[Sequence[int | str]] | None) -> list[int]:
    return [order_id for batch in batches or [] for order_id in ids(batch)]
