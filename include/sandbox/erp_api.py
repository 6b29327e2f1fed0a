"""The ERP's REST contract: find, create and list sales orders, list deliveries, state its capabilities."""

import re
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import urlencode

from sandbox import auth
from sandbox.config import Config
from sandbox.erp_checks import NewOrder, checked, idempotency_key, invalid, is_instant, method_not_allowed
from sandbox.erp_customers_api import PATH as CUSTOMERS
from sandbox.erp_customers_api import CustomersApi
from sandbox.erp_store import CONTENT, NAMES, ErpOrder, ErpStore
from sandbox.erp_underway import Underway
from sandbox.wire import Call, JsonObject, Refusal, Reply, json_reply

PREFIX = "/erp"
CAPABILITIES = "/capabilities"
_ID = re.compile(r"[1-9][0-9]{0,17}")


class ErpApi:
    """Answers calls below `/erp`."""

    def __init__(self, store: ErpStore, customers: CustomersApi, underway: Underway) -> None:
        self.store = store
        self._customers = customers
        self._underway = underway
        self._handlers: dict[str, dict[str, Callable[[Call, Config], Reply]]] = {
            "/sales-orders": {"GET": self._find, "POST": self._create},
            "/deliveries": {"GET": self._deliveries},
            CAPABILITIES: {"GET": lambda _, config: json_reply(_capabilities(config))},
        }

    def handle(self, call: Call, config: Config) -> Reply:
        """Answer one call."""
        auth.check_erp(call, config)
        path = call.path.removeprefix(PREFIX).rstrip("/")
        resource = f"/{path.lstrip('/').partition('/')[0]}"
        if resource not in _offered(config) or resource not in {path, CUSTOMERS}:
            return json_reply({"error": "not_found"}, 404)
        if resource == CUSTOMERS:
            return self._customers.handle(path.removeprefix(CUSTOMERS), call, config)
        handlers = self._handlers[resource]
        if call.method not in handlers:
            return method_not_allowed(", ".join(handlers))
        return handlers[call.method](call, config)

    def _deliveries(self, call: Call, config: Config) -> Reply:
        since = _since(call)
        hidden = () if config.erp_names_orders_of_slips else NAMES
        listed = [slip for at, slip in self.store.deliveries if at >= since]
        slips = [{name: value for name, value in slip.items() if name not in hidden} for slip in listed]
        return _page("deliveries", slips, call, config)

    def _find(self, call: Call, config: Config) -> Reply:
        reference, shop_order_id = call.query.get("external_reference"), call.query.get("shop_order_id")
        visible_before = time.monotonic() - config.late_commit_seconds
        asked = {"external_reference", "since", *(["shop_order_id"] if config.erp_shop_order_id else ())}
        if len(asked & set(call.query)) != 1 or reference == "":
            raise Refusal(invalid(f"exactly one of {', '.join(sorted(asked))} is wanted, and not empty"))
        if reference is not None:
            found = self.store.with_reference(reference, any_case=config.erp_ignores_case)
        elif shop_order_id is not None and config.erp_shop_order_id:
            if not _ID.fullmatch(shop_order_id):
                raise Refusal(invalid("`shop_order_id` must be a whole number above 0, of 18 digits at most"))
            found = self.store.of_shop_order(shop_order_id)
        else:
            return self._listed(call, config, visible_before)
        visible = [order for order in found if order.created_tick <= visible_before]
        self.store.lookups.update(order.number for order in visible)
        return json_reply({"results": [self._shown(order, config) for order in visible]})

    def _listed(self, call: Call, config: Config, visible_before: float) -> Reply:
        since = _since(call)
        visible = [o for o in self.store.orders if o.created_at >= since and o.created_tick <= visible_before]
        sums = ("total", "currency", "created_at", "corrections")
        whole = [(order, order.full()) for order in visible]
        orders = [
            {**self._shown(o, config), **{name: full[name] for name in sums if name in full}} for o, full in whole
        ]
        return _page("sales-orders", orders, call, config)

    def _shown(self, order: ErpOrder, config: Config) -> JsonObject:
        shown = order.document()
        if not config.erp_shop_order_id:
            del shown["shop_order_id"]
        if not config.erp_answers_content:
            del shown["customer"]
            shown["lines"] = [{n: v for n, v in line.items() if n not in CONTENT} for line in shown["lines"]]
        customer = self._customers.store.of_order(order.request) if config.erp_answers_buyer else None
        if customer is not None:
            shown["buyer"] = {"code": customer.code}
        ship_to = order.request.get("ship_to")
        if ship_to and config.erp_answers_buyer:
            shown["ship_to"] = {name: ship_to.get(name) for name in ("origin", "key")}
        if self.store.lookups[order.number] <= config.late_numbers and config.late_numbers:
            shown["number"] = ""
        return shown

    def _create(self, call: Call, config: Config) -> Reply:
        key = idempotency_key(call) if config.honour_idempotency_key else None
        request = checked(call, NewOrder)
        if key:
            seen = self._seen_before(key, request, call, config)
            if seen is not None:
                return seen
        same = self.store.with_reference(request["external_reference"], any_case=config.erp_ignores_case)
        if same and config.enforce_unique_reference:
            return json_reply({"error": "duplicate", "number": same[0].number}, 409)
        unknown = [line for line in request["lines"] if _is_unknown(line["product"]["key"], config)]
        if unknown:
            reason = f"unknown product {unknown[0]['product']['key']}"
            positions = [line["position"] for line in unknown]
            return json_reply({"error": "rejected", "reason": reason, "lines": positions}, 422)
        self._customers.admit_order(request, config)
        order = self.store.create(
            request, key, counts_charges=config.erp_charges, number_format=config.erp_number_format
        )
        return json_reply(self._shown(order, config), 201, committed=True)

    def _seen_before(self, key: str, request: JsonObject, call: Call, config: Config) -> Reply | None:
        self._underway.refuse_second(call, key)
        order: ErpOrder | None = self.store.by_key.get(key)
        if order is None:
            return None
        if order.request != request:
            return json_reply({"error": "key_reused"}, 422)
        return json_reply(self._shown(order, config))


def _is_unknown(key: str, config: Config) -> bool:
    return any(part in key for part in config.unknown_products)


def _offered(config: Config) -> set[str]:
    optional = {CUSTOMERS: config.erp_customers, CAPABILITIES: config.erp_capabilities}
    return {"/sales-orders", "/deliveries", *(path for path, offered in optional.items() if offered)}


def _capabilities(config: Config) -> JsonObject:
    return {
        "shop_order_id_lookup": config.erp_shop_order_id,
        "customers": config.erp_customers,
        "charges": config.erp_charges,
        "extra": config.erp_extra,
        "unique_reference": config.enforce_unique_reference,
        "idempotency_key": config.honour_idempotency_key,
        "consistent_lookup": config.late_commit_seconds == 0,
    }


def _since(call: Call) -> datetime:
    since = call.query.get("since")
    if since is None or not is_instant(since):
        raise Refusal(invalid("`since` must be an ISO 8601 instant with its offset"))
    return datetime.fromisoformat(since)


def _page(name: str, rows: Sequence[JsonObject], call: Call, config: Config) -> Reply:
    named = call.query.get("offset", "0")
    if not named.isdecimal():
        raise Refusal(invalid("`offset` must be a whole number"))
    offset = int(named)
    end = offset + config.erp_page_size
    further = f"{name}?{urlencode({**call.query, 'offset': end})}" if end < len(rows) else None
    return json_reply({"results": rows[offset:end], "next": further})
