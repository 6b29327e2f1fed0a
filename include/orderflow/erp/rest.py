"""The adapter `rest`, for an ERP or middleware that implements docs/reference/erp-rest-contract.md."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from threading import Lock
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from orderflow.domain.reasons import Reason
from orderflow.domain.reference import is_same_to_some
from orderflow.erp.inspection import served_at
from orderflow.erp.models import Delivery, ListedSalesOrder, SalesOrder, SalesOrderRequest
from orderflow.erp.port import NO_ORDER, Capabilities, UnreadableRow
from orderflow.erp.rest_capabilities import ask_capabilities
from orderflow.erp.rest_customers import RestCustomers
from orderflow.errors import InDoubtError, OrderflowError, PermanentError
from orderflow.redaction import excerpt
from orderflow.transport import Answer, Channel, RefusedError, Service, UnavailableError, unless_it_holds
from orderflow.transport.fields import BLANK_IS_NONE, Number, wrong_fields

ERP = Service(
    name="erp",
    unavailable=Reason.ERP_UNAVAILABLE,
    refused=Reason.ERP_REFUSED,
    auth=Reason.ERP_REFUSED,
    not_found=Reason.ERP_REFUSED,
    answer_invalid=Reason.ERP_ANSWER_INVALID,
    quotable=unless_it_holds("external_reference", "lines"),
)
SALES_ORDERS = "/sales-orders"
DELIVERIES = "/deliveries"
REJECTED = "rejected"

_MOST_PAGES = 10_000
_MOST_FIELDS = 50
_LONGEST_NAME = 100
_CREATED = frozenset({HTTPStatus.OK, HTTPStatus.CREATED})
_UNSETTLED = frozenset({HTTPStatus.CONFLICT, *range(HTTPStatus.MULTIPLE_CHOICES, HTTPStatus.BAD_REQUEST)})
"""Statuses that do not say whether the order exists: a conflict, and a redirect, which may follow a creation."""


class _Found(BaseModel):
    model_config = ConfigDict(frozen=True)

    results: tuple[SalesOrder, ...]


class _Page(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    next: Annotated[object, BLANK_IS_NONE] = None
    results: tuple[Any, ...]


Row = TypeVar("Row", bound=BaseModel)


class _Rejection(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    error: str = REJECTED
    reason: str = "no reason given"
    lines: tuple[Number, ...] = ()


class RestErp:
    """An `ErpPort` over the REST contract; safe to share between threads."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._capabilities: Capabilities | None = None
        self._asking = Lock()
        self.customers = RestCustomers(channel, lambda: self.capabilities.idempotency_key)

    @property
    def capabilities(self) -> Capabilities:
        """The ERP's own statement, read once. Without one, the ERP implements the contract without additions."""
        with self._asking:
            if self._capabilities is None:
                self._capabilities = ask_capabilities(self._channel)
        return self._capabilities

    @capabilities.setter
    def capabilities(self, known: Capabilities) -> None:
        self._capabilities = known

    def find(self, external_reference: str, shop_order_id: int | None = None) -> SalesOrder | None:
        """Look an order up, by the shop's order id first if the ERP supports it; None if the ERP has none.

        An answer with orders other than the one requested proves nothing: ERP_ANSWER_INVALID. An order whose name this
        ERP cannot distinguish from the requested one (by case or accents) is an answer; the caller finds out whose it
        is. An order without a number has not been created yet: InDoubtError.
        """
        if shop_order_id is not None and self.capabilities.shop_order_id_lookup:
            made_of = self._found({"shop_order_id": str(shop_order_id)}, "shop_order_id", shop_order_id)
            if made_of is not None:
                return made_of
        return self._found({"external_reference": external_reference}, "external_reference", external_reference)

    def _found(self, params: Mapping[str, str], field: str, value: str | int) -> SalesOrder | None:
        answer = self._channel.call("GET", SALES_ORDERS, params=params, retry=True)
        _refuse_unnumbered(answer, field, value)
        found = answer.parse(_Found.model_validate).results
        others = [order.external_reference for order in found if not _is_asked_for(getattr(order, field), value)]
        if others:
            raise answer.unreadable(f"to a search for {value} holds others ({', '.join(others[:3])})")
        exact = [order for order in found if getattr(order, field) == value] or found
        alive = [order for order in exact if not order.is_cancelled] or exact[:1]  # people recreate a cancelled one
        if len(alive) > 1:
            numbers = ", ".join(order.number for order in alive)
            raise answer.unreadable(f"has more than one order for {value} ({numbers})")
        return alive[0] if alive else None

    def create(self, request: SalesOrderRequest) -> SalesOrder:
        """Create an order: one request, never repeated here.

        PermanentError: nothing was created. TransientError ERP_UNAVAILABLE: nothing was sent. InDoubtError: anything
        else, to be settled by a look-up: no answer, a server fault, a conflict, a redirect, and (reason
        ERP_ANSWER_INVALID) a success whose body breaks the contract.
        """
        try:
            answer = self._channel.call(
                "POST",
                SALES_ORDERS,
                json=request.model_dump(mode="json"),
                headers={"Idempotency-Key": request.idempotency_key},
                retry=False,
                accept={HTTPStatus.UNPROCESSABLE_ENTITY},
            )
        except UnavailableError as error:
            if error.not_sent:
                raise
            raise InDoubtError(f"{error.message}; the order may have been created") from error
        except RefusedError as error:
            if error.status in _UNSETTLED:
                raise InDoubtError(f"{error.message}; the order may exist") from error
            raise
        if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            raise _rejection(answer)
        try:
            return _checked(answer, request)
        except RefusedError as error:
            raise InDoubtError(f"{error.message}; the order may exist", reason=error.reason) from error

    def orders_since(self, since: datetime) -> Iterator[ListedSalesOrder | UnreadableRow]:
        """Yield the orders created at or after an aware instant."""
        return self._rows(SALES_ORDERS, since, ListedSalesOrder, "external_reference")

    def deliveries_since(self, since: datetime) -> Iterator[Delivery | UnreadableRow]:
        """Yield the packing slips created at or after an aware instant."""
        return self._rows(DELIVERIES, since, Delivery, "number")

    def server_time(self) -> datetime | None:
        """Return the time by the ERP's clock, from the answer to a look-up of an order that it does not have."""
        return served_at(self._channel.call("GET", SALES_ORDERS, params={"external_reference": NO_ORDER}, retry=True))

    def _rows(self, path: str, since: datetime, model: type[Row], name: str) -> Iterator[Row | UnreadableRow]:
        """Yield every row, read on its own: an unreadable row does not hide the others.

        Problems with the listing as a whole come last, also as rows.
        """
        for answer, results in self._pages(path, since):
            if isinstance(results, str):
                yield UnreadableRow("the listing itself", answer.unreadable(results))
                return
            for row in results:
                try:
                    yield model.model_validate(row)
                except ValidationError as error:
                    yield _unreadable(answer, row, name, error)

    def _pages(self, path: str, since: datetime) -> Iterator[tuple[Answer, tuple[Any, ...] | str]]:
        """Follow `next`, but use only its query: host and path stay ours. A text describes a page that is wrong."""
        query: tuple[tuple[str, str], ...] = (("since", since.isoformat()),)
        seen = set()
        while query:
            seen.add(query)
            answer = self._channel.call("GET", path, params=dict(query), retry=True)
            page = answer.parse(_Page.model_validate)
            yield answer, page.results
            try:
                link = page.next if isinstance(page.next, str) else ""
                query = tuple(parse_qsl(urlsplit(link).query, max_num_fields=_MOST_FIELDS))
            except ValueError:
                query = ()
            if page.next and not query:
                yield answer, "names a next page that is no address with a query"
            elif query in seen or len(seen) >= _MOST_PAGES:
                yield answer, "leads back to a page that was read already, or has no end"
                return


