"""What a check has seen: plain data, to be judged by pure functions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orderflow.erp.inspection import Inspected
from orderflow.erp.port import Capabilities


@dataclass(frozen=True)
class Seen:
    """One call and its answer."""

    status: int | None = None
    """None without an answer."""
    document: Any = None
    problem: str = ""
    """Why there is no document."""
    is_page: bool = False
    """Whether the answer is a web page."""
    is_throttled: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    ended: datetime | None = None
    """By this machine's clock."""
    seconds: float = 0

    @property
    def rows(self) -> list[Mapping[str, Any]] | None:
        """The rows of a list; None if it is not a list."""
        results = self.document.get("results") if self.status == _OK and isinstance(self.document, dict) else None
        return [row for row in results if isinstance(row, dict)] if isinstance(results, list) else None

    @property
    def ids(self) -> list[Any]:
        """The ids of the rows."""
        return [row.get("id") for row in self.rows or ()]

    @property
    def count(self) -> int | None:
        """The total number of rows according to the list."""
        count = self.document.get("count") if isinstance(self.document, dict) else None
        return count if isinstance(count, int) and not isinstance(count, bool) else None

    @property
    def next(self) -> Any:
        """The page's link to the next one."""
        return self.document.get("next") if isinstance(self.document, dict) else None


@dataclass(frozen=True)
class ShopSeen:
    """Everything that was seen of the shop."""

    address: str
    token_lifetime: float | None
    """Seconds; None if the shop did not say."""
    has_fixed_token: bool
    page_size: int
    calls: Mapping[str, Seen]
    details: tuple[Seen, ...]
    """The sample of orders."""
    repeated: tuple[Seen, ...]
    """One of them, read repeatedly."""
    origins: Mapping[str, Seen]
    token_address: str = ""
    """Where tokens come from; empty with a fixed one."""
    checks_certificates: bool = True
    is_whole: bool = True
    """Whether there was time for every call."""

    def call(self, name: str) -> Seen:
        """Return a call's answer; a call that was not made has none."""
        return self.calls.get(name, Seen(problem="not asked"))

    @property
    def every(self) -> Iterator[Seen]:
        """Every answer."""
        yield from (*self.calls.values(), *self.details, *self.repeated, *self.origins.values())

    @property
    def orders(self) -> list[Mapping[str, Any]]:
        """The orders of the sample that could be read."""
        return [one.document for one in self.details if one.status == _OK and isinstance(one.document, dict)]


@dataclass(frozen=True)
class ErpSeen:
    """Everything that was seen of the ERP: the result of each question, or its error, by the assumption's id."""

    capabilities: Capabilities | None
    problems: Mapping[str, str]
    counts: Mapping[str, int] = field(default_factory=dict)
    unreadable: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    """How many rows of a listing cannot be read, and what the first one says."""
    ahead: float | None = None
    """Seconds by which the ERP's clock is ahead of this machine's; None if it does not say."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """What looking up a listed order by its name has shown: nothing if it was that order."""
    by_shop_id: Mapping[str, str] = field(default_factory=dict)
    """The same for looking it up by the shop's order id alone."""
    charges: int = 0
    """Orders of the sample that have charges."""
    inspected: Mapping[str, Inspected] = field(default_factory=dict)


_OK = 200
