"""The shop's delivery messages: POST /proxy/des_adv_xml/delivery/?shop=1&user=10 with a Desadv document.

Documented: the fields, that shop and user are obligatory, that a DesadvNumber is taken once, and that the order's ERP
number and line numbers must be there first. Assumed, as nothing is said: the answers, and when an order counts as sent.
"""

import re
from collections import defaultdict
from decimal import Decimal, InvalidOperation
from typing import NamedTuple
from xml.etree import ElementTree as ET

from sandbox import auth
from sandbox.auth import TokenIssuer
from sandbox.config import Config
from sandbox.shop_store import LINES, ShopStore
from sandbox.wire import Call, JsonObject, Refusal, Reply, html_reply

PREFIX = "/proxy/"
PATH = "/proxy/des_adv_xml/delivery/"
HEADER_FIELDS = {
    "DesadvNumber": r".+",
    "DesadvDate": r"\d{4}-\d\d-\d\d",
    "PlannedDeliveryDate": r"\d{4}-\d\d-\d\d",
    "TransportDetails/TransportModeCode": r".*",
    "TransportDetails/MeansOfTransport/Identification": r".*",
}
ITEM_FIELDS = {"ItemNum": r"\d+", "OrderNum": r".+", "QuantityValue": r"-?\d+(\.\d{1,4})?", "SellerItemID": r".+"}


class Item(NamedTuple):
    """One delivered line."""

    order_id: int
    line_id: int
    quantity: Decimal


class DesadvApi:
    """Answers calls below `/proxy`."""

    def __init__(self, store: ShopStore, issuer: TokenIssuer) -> None:
        self.messages: list[JsonObject] = []
        self._store = store
        self._issuer = issuer
        self._delivered: dict[tuple[int, int], Decimal] = defaultdict(Decimal)

    def handle(self, call: Call, config: Config) -> Reply:
        """Take a message, or say what is wrong with it."""
        if call.path != PATH:
            return html_reply(404, "Not Found")
        auth.check_shop(call, config, self._issuer)
        if call.method != "POST":
            return _answer(405, f"Method {call.method} not allowed")
        if not (call.query.get("shop", "").isdecimal() and call.query.get("user", "").isdecimal()):
            return _answer(400, "shop and user are obligatory")
        try:
            message = ET.fromstring(call.body)  # noqa: S314  # only this project's own messages come here
        except ET.ParseError as error:
            return _answer(400, f"not XML: {error}")
        return self._take(message)

    def _take(self, message: ET.Element) -> Reply:
        header = _fields(message.find("DesadvHeader"), HEADER_FIELDS)
        if any(header["DesadvNumber"] == taken["DesadvNumber"] for taken in self.messages):
            return _answer(400, f"Delivery {header['DesadvNumber']} already exists")
        found = message.findall("DesadvDetail/Packaging/LineItems/Item")
        if message.tag != "Desadv" or not found:
            return _answer(400, "a Desadv with at least one Item is wanted")
        rows = [_fields(item, ITEM_FIELDS) for item in found]
        for item in [self._matched(row) for row in rows]:
            self._delivered[item.order_id, item.line_id] += item.quantity
            self._mark_shipment(item.order_id)
        self.messages.append({**header, "items": rows})
        return _answer(200, "OK", committed=True)

    def _matched(self, row: dict[str, str]) -> Item:
        for order in self._store.orders.values():
            if row["OrderNum"] in {order["erp_order_number"], order["reference"]}:
                for line in order[LINES]:
                    if line["erp_line_number"] == int(row["ItemNum"]):
                        return Item(order["id"], line["id"], _decimal(row["QuantityValue"]))
        raise Refusal(_answer(400, f"no order {row['OrderNum']} with a line {row['ItemNum']}"))

    def _mark_shipment(self, order_id: int) -> None:
        order = self._store.orders[order_id]
        goods = [line for line in order[LINES] if line["type"] == "line"]
        whole = all(self._delivered[order_id, line["id"]] >= _decimal(str(line["quantity"])) for line in goods)
        self._store.edit(order_id, {"shipment_state": "sent" if whole else "waiting"})


def _fields(element: ET.Element | None, wanted: dict[str, str]) -> dict[str, str]:
    values = {}
    for path, pattern in wanted.items():
        found = element.find(path) if element is not None else None
        text = (found.text or "") if found is not None else None
        if text is None or not re.fullmatch(pattern, text):
            raise Refusal(_answer(400, f"{path} is missing or not valid"))
        values[path.rpartition("/")[2]] = text
    return values


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Refusal(_answer(400, f"{text} is not a number")) from None


def _answer(status: int, text: str, *, committed: bool = False) -> Reply:
    root = ET.Element("Response")
    ET.SubElement(root, "Status", code=str(status), text=text)
    return Reply(status, ET.tostring(root), {"content-type": "application/xml"}, committed)
