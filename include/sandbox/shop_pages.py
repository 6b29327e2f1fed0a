"""Pages of the lists: limit and offset, and links whose parameters are sorted by name."""

import random
from collections.abc import Sequence
from urllib.parse import urlencode

from sandbox.config import Config
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


def page(
    orders: Sequence[JsonObject], call: Call, config: Config, *, fields: Sequence[str] | None = ROW_FIELDS
) -> JsonObject:
    """Return the page that the call asks for, of these fields or all; a senseless limit or offset falls back."""
    limit = min(_positive(call.query.get("limit"), config.default_limit), config.max_limit)
    offset = max(_positive(call.query.get("offset"), 0), 0)
    count = len(orders)
    rows = sorted(orders, key=lambda order: int(order["id"]))
    if config.unstable_rows:
        random.shuffle(rows)
    return {
        "count": count,
        "next": _link(call, config, limit, offset + limit) if offset + limit < count else None,
        "previous": _link(call, config, limit, offset - limit) if offset > 0 else None,
        "results": [_row(order, fields) for order in rows[offset : offset + limit]],
    }


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
