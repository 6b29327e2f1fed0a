"""What both Airflow hooks read from an HTTP connection, without importing Airflow."""

import logging
import ssl
from collections.abc import Collection, Iterable, Mapping
from importlib.util import find_spec
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
_SHORTEST, _LONGEST = 0.1, 3600.0
_SHORTEST_DEADLINE = 20.0
_PROXY_SCHEMES = frozenset({"http", "https", "socks4", "socks4a", "socks5", "socks5h"})
_NO_PROXY = 'extra `proxies`: set it to an object, as {"https": "http://host:port"}'
_PAIR = 2
_MEGABYTE = 1024 * 1024
_LEAST_MEGABYTES, _MOST_MEGABYTES = 0.01, 1024

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
    """Return the connection's port as a suffix for its host. Airflow can only test a connection that has a port."""
    if address.port and port and address.port != port:
        raise ConfigurationError(
            f"the connection's host contains port {address.port}, but its port is {port}; remove one"
        )
    return f":{port}" if port and not address.port and port != _USUAL_PORTS[address.scheme] else ""


def given(extra: object) -> dict[str, Any]:
    """Return the extras that have a value: a form stores null or an empty text for an empty field."""
    if not isinstance(extra, Mapping):
        raise ConfigurationError("the connection's extra is not a JSON object")
    return {name: value for name, value in extra.items() if value not in (None, "")}


def timeouts(extra: Mapping[str, Any]) -> Timeouts:
    """Read the extra `timeout` (seconds, default 30)."""
    seconds = _number(extra, "timeout", usual=DEFAULT_TIMEOUTS.read, least=_SHORTEST, most=_LONGEST)
    return Timeouts(connect=min(_LONGEST_CONNECT, seconds), read=seconds)


def bounds(extra: Mapping[str, Any]) -> Bounds:
    """Read the extras `deadline` (seconds; default twice the timeout, at least 20) and `max_answer_mb` (default 32)."""
    usual = max(_SHORTEST_DEADLINE, 2 * timeouts(extra).read)
    seconds = _number(extra, "deadline", usual=usual, least=_SHORTEST, most=2 * _LONGEST)
    size = DEFAULT_BOUNDS.bytes / _MEGABYTE
    megabytes = _number(extra, "max_answer_mb", usual=size, least=_LEAST_MEGABYTES, most=_MOST_MEGABYTES)
    return Bounds(seconds=seconds, bytes=int(megabytes * _MEGABYTE))


def _number(extra: Mapping[str, Any], name: str, *, usual: float, least: float, most: float) -> float:
    value = extra.get(name, usual)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = 0.0
    if isinstance(value, bool) or not least <= number <= most:
        raise ConfigurationError(f"extra `{name}` must be a number from {least:g} to {most:g}")
    return number


def prepare_session(
    session: requests.Session, own_extras: Collection[str], *, concurrency: int, name: str
) -> tuple[str, ...]:
    """Prepare the session of an HttpHook for a Channel. Return the values of its extra headers, which may be secret.

    HttpHook turns every extra it does not know into a header, and the login into Basic credentials. This project's own
    extras must not be sent as headers, and a Channel brings its own credentials.
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
    proxies = _checked_proxies(session.proxies or {})
    others = [proxy for scheme, proxy in getproxies().items() if scheme != "no"] if session.trust_env else []
    return (*credentials.headers(added).values(), *_proxy_passwords([*proxies, *others]))


def _checked_proxies(proxies: object) -> list[str]:
    """Return the addresses; ConfigurationError for an invalid one, before any call fails on it."""
    if not isinstance(proxies, Mapping):
        raise ConfigurationError(_NO_PROXY)
    for proxy in proxies.values():
        try:
            parts = urlsplit(proxy if isinstance(proxy, str) else "")
            is_one = parts.scheme in _PROXY_SCHEMES and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_one = False
        if not is_one:
            raise ConfigurationError(_NO_PROXY)
        if parts.scheme.startswith("socks") and find_spec("socks") is None:
            raise ConfigurationError("extra `proxies`: a SOCKS proxy needs the Python package PySocks; install it")
    return [*proxies.values()]


def _proxy_passwords(proxies: Iterable[str]) -> list[str]:
    passwords: list[str] = []
    for proxy in proxies:
        try:
            password = urlsplit(proxy).password or ""
        except ValueError:
            raise ConfigurationError(
                "the environment names a proxy that is no address, such as http://host:port"
            ) from None
        passwords += [password, unquote(password)]
    return [password for password in passwords if password]


def _check_certificates(session: requests.Session) -> None:
    """ConfigurationError for mistakes that `requests` would report only as a failure of the first call."""
    if not isinstance(session.verify, bool | str):
        raise ConfigurationError("extra `verify`: set it to true, false or the path of a file with CA certificates")
    if isinstance(session.verify, str) and not Path(session.verify).is_dir():
        try:
            ssl.create_default_context(cafile=session.verify)
        except OSError as error:
            raise ConfigurationError(
                f"extra `verify`: cannot read CA certificates from {session.verify!r} ({error.strerror or error})"
            ) from error
    cert: object = session.cert
    named = [] if cert is None else [cert, cert] if isinstance(cert, str) else cert
    if (
        not isinstance(named, list | tuple)
        or not all(isinstance(path, str) for path in named)
        or len(named) not in {0, _PAIR}
    ):
        raise ConfigurationError("extra `cert`: set it to a path, or to a list of two: certificate and key")
    for path in named:
        if not Path(path).is_file():
            raise ConfigurationError(f"extra `cert`: file {path!r} does not exist")


def without_headers(session: requests.Session) -> requests.Session:
    """Return a session with the same proxies and certificates, for a host that must not see the service's headers."""
    other = requests.Session()
    other.proxies, other.trust_env = session.proxies, session.trust_env
    other.verify, other.cert = session.verify, session.cert
    return other
