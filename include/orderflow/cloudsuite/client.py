"""CloudSuite's order calls (Orders GET, order states page, Usage Info), typed."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from orderflow.cloudsuite.filters import OrderFilter
from orderflow.cloudsuite.models import OrderRow, ShopOrder
from orderflow.cloudsuite.paging import ORDERS, all_rows
from orderflow.cloudsuite.state_condition import StateCondition
from orderflow.domain.reasons import Reason
from orderflow.domain.states import ShopState
from orderflow.errors import PermanentError
from orderflow.transport import Answer, Channel, Service

SHOP = Service(
    name="shop",
    unavailable=Reason.SHOP_UNAVAILABLE,
    refused=Reason.SHOP_REFUSED,
    auth=Reason.SHOP_AUTH,
    not_found=Reason.ORDER_NOT_FOUND,
    answer_invalid=Reason.SHOP_ANSWER_INVALID,
)


class CloudSuiteClient:
    """The shop's orders; safe to share between threads.

    Every call raises TransientError (quick retries did not help) or PermanentError, each with a reason code. A
    PUT or PATCH may have been done although it raised TransientError: read the order before writing again.
    """

    def __init__(self, channel: Channel, *, page_size: int = 100) -> None:
        self._channel = channel
        self._page_size = page_size
        self.state_condition = StateCondition(self)

    def list_orders(self, criteria: OrderFilter) -> Iterator[OrderRow]:
        """Yield every row of every page, each id once.

        The rows are what the shop gave: one that does not know a filter ignores it, so check each of them.
        """
        return all_rows(self._channel, criteria.params(), page_size=self._page_size)

    def get_order(self, order_id: int) -> ShopOrder:
        """Read an order; ORDER_NOT_FOUND."""
        return _same(order_id, self._channel.call("GET", _path(order_id), retry=True))

    def get_order_by_key(self, key: str) -> ShopOrder:
        """Read an order by the external key it was POSTed with; ORDER_NOT_FOUND."""
        answer = self._channel.call("GET", _path(f"ext:{quote(key, safe='')}"), retry=True)
        order = answer.parse(ShopOrder.from_document)
        if order.document.get("key", key) != key:
            raise answer.unreadable(f"is order {order.id}, which has another key than {key!r}")
        return order

    def find_order(self, reference: str, webshop: int | None = None) -> ShopOrder:
        """Find the one order with this reference; ORDER_NOT_FOUND, REFERENCE_AMBIGUOUS."""
        ids = self._ids(OrderFilter(reference=reference))
        several = len(ids) > 1
        if several and webshop is None:
            raise _ambiguous(reference, ids)
        if several:
            ids = self._ids(OrderFilter(reference=reference, webshop=webshop))
        orders = [order for order in map(self.get_order, ids) if webshop is None or order.webshop in {webshop, None}]
        if not orders:
            raise PermanentError(f"the shop has no order {_name(reference, webshop)}", reason=Reason.ORDER_NOT_FOUND)
        if len(orders) > 1 or (several and orders[0].webshop is None):
            raise _ambiguous(reference, [order.id for order in orders])
        return orders[0]

    def patch_order(self, order_id: int, changes: Mapping[str, Any]) -> ShopOrder:
        """Change some fields; the order as the shop answers it, which need not hold what was sent: compare."""
        return self._written(order_id, self._channel.call("PATCH", _path(order_id), json=dict(changes), retry=True))

    def patch_order_if(self, state: ShopState, order_id: int, changes: Mapping[str, Any]) -> ShopOrder | None:
        """Change some fields, asking for an order in this state; None when the shop finds no such order.

        Whether the shop obeys is ASSUMED until `state_condition` has proved it. Repeated after a lost answer, a change
        of the state itself finds the order in another one: None does not say that nothing was changed.
        """
        accept = {HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST}
        params = {"state": state.value}
        answer = self._channel.call(
            "PATCH", _path(order_id), params=params, json=dict(changes), retry=True, accept=accept
        )
        return None if answer.status in accept else self._written(order_id, answer)

    def put_order(self, order_id: int, document: Mapping[str, Any]) -> ShopOrder:
        """Replace the whole order by `document`: the `ShopOrder.document` just read, with what is to change.

        A PUT on an id the shop does not know creates an order, so the document must name the same id.
        """
        if document.get("id") != order_id:
            raise ValueError(f"the document to PUT is not the one read from order {order_id}")
        return self._written(order_id, self._channel.call("PUT", _path(order_id), json=dict(document), retry=True))

    def _ids(self, criteria: OrderFilter) -> list[int]:
        return [row.id for row in self.list_orders(criteria) if row.reference == criteria.reference]

    def _written(self, order_id: int, answer: Answer) -> ShopOrder:
        # That a write is answered by the whole object is what its framework does, not what a page says.
        return _same(order_id, answer) if answer.body.strip() else self.get_order(order_id)


def _path(name: object) -> str:
    return f"{ORDERS}{name}/"


def _same(order_id: int, answer: Answer) -> ShopOrder:
    order = answer.parse(ShopOrder.from_document)
    if order.id != order_id:
        raise answer.unreadable(f"is about order {order.id}, not {order_id}")
    return order


def _name(reference: str, webshop: int | None) -> str:
    return reference if webshop is None else f"{webshop}/{reference}"


def _ambiguous(reference: str, ids: list[int]) -> PermanentError:
    return PermanentError(
        f"several orders have the reference {reference}: ids {', '.join(map(str, sorted(ids)))}",
        reason=Reason.REFERENCE_AMBIGUOUS,
    )
