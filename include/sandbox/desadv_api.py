"""The shop's despatch advices: POST /proxy/des_adv_xml/delivery/?shop=1&user=10 with a Desadv document.

Documented: the fields, that shop and user are obligatory, that a DesadvNumber is accepted once, and that the order's
ERP number and line numbers must be set first. Assumed, because the page does not say: the answers, and when an order
counts as sent.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from lxml import etree

from sandbox.config import Config
from sandbox.shop_store import LINES, ShopStore
from sandbox.wire import Call, JsonObject, Refusal, Reply
from sandbox.xml_body import answer, read

HEADER_FIELDS = {
    "DesadvNumber": r"(?s).*\S.*",
    "DesadvDate": r"\d{4}-\d\d-\d\d",
    "PlannedDeliveryDate": r"\d{4}-\d\d-\d\d",
    "TransportDetails/TransportModeCode": r"(?s).*",
    "TransportDetails/MeansOfTransport/Identification": r"(?s).*",
}
ITEM_FIELDS = {
    "ItemNum": r"\d+",
    "OrderNum": r"(?s).*\S.*",
    "QuantityValue": r"-?\d{1,8}(\.\d{1,4})?",
    "SellerItemID": r"(?s).*\S.*",
}


class Item(NamedTuple):
    """One delivered line."""

    order_id: int
    line_number: int
    quantity: Decimal


class DesadvApi:
    """Receives despatch advices."""

    def __init__(self, store: ShopStore) -> None:
        self.messages: list[JsonObject] = []
        self._store = store
        self._delivered: dict[tuple[int, int], Decimal] = defaultdict(Decimal)

    def handle(self, call: Call, config: Config) -> Reply:
        """Accept a whole message, or say what is wrong with it and change nothing."""
        addressed = {name: call.query.get(name, "") for name in ("shop", "user")}
        if not all(value.isdecimal() for value in addressed.values()):
            return answer(400, "shop and user are obligatory")
        message = read(call.body)
        header = _fields(message.find("DesadvHeader"), HEADER_FIELDS)
        number = header["DesadvNumber"]
        if config.enforce_unique_desadv and any(number == taken["DesadvNumber"] for taken in self.messages):
            return answer(400, f"Delivery {number} already exists")
        found = message.findall("DesadvDetail/Packaging/LineItems/Item")
        if message.tag != "Desadv" or not found:
            return answer(400, "a Desadv with at least one Item is wanted")
        rows = [_fields(item, ITEM_FIELDS) for item in found]
        items = [self._matched(row, int(addressed["shop"])) for row in rows]
        self._take(items)
        comment = message.findtext("DesadvHeader/Comment") or ""
        self.messages.append({**header, "Comment": comment, **addressed, "items": rows, "taken": _taken(items)})
        return answer(200, "OK", committed=True)

    def _matched(self, row: dict[str, str], shop: int) -> Item:
        for order in self._store.orders.values():
            if order["webshop"] == shop and row["OrderNum"] in {order["erp_order_number"], order["reference"]}:
                for line in order[LINES]:
                    if line["erp_line_number"] == int(row["ItemNum"]):
                        return Item(order["id"], line["erp_line_number"], Decimal(row["QuantityValue"]))
        raise Refusal(answer(400, f"no order {row['OrderNum']} with a line {row['ItemNum']}"))

    def _take(self, items: Sequence[Item]) -> None:
        """Record what was delivered; nothing can go wrong from here."""
        for item in items:
            self._delivered[item.order_id, item.line_number] += item.quantity
        for order_id in {item.order_id for item in items}:
            goods = [line for line in self._store.orders[order_id][LINES] if line["type"] == "line"]
            whole = all(
                self._delivered[order_id, line["erp_line_number"]] >= Decimal(str(line["quantity"])) for line in goods
            )
            self._store.edit(order_id, {"shipment_state": "sent" if whole else "waiting"})


def _fields(element: etree._Element | None, wanted: dict[str, str]) -> dict[str, str]:
    values = {}
    for path, pattern in wanted.items():
        found = element.find(path) if element is not None else None
        text = (found.text or "") if found is not None else None
        if text is None or not re.fullmatch(pattern, text):
            raise Refusal(answer(400, f"{path} is missing or not valid"))
        values[path.rpartition("/")[2]] = text
    return values


def _taken(items: Sequence[Item]) -> list[JsonObject]:
    return [{**item._asdict(), "quantity": str(item.quantity)} for item in items]
