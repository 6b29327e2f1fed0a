"""CloudSuite's order calls (Orders GET, order states page, Usage Info), typed."""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from itertools import islice
from typing import Any, TypeVar

from orderflow.cloudsuite.directory import Directory
from orderflow.cloudsuite.filters import ShopOrderFilter
from orderflow.cloudsuite.models import ListedOrder, ShopOrder
from orderflow.cloudsuite.paging import ORDERS, Listing
from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError
from orderflow.transport import Answer, Channel, RefusedError, Service, unless_it_holds

log = logging.getLogger(__name__)
Result = TypeVar("Result")

SHOP = Service(
    name="shop",
    unavailable=Reason.SHOP_UNAVAILABLE,
    refused=Reason.SHOP_REFUSED,
    auth=Reason.SHOP_AUTH,
    not_found=Reason.ORDER_NOT_FOUND,
    answer_invalid=Reason.SHOP_ANSWER_INVALID,
    quotable=unless_it_holds("reference", "order_lines"),
)

_ALWAYS_THERE = frozenset({"id", "reference", "state"})
"""Fields that a complete order always has."""
_COMPARED = ("state", "erp_order_number", "shipment_state")
"""Fields that must come back as sent; otherwise the answer does not show the new state."""
_NOT_IN_THAT_STATE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST})


class CloudSuiteClient:
    """The shop's orders; safe to share between threads.

    Every call raises TransientError (quick retries did not help) or PermanentError, each with a reason code. A PUT or
    PATCH is sent once. It may have taken effect even if it raised TransientError, so read the order before writing
    again.
    """

    def __init__(self, channel: Channel, *, page_size: int = 100) -> None:
        self._channel = channel
        self._page_size = page_size
        self.directory = Directory(channel)

    @property
    def channel(self) -> Channel:
        """The underlying channel, for checks that need the raw answers."""
        return self._channel

    def list_orders(self, criteria: ShopOrderFilter) -> Listing:
        """Return an iterator over every row of every page, each id once; its `short` says what is missing.

        The shop ignores filters that it does not know, so check every row.
        """
        return Listing(self._channel, criteria.params(), page_size=self._page_size)

    def get_order(self, order_id: int) -> ShopOrder:
        """Read an order; ORDER_NOT_FOUND."""
        return _same(order_id, self._channel.call("GET", _path(order_id), retry=True))

    def find_order(self, reference: str, webshop: int | None = None) -> ShopOrder:
        """Find the one order with this reference; ORDER_NOT_FOUND, REFERENCE_AMBIGUOUS."""
        ids = self._ids(ShopOrderFilter(reference=reference))
        several = len(ids) > 1
        if several and webshop is None:
            raise _ambiguous(reference, ids)
        if several:
            ids = self._ids(ShopOrderFilter(reference=reference, webshop=webshop))
        orders = [order for order in map(self.get_order, ids) if order.reference == reference]
        orders = [order for order in orders if webshop is None or order.webshop in {webshop, None}]
        if not orders:
            raise PermanentError(f"the shop has no order {_name(reference, webshop)}", reason=Reason.ORDER_NOT_FOUND)
        if len(orders) > 1 or (several and orders[0].webshop is None):
            raise _ambiguous(reference, [order.id for order in orders])
        return orders[0]

    def ids_of(self, reference: str) -> set[int]:
        """Return the ids of all orders with this reference, in any webshop; PermanentError if the list lacks some.

        A row that does not show its reference is read: a list that hides it proves nothing.
        """
        rows = self._rows_of(ShopOrderFilter(reference=reference))
        return {row.id for row in rows if (row.reference or self.get_order(row.id).reference) == reference}

    def ids_showing(self, number: str) -> set[int] | None:
        """Return the ids of orders that show this ERP number, at most one page; None if the shop cannot tell.

        A row without a number is read. One that has another number shows that the shop ignores the filter.
        """
        ids = set[int]()
        for row in islice(self.list_orders(ShopOrderFilter(erp_order_number=number)), self._page_size):
            if (row.erp_order_number or self.get_order(row.id).erp_order_number) != number:
                return None
            ids.add(row.id)
        return ids

    def repeating(self, attempt: Callable[[], Result]) -> Result:
        """Repeat an attempt that reads before it writes, for as long as a single read would be repeated."""
        return self._channel.repeating(attempt)

    def patch_order(self, order_id: int, changes: Mapping[str, Any], *, only_in: str | None = None) -> ShopOrder | None:
        """Change some fields, once. Return the order as the shop answers it; compare it with what was sent.

        `only_in` makes the shop apply the change only in this state: its framework applies list filters to a single
        order, too. That CloudSuite does so is ASSUMED. None if the shop found no order in that state, or refused to
        look.
        """
        return self._write("PATCH", order_id, changes, only_in)

    def put_order(self, order_id: int, document: Mapping[str, Any], *, only_in: str | None = None) -> ShopOrder | None:
        """Replace the whole order by `document`, once: the `ShopOrder.document` just read, with the changes applied.

        A PUT on an unknown id creates an order, so the document must contain the same id. `only_in` as for
        `patch_order`.
        """
        if str(document.get("id")) != str(order_id):
            raise ValueError(f"the document to PUT is not the one read from order {order_id}")
        return self._write("PUT", order_id, document, only_in)

    def _write(self, method: str, order_id: int, body: Mapping[str, Any], only_in: str | None) -> ShopOrder | None:
        path, params = _path(order_id), {"state": only_in} if only_in else None
        accept = _NOT_IN_THAT_STATE if only_in else frozenset[int]()
        answer = self._channel.call(method, path, params=params, json=dict(body), retry=False, accept=accept, once=True)
        if answer.status in accept:
            return None
        return self._written(order_id, {name: body[name] for name in _COMPARED if name in body}, answer)

    def _ids(self, criteria: ShopOrderFilter) -> list[int]:
        """Return the ids of rows that may match. Without a reference in the row, the order itself must be read."""
        return [row.id for row in self._rows_of(criteria)]

    def _rows_of(self, criteria: ShopOrderFilter) -> list[ListedOrder]:
        listing = self.list_orders(criteria)
        rows = [row for row in listing if row.reference in {criteria.reference, None}]
        if listing.short is not None:
            raise listing.short
        return rows

    def _written(self, order_id: int, sent: Mapping[str, Any], answer: Answer) -> ShopOrder:
        """Return the order in the answer to a write; if the answer proves nothing, read the order.

        The shop's framework answers a write with the whole object, but no page says so. An answer that is empty,
        partial, outdated or unreadable says nothing about what happened.
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
