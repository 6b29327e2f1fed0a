"""Reads a list to its end by limit and offset, however the shop handles them (Orders GET page)."""

import logging
from collections.abc import Generator, Iterator, Mapping
from http import HTTPStatus
from typing import Annotated, Any, Self
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from orderflow.cloudsuite.models import ListedOrder
from orderflow.domain.reasons import Reason
from orderflow.errors import OrderflowError, PermanentError
from orderflow.transport import Answer, Channel, RefusedError
from orderflow.transport.fields import LARGEST_ID, wrong_fields

ORDERS = "/api/order/"
"""Always with the trailing slash: without it the shop redirects."""

_PASSES = 10
_QUIET_PASSES = 2
"""A short list is read again, at most ten times, until two passes in a row bring no new row."""
_MOST_PAGES = 10_000
_MOST_IDLE_PAGES = 10
"""Consecutive pages that are empty or only repeat rows of other pages."""

log = logging.getLogger(__name__)


def _link(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _count(value: object) -> int | None:
    """Read a count; some senders write numbers as texts. Anything else counts nothing."""
    if isinstance(value, str) and _is_digits(value.strip()):
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_ID else None


def _is_digits(text: str) -> bool:
    """Whether a text is a whole number that is no larger than an id."""
    return text.isascii() and text.isdecimal() and len(text) < len(str(LARGEST_ID))


class _Page(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    results: tuple[Any, ...]
    next: Annotated[str | None, BeforeValidator(_link)] = None
    count: Annotated[int | None, BeforeValidator(_count)] = None


class Listing(Iterator[ListedOrder]):
    """The rows of every page, each id once. After the last row, `short` says whether some are missing.

    The shop states no sort order, and rows that leave the filter shift the others, so a row can slip between two pages.
    If fewer rows came than the shop counts, the list is read again for the missing ones.
    """

    def __init__(self, channel: Channel, params: Mapping[str, str], *, page_size: int) -> None:
        self.short: OrderflowError | None = None
        """What is known to be missing: work on the rows there are, then let the run fail with it."""
        self._channel = channel
        self._params = params
        self._page_size = page_size
        self._seen: set[int] = set()
        self._nameless: set[str] = set()
        self._rows = self._all()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> ListedOrder:
        return next(self._rows)

    def _all(self) -> Iterator[ListedOrder]:
        quiet = 0
        expected = None
        for _ in range(_PASSES):
            before = len(self._seen)
            expected = yield from self._one_pass()
            missing = 0 if expected is None else expected - len(self._seen) - len(self._nameless)
            quiet = quiet + 1 if len(self._seen) == before else 0
            if missing <= 0 or quiet == _QUIET_PASSES:
                break
        self._conclude(expected)

    def _one_pass(self) -> Generator[ListedOrder, None, int | None]:
        """Yield the rows not seen yet; return the shop's count.

        An unreadable, empty or repeated page does not end the list while the shop counts more rows or links to another
        page.
        """
        offset = idle = 0
        listed: set[int] = set()
        for _ in range(_MOST_PAGES):
            page = self._page(offset)
            rows = self._read(page, offset)
            for row in rows:
                if row.id not in self._seen:
                    self._seen.add(row.id)
                    yield row
            ids = {row.id for row in rows}
            idle = 0 if ids - listed else idle + 1
            listed |= ids
            offset = self._following(offset, page)
            beyond = page.count is None or offset >= page.count
            if page.next is None and beyond:
                return page.count
            if idle >= (1 if beyond and page.results else _MOST_IDLE_PAGES):
                if beyond:
                    self._lacks("promises another page again and again, with nothing new on it")
                return page.count
        self._lacks(f"has more than {_MOST_PAGES} pages")
        return None

    def _page(self, offset: int) -> _Page:
        params = {**self._params, "limit": str(self._page_size), "offset": str(offset)}
        answer = self._channel.call("GET", ORDERS, params=params, retry=True, accept={HTTPStatus.NOT_FOUND})
        if answer.status == HTTPStatus.NOT_FOUND:
            raise _no_list()
        return _parsed(answer)

    def _read(self, page: _Page, offset: int) -> list[ListedOrder]:
        """Read each row on its own: a row without an id is skipped, but does not hide the others."""
        rows = []
        for position, document in enumerate(page.results, start=offset):
            try:
                rows.append(ListedOrder.from_document(document))
            except ValidationError as error:
                self._nameless.add(f"row {position}: {wrong_fields(error)}")
        return rows

    def _following(self, offset: int, page: _Page) -> int:
        """Return the offset of the next page: the link's, but never beyond the rows received.

        Only the offset is taken from the link: it may name another host, and the token must not go there. The shop may
        return fewer rows per page than requested. An empty page is skipped whole.
        """
        received = len(page.results) or self._page_size
        named = parse_qs(_query(page.next)).get("offset", [""])[0]
        return min(int(named), offset + received) if _is_digits(named) and int(named) > offset else offset + received

    def _conclude(self, expected: int | None) -> None:
        if self._nameless:
            self._lacks(f"has rows that name no order ({'; '.join(sorted(self._nameless)[:3])})")
        if expected is not None and expected > len(self._seen) + len(self._nameless):
            self._lacks(f"counts {expected} orders but lists only {len(self._seen)}, however often it is asked")

    def _lacks(self, what: str) -> None:
        self.short = PermanentError(f"shop: the list of orders {what}", reason=Reason.SHOP_ANSWER_INVALID)
        log.warning("%s", self.short)


def _query(link: str | None) -> str:
    try:
        return urlsplit(link or "").query
    except ValueError:
        return ""


def _parsed(answer: Answer) -> _Page:
    return answer.parse(_Page.model_validate)


def _no_list() -> RefusedError:
    return RefusedError(
        f"shop: there is no {ORDERS} at this address; the connection's host is the API's address without `/api`",
        reason=Reason.SHOP_REFUSED,
    )
