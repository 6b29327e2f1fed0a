"""Manners of lists: pages that misrepresent the whole list."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from sandbox.manners.kinds import PageView
from sandbox.wire import JsonObject

EXCESS = 2


def empty_next(page: JsonObject, _: PageView) -> JsonObject:
    """End with an empty text instead of null."""
    return {**page, "next": page["next"] or ""}


def ends_early(page: JsonObject, view: PageView) -> JsonObject:
    """Link to no next page after the first."""
    return {**page, "next": None} if view.offset == 0 else page


def never_ends(page: JsonObject, view: PageView) -> JsonObject:
    """Link to a next page after the last, with the same rows."""
    return {**page, "next": page["next"] or f"/?limit={view.limit}&offset={view.offset}"}


def empty_in_the_middle(page: JsonObject, view: PageView) -> JsonObject:
    """Return the second page empty every other time; the next request gets its rows."""
    return {**page, "results": []} if view.offset == view.limit and view.asked % 2 else page


def count_too_high(page: JsonObject, _: PageView) -> JsonObject:
    """Count rows that are not listed."""
    return {**page, "count": page["count"] + EXCESS}


def without_count(page: JsonObject, _: PageView) -> JsonObject:
    """Leave out the count."""
    return {**page, "count": None}


def relative_links(page: JsonObject, _: PageView) -> JsonObject:
    """Write links without scheme and host."""
    return {**page, **{name: _relative(page[name]) for name in ("next", "previous")}}


def _relative(link: str | None) -> str | None:
    parts = urlsplit(link or "")
    return f"{parts.path}?{urlencode(parse_qsl(parts.query, keep_blank_values=True))}" if link else None
