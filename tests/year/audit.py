"""Both sides, order by order and slip by slip, once everybody has done what they do: nothing lost, doubled or half."""

from collections import Counter
from collections.abc import Iterator

from orderflow.flow.services import Services
from sandbox.control import SandboxControl
from year.people import slips


def audit(services: Services, control: SandboxControl, paid: set[int], by_hand: set[str]) -> list[str]:
    """Name every order and packing slip that is not as it should be; `by_hand` are slips that people dealt with."""
    return [*_orders(services, control, paid), *_slips(control, by_hand)]


def _orders(services: Services, control: SandboxControl, paid: set[int]) -> Iterator[str]:
    made = control.erp_orders()
    count = Counter(order["request"]["shop_order_id"] for order in made)
    number_of = {order["request"]["shop_order_id"]: order["number"] for order in made}
    for order in control.orders():
        order_id = order["id"]
        if count[order_id] > 1:
            yield f"order {order_id} doubled: {count[order_id]} in the ERP"
        elif order_id not in paid:
            if count[order_id]:
                yield f"order {order_id} was never paid and is in the ERP"
        elif order["state"] != "cancel":
            known = services.ledger.get(order_id)
            at = f"the ledger has it at {known.progress}, {known.reason}" if known else "the ledger has never seen it"
            if not count[order_id]:
                yield f"order {order_id} lost: {at}"
            elif not _is_whole(order, number_of[order_id]):
                yield f"order {order_id} half: {at}"


def _is_whole(order: dict[str, object], number: str) -> bool:
    lines: list[dict[str, object]] = order["order_lines"]  # type: ignore[assignment]
    numbers = [line["erp_line_number"] for line in lines]
    told = order["erp_order_number"] == number and order["state"] in {"processing", "done"}
    return told and None not in numbers and len(set(numbers)) == len(numbers)


def _slips(control: SandboxControl, by_hand: set[str]) -> Iterator[str]:
    taken = Counter(message["DesadvNumber"] for message in control.desadv_messages())
    for number in {slip["number"] for slip in slips(control)}:
        if taken[number] > 1:
            yield f"packing slip {number} doubled: {taken[number]} messages"
        elif not taken[number] and number not in by_hand:
            yield f"packing slip {number} lost"
