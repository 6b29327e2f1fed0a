"""Custom order statuses: POST /proxy/v1/orderstatus/?shop=1 with the text that the customer sees with an order.

Documented: the fields, and that shop is obligatory. Assumed: the answers, that one of the two order numbers is enough,
and that `state` may be one object or several.
"""

from datetime import datetime
from typing import Any

from sandbox.config import Config
from sandbox.shop_store import ShopStore
from sandbox.wire import Call, JsonObject, Reply, json_reply, loads


class OrderStatusApi:
    """Receives statuses. They do not change an order's own state."""

    def __init__(self, store: ShopStore) -> None:
        self.messages: list[JsonObject] = []
        self._store = store

    def handle(self, call: Call, config: Config) -> Reply:
        """Accept a status, or say what is wrong with it."""
        del config
        if not call.query.get("shop", "").isdecimal():
            return json_reply({"detail": "shop is obligatory"}, 400)
        try:
            body = loads(call.body)
        except ValueError as error:
            return json_reply({"detail": f"JSON parse error - {error}"}, 400)
        mistake = self._mistake(body, int(call.query["shop"]))
        if mistake:
            return json_reply({"detail": mistake}, 400)
        self.messages.append(body)
        return json_reply({"status": "ok"}, committed=True)

    def _mistake(self, body: Any, shop: int) -> str | None:
        if not isinstance(body, dict):
            return "an object is wanted"
        names = {body.get("CloudsuiteOrderId"), body.get("orderId")} - {None}
        mine = [order for order in self._store.orders.values() if order["webshop"] == shop]
        if not any(names & {order["reference"], order["erp_order_number"]} for order in mine):
            return f"there is no order {sorted(map(str, names))}"
        states = body["state"] if isinstance(body.get("state"), list) else [body.get("state")]
        if not all(isinstance(state, dict) and state.get("lang") and state.get("value") for state in states):
            return "state needs lang and value"
        return None if _is_naive_instant(body.get("dateTime")) else "dateTime must be an instant without an offset"


def _is_naive_instant(value: Any) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is None
    except (TypeError, ValueError):
        return False
