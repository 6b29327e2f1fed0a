"""What a failed request of `requests`, or an answer that is a failure, means for the caller."""

import ssl
from collections.abc import Iterable, Iterator
from http import HTTPStatus

import requests
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from orderflow.domain.reasons import Reason
from orderflow.errors import ConfigurationError, OrderflowError
from orderflow.transport.failures import Exchange, RefusedError, Service, UnavailableError
from orderflow.transport.redaction import excerpt, pointed_at
from orderflow.transport.retry import retry_after

_COME_BACK = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
_BEFORE_SENDING = (ConnectTimeoutError, NameResolutionError, NewConnectionError)
_UNKNOWN_ISSUER = frozenset({2, 18, 19, 20, 21})
"""OpenSSL's codes for a certificate whose signer is not among the CAs we know; it has no names for them in Python."""


def fault_of_error(error: requests.RequestException, exchange: Exchange, service: Service) -> OrderflowError:
    """Translate an error under which no whole answer came."""
    causes = list(_chain(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _untrusted(cause, service)
    if isinstance(error, ValueError):
        return ConfigurationError(f"{service.name}: {exchange} cannot be sent: {type(error).__name__}")
    not_sent = any(isinstance(cause, _BEFORE_SENDING) for cause in causes)
    what = "could not be reached" if not_sent else "gave no whole answer"
    return UnavailableError(
        f"{service.name}: {exchange}: the server {what} ({type(causes[-1]).__name__})",
        exchange=exchange,
        reason=service.unavailable,
        not_sent=not_sent,
    )


def _untrusted(error: ssl.SSLCertVerificationError, service: Service) -> ConfigurationError:
    told = error.verify_message.rstrip(".")
    if error.verify_code in _UNKNOWN_ISSUER:
        advice = "set `verify` in the connection's extra to the file of the CA that signed it"
    else:
        advice = "nothing was sent; the certificate must be in date and name the host that the connection names"
    return ConfigurationError(f"{service.name}: its certificate is not trusted ({told}): {advice}")


def fault_of_answer(
    response: requests.Response, exchange: Exchange, service: Service, secrets: Iterable[str]
) -> UnavailableError | RefusedError:
    """Translate an answer that is neither 2xx nor expected."""
    status = response.status_code
    exchange = exchange._replace(status=status, excerpt=excerpt(text_of(response), secrets))
    message = f"{service.name}: {exchange}"
    if status in _COME_BACK or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return UnavailableError(
            message,
            exchange=exchange,
            reason=service.unavailable,
            retry_after=retry_after(response.headers.get("Retry-After")),
        )
    if status < HTTPStatus.BAD_REQUEST:
        target = pointed_at(response.headers.get("Location", ""))
        return RefusedError(
            f"{message} (redirect to {target!r}, not followed)", exchange=exchange, reason=service.refused
        )
    reasons: dict[int, Reason] = {
        HTTPStatus.UNAUTHORIZED: service.auth,
        HTTPStatus.FORBIDDEN: service.auth,
        HTTPStatus.NOT_FOUND: service.not_found,
    }
    return RefusedError(message, exchange=exchange, reason=reasons.get(status, service.refused))


def text_of(response: requests.Response) -> str:
    """Return the body as UTF-8, whatever the server declares: JSON is UTF-8, and pages are only quoted."""
    return response.content.decode("utf-8", "replace")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what it wraps, outermost first; urllib3 wraps in `args` and `reason`."""
    seen: set[int] = set()
    current: object = error
    while isinstance(current, BaseException) and id(current) not in seen:
        seen.add(id(current))
        yield current
        wrapped = [getattr(current, "reason", None), *current.args, current.__cause__, current.__context__]
        current = next((inner for inner in wrapped if isinstance(inner, BaseException) and id(inner) not in seen), None)
