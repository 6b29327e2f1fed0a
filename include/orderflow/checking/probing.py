"""Looking at the shop: a few dozen GETs through the client's own channel, one at a time, and no write."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from orderflow.checking.seen import Seen, ShopSeen
from orderflow.cloudsuite.auth import ClientCredentials
from orderflow.cloudsuite.paging import ORDERS
from orderflow.domain.reasons import Reason
from orderflow.domain.states import ShopState
from orderflow.errors import OrderflowError
from orderflow.settings import Settings
from orderflow.transport import Channel, FixedAuthorization, UnavailableError, time_limit

SAMPLE = 40
"""Orders whose details are read."""
_OVER = Seen(problem="not asked")
_QUICK = 5
"""Seconds within which an error has to come for its call to be repeated."""
_TWINS = 6
_PAGE = 5
_AGAIN = 4
_NEWEST = 3
_CUSTOMERS = 5
_NOBODY = 2_147_483_647
"""An id that no order and no webshop has."""
_STRANGER = FixedAuthorization("Bearer", "orderflow-check-is-no-token")
_REDIRECTS = range(HTTPStatus.MULTIPLE_CHOICES, HTTPStatus.BAD_REQUEST)
_ANY_ANSWER = range(HTTPStatus.MULTIPLE_CHOICES, 600)

_FIXED: dict[str, dict[str, str]] = {
    "first": {"limit": str(_PAGE)},
    "first_again": {"limit": str(_PAGE)},
    "second": {"limit": str(_PAGE), "offset": str(_PAGE)},
    "largest": {"limit": "1000"},
    "unknown_filter": {"orderflow_check": "1", "limit": "1"},
    "filter_confirm_date_from": {"confirm_date__gte": "2999-01-01T00:00:00", "limit": "1"},
    "filter_confirm_date_to": {"confirm_date__lte": "1971-01-01T00:00:00", "limit": "1"},
    "filter_modified_date_from": {"modified_date__gte": "2999-01-01T00:00:00", "limit": "1"},
    "known_confirm_date_from": {"confirm_date__gte": "1971-01-01T00:00:00", "state": "confirmed", "limit": "1"},
    "known_confirm_date_to": {"confirm_date__lte": "2999-01-01T00:00:00", "state": "confirmed", "limit": "1"},
    "known_modified_date_from": {"modified_date__gte": "1971-01-01T00:00:00", "limit": "1"},
    "filter_reference": {"reference": "orderflow-check", "limit": "1"},
    "filter_erp_order_number": {"erp_order_number": "orderflow-check", "limit": "1"},
    "filter_webshop": {"webshop": str(_NOBODY), "limit": "1"},
    "offline_true": {"offline": "true", "limit": "50"},
    "offline_false": {"offline": "false", "limit": "50"},
    **{f"state_{state}": {"state": state.value, "limit": "20"} for state in ShopState},
}
"""Calls of the list that need no earlier result."""


class ShopProbe:
    """Calls the shop. An error of one call is recorded and does not stop the others."""

    def __init__(self, channel: Channel, settings: Settings, now: Callable[[], datetime], within: timedelta) -> None:
        self._channel = channel
        self._settings = settings
        self._now = now
        self._within = within
        self._until = now() + within
        self._is_whole = True

    def look(self) -> ShopSeen:
        """Make all calls for which there is time; TransientError or PermanentError if the very first one fails."""
        with time_limit(self._within.total_seconds()):
            return self._look()

    def _look(self) -> ShopSeen:
        page_size = self._settings.limits.page_size
        calls = {"page": self._ask(ORDERS, {"limit": str(page_size)}, _REDIRECTS)}
        calls["after_page"] = self._list({"limit": "1", "offset": str(len(calls["page"].ids))})
        calls["without_slash"] = self._get(ORDERS.rstrip("/"), {"limit": "1"})
        calls["wrong_token"] = self._get(ORDERS, {"limit": "1"}, self._channel.reading_as(_STRANGER))
        calls["nobody"] = self._get(f"{ORDERS}{_NOBODY}/")
        calls |= {name: self._list(params) for name, params in _FIXED.items()}
        calls |= self._known_names(calls["page"])
        calls |= self._around_the_end(calls["first"].count, len(calls["page"].ids))
        details = tuple(self._get(f"{ORDERS}{number}/") for number in _sampled(calls))
        return ShopSeen(
            address=self._channel.address,
            page_size=page_size,
            calls=_asked(calls | dict(self._other_state(details))),
            details=tuple(one for one in details if one is not _OVER),
            repeated=tuple(one for one in self._repeated(details) if one is not _OVER),
            origins=_asked({origin: self._customers(origin) for origin in self._origins(details)}),
            is_whole=self._is_whole,
            **self._token(),
        )

    def _token(self) -> Any:
        authorization = self._channel.authorization
        renewed = isinstance(authorization, ClientCredentials)
        lifetime = authorization.lifetime if isinstance(authorization, ClientCredentials) else None
        return {
            "has_fixed_token": not renewed,
            "token_lifetime": lifetime,
            "token_address": authorization.address if isinstance(authorization, ClientCredentials) else "",
            "checks_certificates": self._channel.checks_certificates,
        }

    def _known_names(self, page: Seen) -> dict[str, Seen]:
        named = [row["reference"] for row in page.rows or () if isinstance(row.get("reference"), str)]
        numbered = [n for row in page.rows or () if isinstance(n := row.get("erp_order_number"), str) and n.strip()]
        asked = {"reference": named[:1], "erp_order_number": numbered[:1]}
        return {f"known_{f}": self._list({f: value, "limit": "1"}) for f, values in asked.items() for value in values}

    def _around_the_end(self, count: int | None, rows: int) -> dict[str, Seen]:
        if not count or not rows:
            return {}
        return {
            "last": self._list({"limit": "1", "offset": str(count - 1)}),
            "latest": self._list({"limit": str(rows), "offset": str(max(0, count - rows))}),
            "beyond": self._list({"limit": "1", "offset": str(count)}),
        }

    def _other_state(self, details: Sequence[Seen]) -> Iterator[tuple[str, Seen]]:
        for order in _documents(details):
            other = ShopState.DRAFT if order.get("state") != ShopState.DRAFT else ShopState.DONE
            yield "other_state", self._get(f"{ORDERS}{order['id']}/", {"state": other.value})
            return

    def _repeated(self, details: Sequence[Seen]) -> tuple[Seen, ...]:
        orders = _documents(details)
        if not orders:
            return ()
        longest = max(orders, key=lambda order: len(_lines(order)))
        return tuple(self._get(f"{ORDERS}{longest['id']}/") for _ in range(_AGAIN))

    def _origins(self, details: Sequence[Seen]) -> list[str]:
        if self._settings.origins:
            return list(self._settings.origins)
        products = (line.get("product") for order in _documents(details) for line in _lines(order))
        named = (product.get("origin") for product in products if isinstance(product, dict))
        return list(dict.fromkeys([*self._settings.shop_origins, *(name for name in named if isinstance(name, str))]))[
            :_CUSTOMERS
        ]

    def _customers(self, origin: str) -> Seen:
        return self._get(f"/api/origin/{quote(origin, safe='')}/customer/", {"limit": str(_CUSTOMERS)})

    def _list(self, params: Mapping[str, str]) -> Seen:
        return self._get(ORDERS, params)

    def _get(self, path: str, params: Mapping[str, str] | None = None, channel: Channel | None = None) -> Seen:
        began = self._now()
        if began >= self._until:
            self._is_whole = False
            return _OVER
        try:
            return self._ask(path, params, _ANY_ANSWER, channel)
        except OrderflowError as error:
            if self._now() >= self._until:
                self._is_whole = False
                if self._until - began < self._within / 2:
                    return _OVER  # cut off: a shop that had so little time is not at fault
            return Seen(problem=error.message, is_throttled=error.reason is Reason.THROTTLED)

    def _ask(
        self, path: str, params: Mapping[str, str] | None, accept: Collection[int], channel: Channel | None = None
    ) -> Seen:
        began = time.monotonic()
        ask = partial((channel or self._channel).call, "GET", path, params=params, accept=accept)
        try:
            answer = ask(retry=False)
        except UnavailableError:
            if time.monotonic() - began > _QUICK:
                raise  # a shop that hangs would take the whole time of the check, and more
            answer = ask(retry=True)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and time.monotonic() - began <= _QUICK:
            answer = ask(retry=False)  # what passes is no verdict, and hides nothing that makes the first run unsafe
        seconds, ended = time.monotonic() - began, self._now()
        problem, document = "", None
        try:
            document = answer.json()
        except OrderflowError as error:
            problem = error.message
        return Seen(
            status=answer.status,
            document=document,
            problem=problem,
            is_page=answer.content.lstrip()[:1] == b"<",
            headers={name.lower(): value for name, value in answer.headers.items()},
            ended=ended,
            seconds=seconds,
        )


def _asked(calls: Mapping[str, Seen]) -> dict[str, Seen]:
    return {name: seen for name, seen in calls.items() if seen is not _OVER}


def _sampled(calls: Mapping[str, Seen]) -> list[int]:
    """Choose orders: those that share a reference, some of every list, others spread over the first and last page."""
    pages = (calls[name].rows or () for name in ("page", "latest") if name in calls)
    rows = list({row["id"]: row for page in pages for row in page if _is_id(row.get("id"))}.values())
    by_reference: dict[object, list[int]] = {}
    for row in rows:
        if isinstance(row.get("reference"), str):
            by_reference.setdefault(row["reference"], []).append(row["id"])
    twins = [number for ids in by_reference.values() if len(set(ids)) > 1 for number in ids][:_TWINS]
    listed = [
        number
        for name, seen in calls.items()
        if name.startswith(("state_", "offline_", "latest"))
        for number in [*seen.ids[:1], *seen.ids[-_NEWEST:]]
        if _is_id(number)
    ]
    chosen = list(dict.fromkeys([*twins, *listed]))[:SAMPLE]
    others = [row["id"] for row in rows if row["id"] not in chosen]
    return chosen + others[:: max(1, -(-len(others) // max(1, SAMPLE - len(chosen))))][: SAMPLE - len(chosen)]


def _documents(details: Sequence[Seen]) -> list[dict[str, Any]]:
    found = (one.document for one in details if one.status == HTTPStatus.OK)
    return [order for order in found if isinstance(order, dict) and _is_id(order.get("id"))]


def _lines(order: Mapping[str, Any]) -> list[dict[str, Any]]:
    lines = order.get("order_lines")
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
