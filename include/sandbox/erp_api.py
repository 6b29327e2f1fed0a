"""The ERP's REST contract: find, create and list sales orders, list deliveries."""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from sandbox import auth
from sandbox.config import Config
from sandbox.erp_store import ErpOrder, ErpStore
from sandbox.wire import Call, JsonObject, Refusal, Reply, json_reply, loads

PREFIX = "/erp"
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")


class ErpApi:
    """Answers calls below `/erp`."""

    def __init__(self, store: ErpStore) -> None:
        self.store = store

    @contextmanager
    def underway(self, call: Call) -> Iterator[None]:
        """Mark a call as being worked on, for as long as it waits and runs."""
        key = call.headers.get("idempotency-key")
        if key is None:
            yield
            return
        calls = self.store.running.setdefault(key, [])
        calls.append(call)
        try:
            yield
        finally:
            calls.remove(call)
            if not calls:
                del self.store.running[key]

    def handle(self, call: Call, config: Config) -> Reply:
        """Answer one call."""
        auth.check_erp(call, config)
        match call.method, call.path.removeprefix(PREFIX).rstrip("/"):
            case "GET", "/sales-orders":
                return self._find(call, config)
            case "POST", "/sales-orders":
                return self._create(call, config)
            case "GET", "/deliveries":
                since = _since(call)
                slips = [slip for at, slip in self.store.deliveries if at >= since]
                return _page("deliveries", slips, call, config)
            case _, "/sales-orders" | "/deliveries":
                return json_reply({"error": "method_not_allowed"}, 405)
            case _:
                return json_reply({"error": "not_found"}, 404)

    def _find(self, call: Call, config: Config) -> Reply:
        reference = call.query.get("external_reference")
        visible_before = time.monotonic() - config.late_commit_seconds
        if reference is not None:
            found = self.store.with_reference(reference)
            return json_reply({"results": [o.document() for o in found if o.created_tick <= visible_before]})
        since = _since(call)
        orders = [o.full() for o in self.store.orders if o.created_at >= since and o.created_tick <= visible_before]
        return _page("sales-orders", orders, call, config)

    def _create(self, call: Call, config: Config) -> Reply:
        request = _checked(call)
        key = call.headers.get("idempotency-key") if config.honour_idempotency_key else None
        if config.honour_idempotency_key and not key:
            return _invalid("the header Idempotency-Key is missing")
        if key:
            seen = self._seen_before(key, request, call)
            if seen is not None:
                return seen
        same = self.store.with_reference(request["external_reference"])
        if same and config.enforce_unique_reference:
            return json_reply({"error": "duplicate", "number": same[0].number}, 409)
        unknown = [line for line in request["lines"] if _is_unknown(line["product"]["key"], config)]
        if unknown:
            reason = f"unknown product {unknown[0]['product']['key']}"
            positions = [line["position"] for line in unknown]
            return json_reply({"error": "rejected", "reason": reason, "lines": positions}, 422)
        return json_reply(self.store.create(request, key).document(), 201, committed=True)

    def _seen_before(self, key: str, request: JsonObject, call: Call) -> Reply | None:
        if self.store.running.get(key, [call])[0] is not call:
            return json_reply({"error": "in_progress"}, 409)
        order: ErpOrder | None = self.store.by_key.get(key)
        if order is None:
            return None
        if order.request != request:
            return json_reply({"error": "key_reused"}, 422)
        return json_reply(order.document())


def _is_unknown(key: str, config: Config) -> bool:
    return any(part in key for part in config.unknown_products)


def _since(call: Call) -> datetime:
    try:
        since = datetime.fromisoformat(call.query["since"])
    except (KeyError, ValueError):
        raise Refusal(_invalid("`since` must be an ISO 8601 instant")) from None
    if since.tzinfo is None:
        raise Refusal(_invalid("`since` must name its offset"))
    return since


def _page(name: str, rows: Sequence[JsonObject], call: Call, config: Config) -> Reply:
    offset = int(call.query.get("offset", "0"))
    end = offset + config.erp_page_size
    further = f"{name}?{urlencode({**call.query, 'offset': end})}" if end < len(rows) else None
    return json_reply({"results": rows[offset:end], "next": further})


def _checked(call: Call) -> JsonObject:
    try:
        request = loads(call.body)
    except ValueError:
        raise Refusal(_invalid("the body is not JSON")) from None
    mistakes = _mistakes(request)
    if mistakes:
        raise Refusal(_invalid("; ".join(mistakes)))
    checked: JsonObject = request
    return checked


def _mistakes(request: Any) -> list[str]:
    if not isinstance(request, dict):
        return ["the body is not an object"]
    wanted = ("external_reference", "shop", "shop_reference", "currency", "order_date")
    found = [f"`{name}` must be a text" for name in wanted if not isinstance(request.get(name), str)]
    if request.get("confirmed_at") is not None and not _is_instant(request["confirmed_at"]):
        found.append("`confirmed_at` must be an instant with its offset")
    lines = request.get("lines")
    if not isinstance(lines, list) or not lines:
        return [*found, "`lines` must be a list with at least one line"]
    for line in lines:
        found += _line_mistakes(line)
    if not found and len({line["position"] for line in lines}) < len(lines):
        found.append("`position` must differ per line")
    return found


def _line_mistakes(line: Any) -> list[str]:
    if not isinstance(line, dict) or not isinstance(line.get("position"), int):
        return ["every line needs a whole number `position`"]
    where = f"line {line['position']}: "
    found = [f"{where}`{n}` must be a decimal text" for n in ("quantity", "unit_price") if not _is_decimal(line.get(n))]
    product = line.get("product")
    if not isinstance(product, dict) or not isinstance(product.get("key"), str):
        found.append(f"{where}`product` must have a `key`")
    return found


def _is_instant(value: Any) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False


def _is_decimal(value: Any) -> bool:
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        return False
    try:
        return Decimal(value).is_finite()
    except InvalidOperation:
        return False


def _invalid(reason: str) -> Reply:
    return json_reply({"error": "invalid", "reason": reason}, 400)
