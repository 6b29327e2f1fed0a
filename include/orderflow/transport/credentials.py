"""Credentials read from a connection. A value that does not fit in a header is refused; the error names the field.

Otherwise a line break at the end of a pasted token would cause an `http.client` error that quotes the token.
"""

import logging
import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from orderflow.errors import ConfigurationError
from orderflow.redaction import SHORTEST_SECRET

log = logging.getLogger(__name__)

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_NOT_IN_A_TOKEN = re.compile(r"[^\x21-\x7e]")
_NOT_IN_A_HEADER = re.compile(r"[^\t\x20-\x7e\xa0-\xff]|^\s|\s$")
_NOT_IN_AN_ADDRESS = re.compile(r"[^\x21-\x7e]")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LONGEST = 16_384


def token(value: object, field: str) -> str:
    """Return a token that fits in a header; ConfigurationError naming the field, never the value."""
    return _hidden(_without(value, field, _NOT_IN_A_TOKEN, "letters, digits and signs of ASCII, without blanks"), field)


def password(value: object, field: str) -> str:
    """Return a password; ConfigurationError naming the field, never the value."""
    return _hidden(plain_text(value, field), field)


def plain_text(value: object, field: str) -> str:
    """Return a login or other text; ConfigurationError naming the field, never the value."""
    return _without(value, field, _CONTROL, "no line break and no other control character")


def headers(values: Mapping[str, object]) -> dict[str, str]:
    """Return extra headers; ConfigurationError naming those that are not valid headers."""
    wrong = [name for name, value in values.items() if not _HEADER_NAME.fullmatch(name) or not isinstance(value, str)]
    if wrong:
        raise ConfigurationError(f"extra {_named(wrong)}: unknown, and as a header it has to be text")
    wrong = [name for name, value in values.items() if _NOT_IN_A_HEADER.search(str(value))]
    if wrong:
        raise ConfigurationError(
            f"extra {_named(wrong)}: is sent as a header, but contains a line break, a blank at an end or a character "
            "that is not allowed in headers: enter it again"
        )
    return {name: str(value) for name, value in values.items()}


def address(value: object, field: str) -> SplitResult:
    """Return an http(s) address; ConfigurationError naming the field, never the value."""
    text = value if isinstance(value, str) else ""
    try:
        parts = urlsplit(text)
        is_one = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_one = False
    if not is_one or _NOT_IN_AN_ADDRESS.search(text) or "\\" in text:
        raise ConfigurationError(f"{field}: set it to an http(s) address with its scheme, such as https://host/path")
    return parts


def refuse_plain_http(address: str, field: str, extra: Mapping[str, Any]) -> None:
    """ConfigurationError if credentials would be sent unencrypted to another machine, unless `allow_http` is set."""
    parts = urlsplit(address)
    if parts.scheme == "http" and not is_loopback(parts.hostname or "") and extra.get("allow_http") is not True:
        raise ConfigurationError(
            f"{field}: credentials would travel over plain http, where anybody can read them; use https, or set "
            "extra `allow_http` to true if that network is trusted"
        )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _hidden(value: str, field: str) -> str:
    """Say so when it cannot be hidden."""
    if 0 < len(value) < SHORTEST_SECRET:
        log.warning("%s: shorter than %d characters, so no text can hide it; set a longer one", field, SHORTEST_SECRET)
    return value


def _without(value: object, field: str, forbidden: re.Pattern[str], allowed: str) -> str:
    if not isinstance(value, str):
        raise ConfigurationError(f"{field}: must be text")
    if forbidden.search(value) or len(value) > _LONGEST:
        raise ConfigurationError(
            f"{field}: contains a character that cannot be sent, perhaps a pasted line break; allowed are {allowed}; "
            "enter it again"
        )
    return value


def _named(names: list[str]) -> str:
    return ", ".join(f"`{name[:40]}`" if name.isprintable() else "(unprintable)" for name in sorted(names))
