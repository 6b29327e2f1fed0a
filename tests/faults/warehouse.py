"""The warehouse of a schedule: packing slips from the ERP, complete and partial, for one order and for two."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from orderflow.domain.shipment import OperatorDecision, ShipmentProgress
from orderflow.ledger.ledger import Ledger
from sandbox.control import SandboxControl

Line = tuple[str, int]
"""ERP number and line number."""


class Warehouse:
    """Delivers what the ERP has, and remembers every slip."""

    def __init__(self, control: SandboxControl) -> None:
        self._control = control
        self.shipments: dict[str, dict[Line, Decimal]] = {}
        self._left: dict[Line, Decimal] = {}

    def deliver(self, dice: random.Random, now: datetime) -> None:
        """Create a slip of goods that have not left yet, of one order or of two of the same webshop."""
        orders = self._control.erp_orders()
        for order in orders:
            for line in order["request"]["lines"]:
                self._left.setdefault((order["number"], _line_number(line)), Decimal(line["quantity"]))
        dice.shuffle(orders)
        number = f"PS-{1000 + len(self.shipments)}"
        webshops = {order["number"]: order["request"]["shop"] for order in orders}
        chosen = [o for o in orders if webshops[o["number"]] == webshops[orders[0]["number"]]][: dice.choice((1, 1, 2))]
        items: dict[Line, Decimal] = {}
        for order in chosen:
            items |= self._pick(dice, order)
        for order in chosen:
            lines = [_delivered(order, line, part) for (of, line), part in items.items() if of == order["number"]]
            if lines:
                self._control.deliver(order["number"], number=number, made_at=now.isoformat(), lines=lines)
                self.shipments[number] = items

    def broken(
        self, ledger: Ledger, shop: Mapping[str, Mapping[str, Any]], *, forgotten: bool = False
    ) -> Iterator[str]:
        """List every slip that was lost, sent twice, or misreported; `shop` holds its orders by ERP number.

        With `forgotten` the ledger was lost, and may have forgotten slips that it sent before.

        A slip is owed once the shop has the numbers of all its orders, the ledger knows these orders, none of them was
        cancelled, and their webshop accepts delivery messages.
        """
        told: dict[str, list[dict[Line, Decimal]]] = defaultdict(list)
        for message in self._control.desadv_messages():
            told[message["DesadvNumber"]].append(
                {(i["OrderNum"], int(i["ItemNum"])): Decimal(i["QuantityValue"]) for i in message["items"]}
            )
        known = ledger.shipments.get_many(self.shipments)
        for number, items in self.shipments.items():
            messages, shipment = told.pop(number, []), known.get(number)
            if len(messages) > 1:
                yield f"DOUBLED: packing slip {number}, {len(messages)} messages"
            if any(message != items for message in messages):
                yield f"packing slip {number} was told as {messages}, and is {items}"
            if self._is_owed(ledger, items, shop) and not messages:
                yield f"LOST: packing slip {number}; ledger: {shipment}"
            if messages and shipment and shipment.progress is not ShipmentProgress.SENT and not forgotten:
                yield f"HALF: packing slip {number} was sent; ledger: {shipment}"
        if told:
            yield f"the shop has messages about slips that nobody made: {sorted(told)}"

    def persons_word(self, ledger: Ledger) -> OperatorDecision:
        """Check the shop for every slip in doubt, as the runbook says."""
        there = {message["DesadvNumber"] for message in self._control.desadv_messages()}
        doubtful = [
            shipment.number for shipment in ledger.shipments.open() if shipment.progress is ShipmentProgress.IN_DOUBT
        ]
        return OperatorDecision(
            arrived=[number for number in doubtful if number in there],
            send_now=[number for number in doubtful if number not in there],
        )

    def _is_owed(self, ledger: Ledger, items: Mapping[Line, Decimal], shop: Mapping[str, Mapping[str, Any]]) -> bool:
        numbers = {number for number, _ in items}
        if not numbers <= shop.keys() or set(ledger.shipments.orders(numbers)) != numbers:
            return False
        given = {number: {line["erp_line_number"] for line in _goods(shop[number])} for number in numbers}
        return all(
            shop[number]["state"] != "cancel" and None not in given[number] and line in given[number]
            for number, line in items
        )

    def _pick(self, dice: random.Random, order: Mapping[str, Any]) -> dict[Line, Decimal]:
        items = {}
        for line in order["request"]["lines"]:
            key = (order["number"], _line_number(line))
            part = self._left[key] * dice.choice((Decimal(1), Decimal("0.5"), Decimal("0.25"), Decimal(0)))
            if part > 0:
                items[key] = part.quantize(Decimal("0.0001"))
                self._left[key] -= items[key]
        return items


def _goods(order: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [line for line in order["order_lines"] if line["type"] == "line"]


def _line_number(line: Mapping[str, Any]) -> int:
    return 10 * int(line["position"]) + 1  # numbered like the sandbox


def _delivered(order: Mapping[str, Any], number: int, part: Decimal) -> dict[str, Any]:
    (line,) = [line for line in order["request"]["lines"] if _line_number(line) == number]
    return {"line_number": number, "quantity": str(part), "product_key": line["product"]["key"]}
