"""Pages of the lists: limit and offset, and links whose parameters are sorted by name."""

import random
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlencode

from sandbox.behaviour import as_shown, manners_of
from sandbox.config import Config
from sandbox.manners.kinds import PageView
from sandbox.wire import Call, JsonObject

ROW_FIELDS = (
    "id",
    "reference",
    "customer_order_number",
    "erp_order_number",
    "state",
    "order_date",
    "create_date",
    "modified_date",
)


class Pager:
    """Cuts lists into pages, and counts the requests for each."""

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()

    def page(
        self, orders: Sequence[JsonObject], call: Call, config: Config, *, fields: Sequence[str] | None = ROW_FIELDS
    ) -> JsonObject:
        """Return the requested page, with these fields or all; an invalid limit or offset falls back to its default."""
        limit = min(_positive(call.query.get("limit"), config.default_limit), config.max_limit)
        offset = max(_positive(call.query.get("offset"), 0), 0)
        count = len(orders)
        rows = sorted(orders, key=lambda order: int(order["id"]))
        if config.unstable_rows:
            random.shuffle(rows)
        page: JsonObject = {
            "count": count,
            "next": _link(call, config, limit, offset + limit) if offset + limit < count else None,
            "previous": _link(call, config, limit, offset - limit) if offset > 0 else None,
            "results": [as_shown(_row(order, fields), config) for order in rows[offset : offset + limit]],
        }
        asked = f"{call.path}?{call.query_string}"
        self._asked[asked] += 1
        view = PageView(limit, offset, self._asked[asked])
        for manner in manners_of(config):
            page = manner.page(page, view) if manner.page else page
        return page


def _row(order: JsonObject, fields: Sequence[str] | None) -> JsonObject:
    return order if fields is None else {name: order[name] for name in fields if name in order}


def _positive(text: str | None, fallback: int) -> int:
    try:
        number = int(text or "")
    except ValueError:
        return fallback
    return number if number > 0 else fallback


def _link(call: Call, config: Config, limit: int, offset: int) -> str:
    query: dict[str, object] = {**call.query, "limit": limit}
    query.pop("offset", None)
    if offset > 0:
        query["offset"] = offset
    return f"{config.next_origin or call.origin}{call.path}?{urlencode(sorted(query.items()))}"
