"""Calls, replies and JSON whose numbers keep the text they were written in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import simplejson

JsonObject = dict[str, Any]


def loads(text: bytes | str) -> Any:
    """Parse JSON; numbers with a fraction become Decimal, so `10.00` stays `10.00`. ValueError if it is not JSON."""
    return simplejson.loads(text, use_decimal=True)


def dumps(value: object) -> bytes:
    """Write JSON as UTF-8."""
    return simplejson.dumps(value, use_decimal=True, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, eq=False)
class Call:
    """One HTTP request, completely read. Header names are lower case; the last value of a repeated parameter counts.

    Two calls are never equal, even with the same content.
    """

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    origin: str
    """Scheme and host as the client wrote them."""

    @property
    def query(self) -> dict[str, str]:
        """Parameters as Django reads them: `+` is a space."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))


@dataclass(frozen=True)
class Reply:
    """One HTTP answer; `committed` says whether the request changed anything."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    committed: bool = False
    pace: float = 0
    """Seconds before each byte."""


def json_reply(
    data: object, status: int = 200, *, headers: Mapping[str, str] | None = None, committed: bool = False
) -> Reply:
    """Answer with JSON."""
    return Reply(status, dumps(data), {"content-type": "application/json", **(headers or {})}, committed)


def html_reply(status: int, title: str) -> Reply:
    """Answer as Django does outside REST framework."""
    page = f'<!doctype html>\n<html lang="en">\n<head>\n  <title>{title}</title>\n</head>\n'
    page += f"<body>\n  <h1>{title}</h1><p></p>\n</body>\n</html>\n"
    return Reply(status, page.encode(), {"content-type": "text/html; charset=utf-8"})


class Refusal(Exception):  # noqa: N818  # not a failure of the sandbox: an answer that ends the handling of a call
    """Raised inside a handler to answer immediately."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply
