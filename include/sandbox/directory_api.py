"""Customers, addresses and users below `/api/origin/{origin}/`, and user profiles.

Documented: the lists, their filters, that they hold records of every origin, and detail by key. Assumed: the fields of
a customer and an address, detail of customer and user, 404 for an unknown origin, and PATCH for anything but a user.
"""

import re
from typing import cast

from sandbox import shop_filters
from sandbox.behaviour import as_shown
from sandbox.config import Config
from sandbox.directory_store import DirectoryStore, Kind
from sandbox.entrance import Entrance, json_body
from sandbox.shop_pages import Pager
from sandbox.wire import Call, JsonObject, Refusal, Reply, html_reply, json_reply

PREFIXES = ("/api/origin/", "/api/userprofile/")
_LIST = re.compile(r"/api/origin/([^/]+)/(customer|address|user)/")
_DETAIL = re.compile(r"/api/origin/([^/]+)/(customer|address|user)/(.+)/")
_PROFILE = re.compile(r"/api/userprofile/(\d+)/")
_BRIEF = ("id", "key", "create_date", "modified_date")
_PATCHABLE = ("code", "authorised_customers")


class DirectoryApi:
    """Answers calls about customers, addresses and users."""

    def __init__(self, store: DirectoryStore, entrance: Entrance) -> None:
        self.store = store
        self._entrance = entrance
        self._pager = Pager()

    def handle(self, call: Call, config: Config) -> Reply:
        """Answer one call."""
        if match := _LIST.fullmatch(call.path):
            self._entrance.admit(call, config, ("GET",))
            return self._list(match[1], cast("Kind", match[2]), call, config)
        if match := _DETAIL.fullmatch(call.path):
            return self._detail(match[1], cast("Kind", match[2]), match[3], call, config)
        if match := _PROFILE.fullmatch(call.path):
            self._entrance.admit(call, config, ("GET",))
            profile = self.store.profiles.get(int(match[1]))
            return json_reply(profile) if profile else _missing("UserProfile")
        if not call.path.endswith("/") and any(p.fullmatch(f"{call.path}/") for p in (_LIST, _DETAIL, _PROFILE)):
            return Reply(301, headers={"location": f"{call.path}/", "content-type": "text/html; charset=utf-8"})
        return html_reply(404, "Not Found")

    def _list(self, origin: str, kind: Kind, call: Call, config: Config) -> Reply:
        if origin not in config.origins:
            return _missing("Origin")
        rows = list(self.store.records[kind].values())
        if config.origin_lists == "own":
            rows = [row for row in rows if row["origin"] == origin]
        filters = shop_filters.USER_FILTERS if kind == "user" else shop_filters.DIRECTORY_FILTERS
        if kind == "user" and call.query.get("inactive") not in {"true", "True"}:
            rows = [row for row in rows if not row["inactive"]]
        rows = shop_filters.select(rows, call.query, config.unknown_filters, filters)
        fields = _BRIEF if config.brief_directory_rows else None
        return json_reply(self._pager.page([_visible(row, config) for row in rows], call, config, fields=fields))

    def _detail(self, origin: str, kind: Kind, key: str, call: Call, config: Config) -> Reply:
        method = self._entrance.admit(call, config, ("GET", "PATCH") if kind in config.directory_patch else ("GET",))
        record = self.store.by_key(kind, origin, key)
        if record is None:
            return _missing(kind.title())
        if method == "GET":
            return json_reply(as_shown(_visible(record, config), config))
        changes = {name: value for name, value in json_body(call).items() if name in _PATCHABLE}
        changed = self.store.edit(kind, record["id"], changes)
        return json_reply(as_shown(_visible(changed, config), config), committed=True)


def _visible(record: JsonObject, config: Config) -> JsonObject:
    return {name: value for name, value in record.items() if name not in config.hidden_directory_fields}


def _missing(what: str) -> Reply:
    raise Refusal(json_reply({"detail": f"No {what} matches the given query."}, 404))
