"""CloudSuite's order calls (Orders GET, order states page, Usage Info), typed."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from orderflow.cloudsuite.directory import Directory
from orderflow.cloudsuite.filters import OrderFilter
from orderflow.cloudsuite.models import ShopOrder
from orderflow.cloudsuite.paging import ORDERS, Listing
from orderflow.cloudsuite.state_condition import StateCondition
from orderflow.domain.reasons import Reason
from orderflow.domain.states import ShopState
from orderflow.errors import PermanentError
from orderflow.transport import Answer, Channel, RefusedError, Service

log = logging.getLogger(__name__)

SHOP = Service(
    name="shop",
    unavailable=Reason.SHOP_UNAVAILABLE,
    refused=Reason.SHOP_REFUSED,
    auth=Reason.SHOP_AUTH,
    not_found=Reason.ORDER_NOT_FOUND,
    answer_invalid=Reason.SHOP_ANSWER_INVALID,
)

_ALWAYS_THERE = frozenset({"id", "reference", "state"})
"""What an answer that is the whole order shows."""
_TOLD = ("state", "erp_order_number")
"""What of a whole order has to come back as it was sent for the answer to be a new one."""


class CloudSuiteClient:
    """The shop's orders; safe to share between threads.

    Every call raises TransientError (quick retries did not help) or PermanentError, each with a reason code. A
    PUT or PATCH may have been done although it raised TransientError: read the order before writing again.
    """

    def __init__(self, channel: Channel, *, page_size: int = 100) -> None:
        self._channel = channel
        self._page_size = page_size
        self.state_condition = StateCondition(self)
        self.directory = Directory(channel)

    def list_orders(self, criteria: OrderFilter) -> Listing:
        """Return an iterator over every row of every page, each id once; its `short` says what is missing.

        The rows are what the shop gave: one that does not know a filter ignores it, so check each of them.
        """
        return Listing(self._channel, criteria.params(), page_size=self._page_size)

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
        orders = [order for order in map(self.get_order, ids) if order.reference == reference]
        orders = [order for order in orders if webshop is None or order.webshop in {webshop, None}]
        if not orders:
            raise PermanentError(f"the shop has no order {_name(reference, webshop)}", reason=Reason.ORDER_NOT_FOUND)
        if len(orders) > 1 or (several and orders[0].webshop is None):
            raise _ambiguous(reference, [order.id for order in orders])
        return orders[0]

    def patch_order(self, order_id: int, changes: Mapping[str, Any], *, retry: bool = True) -> ShopOrder:
        """Change some fields; the order as the shop shows it then, which need not hold what was sent: compare.

        Without `retry` one request is sent: UnavailableError says by `not_sent` whether it may have been done.
        """
        answer = self._channel.call("PATCH", _path(order_id), json=dict(changes), retry=retry)
        return self._written(order_id, changes, answer)

    def patch_order_if(
        self, state: ShopState, order_id: int, changes: Mapping[str, Any], *, retry: bool = True
    ) -> ShopOrder | None:
        """Change some fields, asking for an order in this state; None when the shop finds no such order.

        Whether the shop obeys is ASSUMED until `state_condition` has proved it. Repeated after a lost answer, a change
        of the state itself finds the order in another one: None does not say that nothing was changed.
        """
        accept = {HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST}
        params = {"state": state.value}
        answer = self._channel.call(
            "PATCH", _path(order_id), params=params, json=dict(changes), retry=retry, accept=accept
        )
        return None if answer.status in accept else self._written(order_id, changes, answer)

    def put_order(self, order_id: int, document: Mapping[str, Any], *, retry: bool = True) -> ShopOrder:
        """Replace the whole order by `document`: the `ShopOrder.document` just read, with what is to change.

        A PUT on an id the shop does not know creates an order, so the document must name the same id.
        """
        if str(document.get("id")) != str(order_id):
            raise ValueError(f"the document to PUT is not the one read from order {order_id}")
        answer = self._channel.call("PUT", _path(order_id), json=dict(document), retry=retry)
        return self._written(order_id, {name: document[name] for name in _TOLD if name in document}, answer)

    def _ids(self, criteria: OrderFilter) -> list[int]:
        """Return the ids of rows that may be the one: a row without a reference has to be read to know."""
        rows = self.list_orders(criteria)
        ids = [row.id for row in rows if row.reference in {criteria.reference, None}]
        if rows.short is not None:
            raise rows.short
        return ids

    def _written(self, order_id: int, sent: Mapping[str, Any], answer: Answer) -> ShopOrder:
        """Return the order that a write was answered with; where the answer proves nothing, the order as it is now.

        That a write is answered by the whole object is what the shop's framework does, not what a page says: an
        answer that is empty, partial, old or cannot be read says nothing about what was done.
        """
        try:
            order = _same(order_id, answer)
        except RefusedError as error:
            log.info("%s: reading the order instead", error)
            return self.get_order(order_id)
        shown = order.document
        is_whole = shown.keys() >= _ALWAYS_THERE and all(shown.get(name) == value for name, value in sent.items())
        return order if is_whole else self.get_order(order_id)


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
