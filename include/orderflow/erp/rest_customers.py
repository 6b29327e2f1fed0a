"""Customers over the REST contract (docs/reference/erp-rest-contract.md): find, create, update."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict

from orderflow.domain.people import Address, Party, RecordKey
from orderflow.domain.reasons import Reason
from orderflow.erp.customers import CUSTOMERS, CustomerRequest, ErpCustomer, path_of
from orderflow.errors import InDoubtError, OrderflowError, PermanentError
from orderflow.transport import Answer, Channel, RefusedError, UnavailableError

_DONE = frozenset({HTTPStatus.OK, HTTPStatus.CREATED})


class _Found(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    results: tuple[ErpCustomer, ...]


class _Refusal(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    error: str = "rejected"
    reason: str = "no reason given"


class RestCustomers:
    """A `CustomerPort`; safe to share between threads."""

    def __init__(self, channel: Channel, resend_is_safe: Callable[[], bool]) -> None:
        self._channel = channel
        self._resend_is_safe = resend_is_safe

    @property
    def resend_is_safe(self) -> bool:
        """Whether the ERP recognises a repeated request by its key."""
        return self._resend_is_safe()

    @property
    def adds_changed_addresses(self) -> bool:
        """False: an order in this contract carries its own addresses, so an address may change."""
        return False

    def find(self, buyer: Party, addresses: Sequence[Address]) -> ErpCustomer | None:
        """Look a customer up. An answer about other customers, or several, proves nothing."""
        del addresses  # the answer lists them all
        record = buyer.record
        answer = self._channel.call("GET", CUSTOMERS, params=record._asdict(), retry=True)
        found = answer.parse(_Found.model_validate).results
        if len(found) > 1 or any((one.origin, one.key) != record for one in found):
            raise answer.unreadable(f"to a search for customer {record} is not about this one customer")
        return found[0] if found else None

    def create(self, request: CustomerRequest) -> ErpCustomer:
        """Create a customer: one request, never repeated here."""
        if request.buyer is None:
            raise ValueError("a customer cannot be made without `buyer`")
        record = request.buyer.record
        headers = {"Idempotency-Key": idempotency_key(record)}
        answer = self._write("POST", CUSTOMERS, record, request.to_document(), headers)
        return _checked(answer, record)

    def update(self, record: RecordKey, code: str | None, request: CustomerRequest) -> ErpCustomer:
        """Update a customer. Repeating the same update changes nothing."""
        del code  # the key identifies it
        return _checked(self._write("PUT", path_of(record), record, request.to_document()), record)

    def _write(
        self, method: str, path: str, record: RecordKey, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> Answer:
        accept, retry = {HTTPStatus.UNPROCESSABLE_ENTITY}, method == "PUT"
        try:
            answer = self._channel.call(method, path, json=body, headers=headers, retry=retry, accept=accept)
        except UnavailableError as error:
            if error.not_sent:
                raise
            raise _doubt(error.message, record) from error
        except RefusedError as error:
            if error.status is None or error.status < HTTPStatus.BAD_REQUEST or error.status == HTTPStatus.CONFLICT:
                raise _doubt(error.message, record) from error
            raise
        if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            raise _rejection(answer, record)
        return answer


def idempotency_key(record: RecordKey) -> str:
    """Return the same value for every attempt at one customer, in characters allowed in a header."""
    return f"cloudsuite:customer:{quote(record.origin, safe='')}/{quote(record.key, safe='')}"


def _rejection(answer: Answer, record: RecordKey) -> OrderflowError:
    refusal = answer.parse(_Refusal.model_validate)
    if refusal.error != "rejected":
        return _doubt(answer.unreadable("is a refusal").message, record)
    return PermanentError(f"the ERP rejected customer {record}: {refusal.reason}", reason=Reason.CUSTOMER_REJECTED)


def _checked(answer: Answer, record: RecordKey) -> ErpCustomer:
    try:
        if answer.status not in _DONE:
            raise answer.unreadable("is a success the contract does not know")
        customer = answer.parse(ErpCustomer.model_validate)
        if (customer.origin, customer.key) != record:
            raise answer.unreadable(f"is about {customer.origin}/{customer.key}, not {record}")
    except RefusedError as error:
        raise _doubt(error.message, record) from error
    return customer


def _doubt(message: str, record: RecordKey) -> InDoubtError:
    return InDoubtError(f"{message}; customer {record} may have been made or changed", reason=Reason.CUSTOMER_IN_DOUBT)
