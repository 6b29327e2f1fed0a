"""Failed requests as the project's own errors, with the request that failed."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError, TransientError


class Service(NamedTuple):
    """A service: its name in messages, and the reason code of each kind of failure."""

    name: str
    unavailable: Reason
    refused: Reason
    auth: Reason
    not_found: Reason
    answer_invalid: Reason
    quotable: Callable[[str], str] = str
    """Returns the part of a failing answer's text that may be quoted."""


def unless_it_holds(*names: str) -> Callable[[str], str]:
    """Quote an answer unless it contains all these fields: then it repeats an order, with its personal data."""

    def quotable(body: str) -> str:
        return "" if all(f'"{name}"' in body for name in names) else body

    return quotable


class Exchange(NamedTuple):
    """A request and its answer; the excerpt of the answer contains no secrets."""

    method: str
    path: str
    status: int | None = None
    excerpt: str = ""

    def __str__(self) -> str:
        answered = f" answered {self.status}" if self.status else ""
        return f"{self.method} {self.path}{answered}" + (f": {self.excerpt}" if self.excerpt else "")


class Received(NamedTuple):
    """An answer; `is_whole` is False if it exceeded the limit and was cut off."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    is_whole: bool

    @property
    def text(self) -> str:
        """The content as text, for searching and quoting."""
        return self.content.decode("utf-8", "replace")


class UnavailableError(TransientError):
    """No answer, or one that asks the client to try again later (408, 429, 5xx)."""

    def __init__(
        self,
        message: str,
        *,
        exchange: Exchange | None = None,
        reason: Reason | None = None,
        retry_after: float | None = None,
        not_sent: bool = False,
    ) -> None:
        super().__init__(message, reason=reason, retry_after=retry_after)
        self.exchange = exchange
        self.not_sent = not_sent
        """Whether the request certainly never reached the server, so that a write cannot have happened."""


class RefusedError(PermanentError):
    """An answer that repeating the request will not change: 3xx, 4xx, or one that cannot be read."""

    def __init__(self, message: str, *, exchange: Exchange | None = None, reason: Reason | None = None) -> None:
        super().__init__(message, reason=reason)
        self.exchange = exchange

    @property
    def status(self) -> int | None:
        """The HTTP status of the answer."""
        return self.exchange.status if self.exchange else None
