"""The shop's message endpoints below `/proxy`: shipments, confirmations, custom order statuses; one request each."""

import re
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from orderflow.cloudsuite.cxml import Confirmation
from orderflow.cloudsuite.despatch_advice import DespatchAdvice
from orderflow.cloudsuite.order_status import OrderStatus
from orderflow.cloudsuite.xml import Status, XmlError, read, status_of
from orderflow.domain.reasons import Reason
from orderflow.errors import InDoubtError, OrderflowError, PermanentError
from orderflow.transport import Answer, Channel, RefusedError, Service, UnavailableError

MESSAGES = Service(
    name="shop",
    unavailable=Reason.SHOP_UNAVAILABLE,
    refused=Reason.MESSAGE_REJECTED,
    auth=Reason.SHOP_AUTH,
    not_found=Reason.MESSAGE_REJECTED,
    answer_invalid=Reason.MESSAGE_REJECTED,
)

DESADV_PATH = "/proxy/des_adv_xml/delivery/"
ORDER_STATUS_PATH = "/proxy/v1/orderstatus/"

_NOT_READ_HERE = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
}
_REFUSALS = frozenset(range(400, 500)) - _NOT_READ_HERE
"""Statuses whose body gives the reason; the channel handles the others."""

_XML = {"Content-Type": "application/xml; charset=utf-8", "Accept": "application/xml, text/xml, */*"}
_NAMES = r"desadv\w*|deliver(y|ies)|message|packing\s+slip|levering|bericht"
_PARTS = r"(order|line|item|regel|artikel)"
_THERE = r"(already\s+(exists|been\s+\w+|sent|processed|received|taken|known)|bestaat\s+(al|reeds))"


class Sent(StrEnum):
    """The outcome of a message that was not refused."""

    TAKEN = "taken"
    ALREADY_TAKEN = "already_taken"
    """The shop says that it already has this message."""


class MessagesClient:
    """Sends messages; safe to share between threads. Each is sent in one request and never repeated.

    The possible outcomes, besides `Sent`:
    TransientError (SHOP_UNAVAILABLE): certainly not accepted, because it never reached the shop, or the shop throttles.
    InDoubtError (MESSAGE_IN_DOUBT): unknown whether it was accepted.
    PermanentError: MESSAGE_REJECTED with the shop's text, MESSAGE_INVALID, SHOP_AUTH; certainly not accepted.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def send_desadv(self, message: DespatchAdvice, *, shop: int, user: int) -> Sent:
        """Send a packing slip."""
        return self._send(
            f"packing slip {message.number}",
            DESADV_PATH,
            known=message.number,
            params={"shop": str(shop), "user": str(user)},
            data=message.to_xml(),
            headers=_XML,
        )

    def send_confirmation(self, message: Confirmation, *, path: str, shop: int, user: int) -> Sent:
        """Send an order confirmation. That `path` needs shop and user, like similar endpoints, is ASSUMED."""
        return self._send(
            f"confirmation of {message.webshop}/{message.reference}",
            path,
            known=message.payload_id,
            params={"shop": str(shop), "user": str(user)},
            data=message.to_xml(),
            headers=_XML,
        )

    def send_order_status(self, message: OrderStatus, *, shop: int, api_timezone: str) -> Sent:
        """Send a text that the customer sees with the order."""
        return self._send(
            f"status of {message.reference}",
            ORDER_STATUS_PATH,
            known=message.reference,
            params={"shop": str(shop)},
            json=message.to_document(api_timezone=api_timezone),
        )

    def _send(self, what: str, path: str, *, known: str, **request: Any) -> Sent:
        try:
            answer = self._channel.call("POST", path, retry=False, accept=_REFUSALS, **request)
        except UnavailableError as error:
            throttled = error.exchange is not None and error.exchange.status == HTTPStatus.TOO_MANY_REQUESTS
            if error.not_sent or throttled:
                raise
            raise _in_doubt(what, error) from error
        except RefusedError as error:
            if not _is_redirect(error, path):
                raise
            # The redirect is not followed, and nobody knows whether the message was accepted on the way.
            raise _in_doubt(what, error) from error
        return _outcome(what, known, answer)


def _is_redirect(error: RefusedError, path: str) -> bool:
    """Whether the message itself was redirected, rather than the token request before it."""
    status = error.status or 0
    own = error.exchange is not None and error.exchange.path == path
    return own and HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST


def _outcome(what: str, known: str, answer: Answer) -> Sent:
    if answer.status < HTTPStatus.MULTIPLE_CHOICES and _is_page(answer):
        raise _in_doubt(what, answer.unreadable("is a page", quoted=True))
    try:
        status = _status(answer)
    except XmlError as error:
        raise _in_doubt(what, answer.unreadable(f"cannot be understood ({error})", quoted=True)) from error
    code = status.code if status else answer.status
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise _in_doubt(what, answer.unreadable(f"has the status {code}", quoted=True))
    if code < HTTPStatus.BAD_REQUEST:
        return Sent.TAKEN
    if says_taken(status.text if status else answer.body, known):
        return Sent.ALREADY_TAKEN
    refused = answer.unreadable(f"has the status {code}", quoted=True)
    raise PermanentError(f"{what}: {refused.message}", reason=Reason.MESSAGE_REJECTED) from refused


def _status(answer: Answer) -> Status | None:
    """Return the Status in the answer, if any. For an HTTP refusal, it only gives the reason."""
    if not answer.body.lstrip("\ufeff \t\r\n").startswith("<") or _is_page(answer):
        return None
    try:
        found = status_of(read(answer.body.lstrip("\ufeff \t\r\n")))
    except XmlError:
        if answer.status < HTTPStatus.MULTIPLE_CHOICES:
            raise
        return None
    if found is not None and answer.status >= HTTPStatus.BAD_REQUEST:
        return found._replace(code=answer.status)
    return found


def _is_page(answer: Answer) -> bool:
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return kind == "text/html" or re.match(r"\s*(<!doctype\s+html|<html)\b", answer.body, re.IGNORECASE) is not None


def says_taken(text: str, known: str) -> bool:
    """Whether a refusal says that this very message already exists, and not something else.

    Misreading another refusal as this one would lose the message unnoticed. So the text must mention the message, or
    its name, right before saying that it exists.
    """
    subject = rf"(?<![\w-])({_NAMES}|{re.escape(known)})(?![\w-])"
    return re.search(rf"{subject}\W+((?!{_PARTS})\S+\s+){{0,4}}?{_THERE}", text, re.IGNORECASE) is not None


def _in_doubt(what: str, error: OrderflowError) -> InDoubtError:
    return InDoubtError(f"{what}: {error.message}", reason=Reason.MESSAGE_IN_DOUBT)
