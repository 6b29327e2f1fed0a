"""What a failed request, or a failing answer, means for the caller."""

import ssl
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from urllib.parse import urlsplit

from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from orderflow.domain.reasons import Reason
from orderflow.errors import ConfigurationError, OrderflowError
from orderflow.redaction import excerpt, fit_to_show
from orderflow.transport.failures import Exchange, Received, RefusedError, Service, UnavailableError
from orderflow.transport.retry import retry_after

_COME_BACK = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
_BEFORE_SENDING = (ConnectTimeoutError, NameResolutionError, NewConnectionError)
_UNKNOWN_ISSUER = frozenset({2, 18, 19, 20, 21})
"""OpenSSL's codes for a certificate whose signer is not a known CA; Python has no names for them."""
_LONGEST_TARGET = 200


def fault_of_error(
    error: Exception, exchange: Exchange, service: Service, *, sent: bool | None = None
) -> OrderflowError:
    """Translate an error that prevented a complete answer; `sent`: whether any of the request was sent, if known.

    The error's own text is never shown, because it may quote the request with its credentials.
    """
    causes = list(_chain(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _untrusted(cause, service)
    certain = any(isinstance(cause, _BEFORE_SENDING) for cause in causes)
    not_sent = certain if sent is None else not sent
    if isinstance(error, ValueError) and not sent:
        return ConfigurationError(
            f"{service.name}: {exchange} cannot be sent ({type(error).__name__}): check the connection's host, login, "
            "password and extra, and the proxy that the environment names, if it does"
        )
    what = "could not be reached" if not_sent else "gave no complete answer"
    return UnavailableError(
        f"{service.name}: {exchange}: the server {what} ({type(causes[-1]).__name__})",
        exchange=exchange,
        reason=service.unavailable,
        not_sent=not_sent,
    )


def fault_of_time(exchange: Exchange, service: Service, seconds: float, *, sent: bool) -> UnavailableError:
    """Report that a call exceeded its total time."""
    return UnavailableError(
        f"{service.name}: {exchange}: no complete answer within {round(seconds, 1):g} s",
        exchange=exchange,
        reason=service.unavailable,
        not_sent=not sent,
    )


def _untrusted(error: ssl.SSLCertVerificationError, service: Service) -> ConfigurationError:
    told = error.verify_message.rstrip(".")
    if error.verify_code in _UNKNOWN_ISSUER:
        advice = "set `verify` in the connection's extra to the file of the CA that signed it"
    else:
        advice = "nothing was sent; the certificate must be valid now, and for the connection's host"
    return ConfigurationError(f"{service.name}: its certificate is not trusted ({told}): {advice}")


def fault_of_answer(
    received: Received, exchange: Exchange, service: Service, secrets: Iterable[str]
) -> UnavailableError | RefusedError:
    """Translate an answer that is neither 2xx nor expected."""
    status, headers = received.status, received.headers
    exchange = exchange._replace(status=status, excerpt=excerpt(service.quotable(received.text), secrets))
    message = f"{service.name}: {exchange}"
    if status in _COME_BACK or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return UnavailableError(
            message,
            exchange=exchange,
            reason=service.unavailable,
            retry_after=retry_after(headers.get("Retry-After")),
        )
    if status < HTTPStatus.BAD_REQUEST:
        target = excerpt(pointed_at(headers.get("Location", "")), secrets)
        return RefusedError(
            f"{message} (redirect to {target!r}, not followed)", exchange=exchange, reason=service.refused
        )
    reasons: dict[int, Reason] = {
        HTTPStatus.UNAUTHORIZED: service.auth,
        HTTPStatus.FORBIDDEN: service.auth,
        HTTPStatus.NOT_FOUND: service.not_found,
    }
    return RefusedError(message, exchange=exchange, reason=reasons.get(status, service.refused))


def pointed_at(location: str) -> str:
    """Return a redirect's target without parts that may be secret (user, query, fragment)."""
    try:
        parts = urlsplit(location[:_LONGEST_TARGET])
    except ValueError:
        return "nowhere"
    host = parts.netloc.rpartition("@")[2]
    return fit_to_show((f"{parts.scheme}:" if parts.scheme else "") + (f"//{host}" if host else "") + parts.path)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and those it wraps, outermost first; urllib3 wraps them in `args` and `reason`."""
    seen: set[int] = set()
    current: object = error
    while isinstance(current, BaseException) and id(current) not in seen:
        seen.add(id(current))
        yield current
        wrapped = [getattr(current, "reason", None), *current.args, current.__cause__, current.__context__]
        current = next((inner for inner in wrapped if isinstance(inner, BaseException) and id(inner) not in seen), None)
