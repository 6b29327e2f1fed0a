"""How a call can end, as a table. docs/reference/wire-errors.md is generated from it, and a test plays every row."""

from typing import NamedTuple

from orderflow.errors import CallDeferredError, ConfigurationError, OrderflowError
from orderflow.transport.failures import RefusedError, UnavailableError


class Case(NamedTuple):
    """One thing that can happen, and how it is classified."""

    what: str
    error: type[OrderflowError]
    reason: str
    """The field of `Service` with the reason code, or the code itself."""
    done: str
    """Whether the service may have carried out the request."""
    repeated: bool
    """Whether GET, PATCH and PUT are sent again within seconds, if the caller allows it."""


NO, PERHAPS, REFUSED = "certainly not", "perhaps", "no, according to the answer"

CASES = (
    Case("the host's name is unknown", UnavailableError, "unavailable", NO, repeated=True),
    Case("the name server does not answer", UnavailableError, "unavailable", NO, repeated=True),
    Case("the host can be no name: a label empty or long", ConfigurationError, "configuration", NO, repeated=False),
    Case("the connection is refused", UnavailableError, "unavailable", NO, repeated=True),
    Case("the proxy is missing, or opens no tunnel", UnavailableError, "unavailable", NO, repeated=True),
    Case("the SOCKS proxy refuses, hangs up or is none", UnavailableError, "unavailable", NO, repeated=True),
    Case("a SOCKS proxy, without the package PySocks", ConfigurationError, "configuration", NO, repeated=False),
    Case("the TLS handshake fails", UnavailableError, "unavailable", NO, repeated=True),
    Case("the certificate is not trusted", ConfigurationError, "configuration", NO, repeated=False),
    Case("the request cannot be sent: bad address or header", ConfigurationError, "configuration", NO, repeated=False),
    Case(
        "the connection is lost before the whole answer came", UnavailableError, "unavailable", PERHAPS, repeated=True
    ),
    Case("silence for longer than `timeout`", UnavailableError, "unavailable", PERHAPS, repeated=True),
    Case("the whole answer does not come within `deadline`", UnavailableError, "unavailable", PERHAPS, repeated=True),
    Case("not HTTP, or an encoding that cannot be unpacked", UnavailableError, "unavailable", PERHAPS, repeated=True),
    Case("408", UnavailableError, "unavailable", PERHAPS, repeated=True),
    Case("5xx", UnavailableError, "unavailable", PERHAPS, repeated=True),
    Case("429 with a long pause", CallDeferredError, "throttled", NO, repeated=False),
    Case("3xx: never followed", RefusedError, "refused", PERHAPS, repeated=False),
    Case("401, 403", RefusedError, "auth", REFUSED, repeated=False),
    Case("404", RefusedError, "not_found", REFUSED, repeated=False),
    Case("any other 4xx", RefusedError, "refused", REFUSED, repeated=False),
    Case("2xx, but larger than `max_answer_mb`", RefusedError, "answer_invalid", PERHAPS, repeated=False),
    Case("2xx, but not JSON in UTF-8", RefusedError, "answer_invalid", PERHAPS, repeated=False),
    Case("2xx, but not as agreed", RefusedError, "answer_invalid", PERHAPS, repeated=False),
)