def _is_asked_for(shown: object, value: str | int) -> bool:
    both_names = isinstance(shown, str) and isinstance(value, str)
    return shown == value or (both_names and is_same_to_some(str(shown), str(value)))


def _refuse_unnumbered(answer: Answer, field: str, value: str | int) -> None:
    """InDoubtError if the ERP has started an order without a number: do not write it back or create it again."""
    results = answer.json_object().get("results")
    for row in results if isinstance(results, list) else ():
        if isinstance(row, dict) and _is_asked_for(row.get(field), value):
            number = row.get("number")
            if number is None or not str(number).strip():
                raise InDoubtError(f"the ERP has {value} without a number: it is not made yet")


def _unreadable(answer: Answer, row: Any, name: str, error: ValidationError) -> UnreadableRow:
    """Name the row and its invalid fields, but never quote the contents: they may be sensitive."""
    called = row.get(name) if isinstance(row, dict) else None
    listed = str(called)[:_LONGEST_NAME] if isinstance(called, str | int) and called else "without a name"
    listed = "".join(letter if letter.isprintable() else "?" for letter in listed)
    return UnreadableRow(listed, answer.unreadable(f"has a row that is not as agreed ({wrong_fields(error)})"))


def _rejection(answer: Answer) -> OrderflowError:
    """Read a 422. Anything but a plain rejection (such as a reused key) does not prove that no order exists."""
    refusal = answer.unreadable("is a refusal", quoted=True)
    try:
        rejection = answer.parse(_Rejection.model_validate)
    except RefusedError:
        return PermanentError(refusal.message, reason=Reason.ERP_REJECTED)
    if rejection.error != REJECTED:
        return InDoubtError(f"{refusal.message}; the order may exist")
    lines = f" (lines {', '.join(map(str, rejection.lines[:_MOST_FIELDS]))})" if rejection.lines else ""
    return PermanentError(f"the ERP rejected the order: {excerpt(rejection.reason)}{lines}", reason=Reason.ERP_REJECTED)


def _checked(answer: Answer, request: SalesOrderRequest) -> SalesOrder:
    if answer.status not in _CREATED:
        raise answer.unreadable("is a success the contract does not know")
    order = answer.parse(SalesOrder.model_validate)
    if order.external_reference != request.external_reference:
        raise answer.unreadable(f"is about {order.external_reference}, not {request.external_reference}")
    if order.shop_order_id not in {None, request.shop_order_id}:
        raise answer.unreadable(f"is about order id {order.shop_order_id} of the shop, not {request.shop_order_id}")
    positions = sorted(line.position for line in request.lines)
    if sorted(line.position for line in order.lines) != positions:
        raise answer.unreadable(f"does not give one line number for each of the positions {positions}")
    return order
