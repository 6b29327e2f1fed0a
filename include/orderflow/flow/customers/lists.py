"""Read the shop's lists of customers, addresses and users, to learn which id has which key.

Each list is read page by page from the newest known record on, with an overlap; an interrupted reading continues where
it stopped. A list that came out short counts as not read. If an id is missing, a list is read from its beginning once a
day.
"""

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from orderflow.domain.people import RecordKind
from orderflow.flow.services import Services
from orderflow.ledger.models.people import LedgerListing

log = logging.getLogger(__name__)

OVERLAP = timedelta(days=2)
"""Records may be committed late, and the shop's naive local time repeats an hour in autumn."""
_WHOLE_AGAIN = timedelta(days=1)
_MOST_PAGES = 10_000
_MOST_IDLE_PAGES = 10
"""Consecutive pages without a row that was not on an earlier page."""
_PASSES = 3
_OLDEST = "1900"


def read_lists(services: Services, kinds: Collection[RecordKind], *, is_enough: Callable[[RecordKind], bool]) -> None:
    """Read the lists of these kinds, origin by origin, until enough is known; each list once per task."""
    with services.shared.lock:
        for whole in (False, True):
            for kind in sorted(kinds):
                for origin in services.settings.origins:
                    if not is_enough(kind):
                        _read_once(services, origin, kind, whole=whole)


def _read_once(services: Services, origin: str, kind: RecordKind, *, whole: bool) -> None:
    """Read a list unless this task has already done so; from its beginning at most once a day."""
    this = f"{origin} {kind} {whole}"
    if this in services.shared.done:
        return
    book = services.ledger.people.directory
    known = book.listing(origin, kind)
    recently = known.whole_at is not None and services.now() - known.whole_at < _WHOLE_AGAIN
    if whole and not recently:
        known = LedgerListing()
    if not whole or not recently:
        for _ in range(_PASSES):
            known, is_short = _read(services, origin, kind, known)
            if not is_short:
                break
    services.shared.done.add(this)


def _latest(services: Services) -> str:
    """Return the latest time at which a record can have been created, whatever zone the shop's naive times are in."""
    return (services.now() + OVERLAP).replace(tzinfo=None).isoformat(timespec="microseconds")


def _read(services: Services, origin: str, kind: RecordKind, known: LedgerListing) -> tuple[LedgerListing, bool]:
    """Read a list to its end, storing every page; return how far it got, and whether rows are missing."""
    book, size = services.ledger.people.directory, services.settings.limits.page_size
    latest = _latest(services)
    since = datetime.fromisoformat(known.since) - OVERLAP if known.since and _OLDEST < known.since <= latest else None
    position, newest, seen = known.position, known.newest, set[int]()
    idle = 0
    for _ in range(_MOST_PAGES):
        page = services.shop.directory.page(origin, kind, since=since, offset=position, limit=size)
        rows = list(page.rows)
        book.keep(kind, [(row.id, row.origin, row.key) for row in rows])
        idle = 0 if {row.id for row in rows} - seen else idle + 1
        seen |= {row.id for row in rows}
        # A record from the year 9999 would stop all later reading: nothing is newer.
        newest = max((made for made in [newest, *(row.made for row in rows)] if made and made <= latest), default=None)
        position += len(page.results)
        if page.is_last(position) or idle == _MOST_IDLE_PAGES:
            break
        book.was_read(origin, kind, known.model_copy(update={"position": position, "newest": newest}))
    is_short = known.position == 0 and page.count is not None and len(seen) < page.count
    log.info(
        "list of kind %s, origin %s: %d rows read%s",
        kind,
        origin,
        len(seen),
        ", fewer than the shop counts" if is_short else "",
    )
    is_whole = known.since is None and known.position == 0 and not is_short
    read = LedgerListing(
        since=known.since if is_short else newest or known.since,
        whole_at=services.now() if is_whole else known.whole_at,
        read_at=services.now(),
    )
    book.was_read(origin, kind, read)
    return read, is_short
