"""Manners of lists: pages that do not say the truth about the whole."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from sandbox.manners.kinds import PageView
from sandbox.wire import JsonObject

EXCESS = 2


def empty_next(page: JsonObject, _: PageView) -> JsonObject:
    """End with an empty text instead of null."""
    return {**page, "next": page["next"] or ""}


def ends_early(page: JsonObject, view: PageView) -> JsonObject:
    """Name no next page after the first."""
    return {**page, "next": None} if view.offset == 0 else page


def never_ends(page: JsonObject, view: PageView) -> JsonObject:
    """Name a next page after the last, of the same rows."""
    return {**page, "next": page["next"] or f"/?limit={view.limit}&offset={view.offset}"}


def empty_in_the_middle(page: JsonObject, view: PageView) -> JsonObject:
    """Leave the second page empty every other time it is asked for; its rows come the next time."""
    return {**page, "results": []} if view.offset == view.limit and view.asked % 2 else page


def count_too_high(page: JsonObject, _: PageView) -> JsonObject:
    """Count rows that are not shown."""
    return {**page, "count": page["count"] + EXCESS}


def without_count(page: JsonObject, _: PageView) -> JsonObject:
    """Do not count at all."""
    return {**page, "count": None}


def relative_links(page: JsonObject, _: PageView) -> JsonObject:
    """Write links without scheme and host."""
    return {**page, **{name: _relative(page[name]) for name in ("next", "previous")}}


def _relative(link: str | None) -> str | None:
    parts = urlsplit(link or "")
    return f"{parts.path}?{urlencode(parse_qsl(parts.query, keep_blank_values=True))}" if link else None
