"""What both Airflow hooks read from an HTTP connection, without importing Airflow."""

import logging
import ssl
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies

import requests

from orderflow.errors import ConfigurationError
from orderflow.transport import credentials
from orderflow.transport.channel import DEFAULT_BOUNDS, DEFAULT_TIMEOUTS
from orderflow.transport.sending import Bounds, Timeouts
from orderflow.transport.watch import make_watchable

COMMON_EXTRAS = ("timeout", "deadline", "max_answer_mb", "allow_http")
"""Extras that every connection of this project may have."""

_LONGEST_CONNECT = 10.0
_USUAL_PORTS = {"http": 80, "https": 443}
_LONGEST_SECONDS = 3600.0
_SHORTEST_DEADLINE = 20.0
_MEGABYTE = 1024 * 1024
_MOST_MEGABYTES = 1024

log = logging.getLogger(__name__)


def base_url(host: str | None, schema: str | None, port: int | None) -> str:
    """Return the address of a connection; a host without a scheme means HTTPS."""
    if not host:
        raise ConfigurationError("the connection has no host; set it to the address of the API, such as https://host")
    parts = credentials.address(
        host if "://" in host else f"{schema or 'https'}://{host}", "the connection's host is not an address"
    )
    netloc = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{netloc}{_port(parts, port)}{parts.path.rstrip('/')}"


def _port(address: SplitResult, port: int | None) -> str:
    """Return what the connection's port adds to its host: Airflow can only test a connection that has a port."""
    if address.port and port and address.port != port:
        raise ConfigurationError(
            f"the connection's host contains port {address.port}, but its port is {port}; remove one"
        )
    return f":{port}" if port and not address.port and port != _USUAL_PORTS[address.scheme] else ""


def given(extra: Mapping[str, Any]) -> dict[str, Any]:
    """Return the extras that have a value: a form stores null or nothing for an empty field."""
    return {name: value for name, value in extra.items() if value not in (None, "")}


def timeouts(extra: Mapping[str, Any]) -> Timeouts:
    """Read the extra `timeout` (seconds, 30 when not set)."""
    seconds = _positive(extra, "timeout", DEFAULT_TIMEOUTS.read, _LONGEST_SECONDS, "seconds")
    return Timeouts(connect=min(_LONGEST_CONNECT, seconds), read=seconds)


def bounds(extra: Mapping[str, Any]) -> Bounds:
    """Read the extras `deadline` (seconds; twice the timeout, at least 20) and `max_answer_mb` (32)."""
    usual = max(_SHORTEST_DEADLINE, 2 * timeouts(extra).read)
    seconds = _positive(extra, "deadline", usual, 2 * _LONGEST_SECONDS, "seconds")
    megabytes = _positive(extra, "max_answer_mb", DEFAULT_BOUNDS.bytes / _MEGABYTE, _MOST_MEGABYTES, "megabytes")
    return Bounds(seconds=seconds, bytes=int(megabytes * _MEGABYTE))


def _positive(extra: Mapping[str, Any], name: str, usual: float, most: float, unit: str) -> float:
    value = extra.get(name, usual)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = 0.0
    if isinstance(value, bool) or not 0 < number <= most:
        raise ConfigurationError(f"extra `{name}` must be a number of {unit}, more than 0 and at most {most:g}")
    return number


def prepare_session(
    session: requests.Session, own_extras: Collection[str], *, concurrency: int, name: str
) -> tuple[str, ...]:
    """Make the session of an HttpHook fit for a Channel; return the values of its extra headers, which may be secret.

    HttpHook turns every extra it does not know into a header, and the login into Basic credentials. This project's own
    extras must not travel as headers, and a Channel brings its own credentials.
    """
    _check_certificates(session)
    if session.verify is False:
        log.warning(
            "connection `%s`: extra `verify` is false, so anybody on the way can read and change what is sent", name
        )
    session.auth = None
    for own in own_extras:
        session.headers.pop(own, None)
    standard = requests.Session().headers
    added = {header: value for header, value in session.headers.items() if header not in standard}
    make_watchable(session, connections=concurrency)
    proxies = [*session.proxies.values(), *(getproxies().values() if session.trust_env else ())]
    return (*credentials.headers(added).values(), *_proxy_passwords(proxies))


def _proxy_passwords(proxies: Iterable[object]) -> list[str]:
    passwords: list[str] = []
    for proxy in proxies:
        try:
            password = urlsplit(str(proxy)).password or ""
        except ValueError:
            raise ConfigurationError("extra `proxies`: set each to an address, such as http://host:port") from None
        passwords += [password, unquote(password)]
    return [password for password in passwords if password]


def _check_certificates(session: requests.Session) -> None:
    """ConfigurationError for mistakes that `requests` would report only at the first call, like any failed call."""
    if isinstance(session.verify, str) and not Path(session.verify).is_dir():
        try:
            ssl.create_default_context(cafile=session.verify)
        except OSError as error:
            raise ConfigurationError(
                f"extra `verify`: cannot read CA certificates from {session.verify!r} ({error.strerror or error})"
            ) from error
    named = [session.cert] if isinstance(session.cert, str) else session.cert or []
    for path in named:
        if not Path(path).is_file():
            raise ConfigurationError(f"extra `cert`: file {path!r} does not exist")


def without_headers(session: requests.Session) -> requests.Session:
    """Return a session with the same proxies and certificates, for a host that must not see the service's headers."""
    other = requests.Session()
    other.proxies, other.trust_env = session.proxies, session.trust_env
    other.verify, other.cert = session.verify, session.cert
    return other
