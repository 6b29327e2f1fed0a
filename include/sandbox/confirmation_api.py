"""Order confirmations in cXML: POST /proxy/oci_xml/confirmation/?shop=1&user=10 with a ConfirmationRequest.

Documented: only that such a message replaces the PATCH of the ERP number and the PUT of the lines. Everything else is
assumed: the path, the parameters, that ERP numbers are sent in confirmID and in an Extrinsic, and that, as usual in
cXML, HTTP answers 200 to everything readable while the answer's Status gives the outcome.
"""

from collections.abc import Sequence

from lxml import etree

from sandbox.config import Config
from sandbox.shop_store import LINES, ShopStore
from sandbox.wire import Call, JsonObject, Refusal, Reply
from sandbox.xml_body import answer, read

LINE_NUMBER = "ConfirmationStatus/Extrinsic[@name='erp_line_number']"


class ConfirmationApi:
    """Receives confirmations."""

    def __init__(self, store: ShopStore) -> None:
        self.messages: list[JsonObject] = []
        self._store = store

    def handle(self, call: Call, config: Config) -> Reply:
        """Set ERP number and line numbers, all of them or none."""
        del config
        if not (call.query.get("shop", "").isdecimal() and call.query.get("user", "").isdecimal()):
            return answer(400, "shop and user are obligatory")
        root = read(call.body)
        request = root.find("Request/ConfirmationRequest")
        header = request.find("ConfirmationHeader") if request is not None else None
        if root.tag != "cXML" or request is None or header is None or not root.get("payloadID"):
            return _refused(400, "a cXML ConfirmationRequest with a payloadID is wanted")
        number = header.get("confirmID")
        if not number or header.get("type") != "allDetail" or not header.get("noticeDate"):
            return _refused(400, "ConfirmationHeader needs confirmID, noticeDate and type allDetail")
        reference = request.find("OrderReference")
        order = self._order(reference.get("orderID") if reference is not None else None, int(call.query["shop"]))
        numbers = [_numbers(item) for item in request.findall("ConfirmationItem")]
        lines = _numbered(order, numbers)
        self._store.edit(order["id"], {"erp_order_number": number, LINES: lines})
        taken = {"payloadID": root.get("payloadID"), "order_id": order["id"], "number": number}
        self.messages.append({**taken, **call.query})
        return answer(200, "OK", committed=True)

    def _order(self, reference: str | None, shop: int) -> JsonObject:
        for order in self._store.orders.values():
            if (order["reference"], order["webshop"]) == (reference, shop):
                if order["state"] == "cancel":
                    raise Refusal(_refused(409, f"order {reference} is cancelled"))
                return order
        raise Refusal(_refused(404, f"there is no order {reference}"))


def _numbered(order: JsonObject, numbers: Sequence[tuple[int, int]]) -> list[JsonObject]:
    goods = [line["id"] for line in order[LINES] if line["type"] == "line"]
    by_position = dict(numbers)
    if sorted(position for position, _ in numbers) != list(range(1, len(goods) + 1)):
        raise Refusal(_refused(400, f"the order has lines 1 to {len(goods)}, confirmed are {sorted(by_position)}"))
    wanted = {line_id: by_position[position] for position, line_id in enumerate(goods, start=1)}
    return [{**line, "erp_line_number": wanted.get(line["id"], line["erp_line_number"])} for line in order[LINES]]


def _numbers(item: etree._Element) -> tuple[int, int]:
    """Return the shop's line number and the ERP's line number."""
    texts = item.get("lineNumber", ""), item.findtext(LINE_NUMBER) or ""
    if not all(text.isdecimal() for text in texts):
        raise Refusal(_refused(400, "a ConfirmationItem needs lineNumber and the ERP's line number"))
    return int(texts[0]), int(texts[1])


def _refused(status: int, text: str) -> Reply:
    return answer(status, text, http=200)
