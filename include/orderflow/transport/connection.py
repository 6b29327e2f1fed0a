"""What both Airflow hooks read from an HTTP connection, free of Airflow."""

import ssl
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from orderflow.errors import ConfigurationError
from orderflow.transport.channel import DEFAULT_TIMEOUTS, Timeouts

_LONGEST_CONNECT = 10.0


def base_url(host: str | None, schema: str | None, port: int | None) -> str:
    """Return the address of a connection; a host without a scheme is reached by HTTPS."""
    if not host:
        raise ConfigurationError("the connection has no host; set it to the address of the API, as https://host")
    address = urlsplit(host if "://" in host else f"{schema or 'https'}://{host}")
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise ConfigurationError("the connection's host is not an http(s) address; set it as https://host")
    netloc = f"{address.netloc}:{port}" if port else address.netloc
    return f"{address.scheme}://{netloc}{address.path.rstrip('/')}"


def given(extra: Mapping[str, Any]) -> dict[str, Any]:
    """Return the extras that say something: a form stores null or nothing for a field that was left empty."""
    return {name: value for name, value in extra.items() if value not in (None, "")}


def timeouts(extra: Mapping[str, Any]) -> Timeouts:
    """Read the extra `timeout` (seconds, 30 when not set)."""
    value = extra.get("timeout", DEFAULT_TIMEOUTS.read)
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        seconds = 0.0
    if seconds <= 0:
        raise ConfigurationError(f"extra `timeout` must be a number of seconds, not {value!r}")
    return Timeouts(connect=min(_LONGEST_CONNECT, seconds), read=seconds)


def prepare_session(session: requests.Session, own_extras: Collection[str], *, concurrency: int) -> tuple[str, ...]:
    """Make the session of an HttpHook fit for a Channel; return the values of its extra headers, which may be secret.

    HttpHook makes a header of every extra it does not know, and Basic credentials of the login. The extras that are
    this project's own must not travel as headers, and a Channel brings its own credentials.
    """
    _check_certificates(session)
    session.auth = None
    for name in own_extras:
        session.headers.pop(name, None)
    standard = requests.Session().headers
    added = {name: value for name, value in session.headers.items() if name not in standard}
    wrong = [name for name, value in added.items() if not isinstance(value, str)]
    if wrong:
        raise ConfigurationError(f"extra {', '.join(sorted(wrong))}: unknown, and as a header it has to be text")
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=concurrency))
    return tuple(str(value) for value in added.values())


def _check_certificates(session: requests.Session) -> None:
    """ConfigurationError for what `requests` would find only at the first call, and tell as any failing call."""
    if isinstance(session.verify, str) and not Path(session.verify).is_dir():
        try:
            ssl.create_default_context(cafile=session.verify)
        except OSError as error:
            raise ConfigurationError(
                f"extra `verify`: no CA certificates can be read from {session.verify!r} ({error.strerror or error})"
            ) from error
    named = [session.cert] if isinstance(session.cert, str) else session.cert or []
    for path in named:
        if not Path(path).is_file():
            raise ConfigurationError(f"extra `cert`: there is no file {path!r}")


def without_headers(session: requests.Session) -> requests.Session:
    """Return a session with the same proxies and certificates, for a host that must not see the service's headers."""
    other = requests.Session()
    other.proxies, other.trust_env = session.proxies, session.trust_env
    other.verify, other.cert = session.verify, session.cert
    return other
