"""Reading a list to its end: limit and offset, whatever the shop makes of them (Orders GET page)."""

import logging
from collections.abc import Generator, Iterator, Mapping
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, ConfigDict

from orderflow.cloudsuite.models import OrderRow
from orderflow.domain.reasons import Reason
from orderflow.transport import Answer, Channel, RefusedError

ORDERS = "/api/order/"
"""With the slash, always: without it the shop redirects."""

_PASSES = 10
_QUIET_PASSES = 2
"""A list that came out short is read again, at most ten times, and not after two times without a new row."""

log = logging.getLogger(__name__)


class _Page(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    results: tuple[OrderRow, ...]
    next: str | None = None
    count: int | None = None


def all_rows(channel: Channel, params: Mapping[str, str], *, page_size: int) -> Iterator[OrderRow]:
    """Yield the rows of every page, each id once.

    The shop states no sort order, and rows that leave the filter shift the others, so a row can slip between two
    pages. When fewer rows came than the shop counts, the list is read again, for the rows not seen yet.
    """
    seen: set[int] = set()
    quiet = 0
    for _ in range(_PASSES):
        before = len(seen)
        expected = yield from _one_pass(channel, params, page_size, seen)
        if expected is None or len(seen) >= expected:
            return
        quiet = quiet + 1 if len(seen) == before else 0
        if quiet == _QUIET_PASSES:
            break
    log.warning("the shop counts %d orders but lists only %d, however often it is asked", expected, len(seen))


def _one_pass(
    channel: Channel, params: Mapping[str, str], page_size: int, seen: set[int]
) -> Generator[OrderRow, None, int | None]:
    """Yield the rows not in `seen` yet, adding them; return how many the shop says there are."""
    offset = 0
    listed: set[int] = set()
    while True:
        answer, page = _page(channel, {**params, "limit": str(page_size), "offset": str(offset)})
        ids = {row.id for row in page.results}
        for row in page.results:
            if row.id not in seen:
                seen.add(row.id)
                yield row
        if page.next is None:
            return page.count
        following = _following(offset, len(page.results), page.next)
        endless = ids <= listed if page.count is None else following >= page.count
        if following <= offset or endless:
            raise answer.unreadable(f"promises another page after row {offset + len(ids)}, where no more can be")
        listed |= ids
        offset = following


def _page(channel: Channel, params: Mapping[str, str]) -> tuple[Answer, _Page]:
    answer = channel.call("GET", ORDERS, params=params, retry=True, accept={HTTPStatus.NOT_FOUND})
    if answer.status == HTTPStatus.NOT_FOUND:
        raise RefusedError(
            f"shop: there is no {ORDERS} at this address; the connection's host is the API's address without `/api`",
            reason=Reason.SHOP_REFUSED,
        )
    return answer, answer.parse(_Page.model_validate)


def _following(offset: int, received: int, link: str) -> int:
    """Return where the next page begins: what the link says, but never beyond the rows received.

    Only the offset is taken from the link: it may name another host, and the token must not go there. The shop may
    give fewer rows a page than it was asked for.
    """
    named = parse_qs(urlsplit(link).query).get("offset", [""])[0]
    return min(int(named), offset + received) if named.isdecimal() else offset + received
