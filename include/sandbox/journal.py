"""Every call in order of arrival, and how many ran at the same time. Never contains a secret."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from sandbox.config import Service
from sandbox.wire import Call, loads

_ORDER = re.compile(r"^/api/order/(\d+)/?$")


@dataclass
class Entry:
    """One call. `status` stays None if no answer reached the client; `finished` says whether handling has ended."""

    n: int
    at: str
    service: Service
    method: str
    path: str
    query: dict[str, str]
    order_id: int | None
    external_reference: str | None
    request_body: Any
    status: int | None = None
    fault: str | None = None
    committed: bool = False
    finished: bool = False


class Journal:
    """Entries are numbered from 1; a new journal starts over."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.high_water: Counter[Service] = Counter()
        self.idle = asyncio.Event()
        """Set while no call is underway."""
        self.idle.set()
        self._running: Counter[Service] = Counter()
        self._last = 0

    @contextmanager
    def call(self, service: Service, call: Call) -> Iterator[Entry]:
        """Record a call from its arrival to its end."""
        self._last += 1
        entry = _entry(self._last, service, call)
        self.entries.append(entry)
        self._running[service] += 1
        self.idle.clear()
        self.high_water[service] = max(self.high_water[service], self._running[service])
        try:
            yield entry
        finally:
            entry.finished = True
            self._running[service] -= 1
            if not self._running.total():
                self.idle.set()

    def since(self, n: int) -> list[dict[str, Any]]:
        """Return the entries after number n."""
        return [asdict(entry) for entry in self.entries if entry.n > n]

    def clear(self) -> None:
        """Discard the entries and the high-water marks; numbering continues."""
        self.entries.clear()
        self.high_water = +self._running


def _entry(n: int, service: Service, call: Call) -> Entry:
    body, query = _body(call), call.query
    order = _ORDER.match(call.path)
    named = body.get("external_reference") if isinstance(body, dict) else None
    return Entry(
        n=n,
        at=datetime.now(UTC).isoformat(),
        service=service,
        method=call.method,
        path=call.path,
        query=query,
        order_id=int(order[1]) if order else None,
        external_reference=(named or query.get("external_reference")) if service == "erp" else None,
        request_body=body,
    )


def order_named_by(call: Call) -> int:
    """Return the id of the shop order in a call's path, query or body; 0 for none."""
    order = _ORDER.match(call.path)
    if order:
        return int(order[1])
    body = _body(call)
    named = body.get("shop_order_id") if isinstance(body, dict) else call.query.get("shop_order_id")
    return int(str(named)) if str(named).isdecimal() else 0


def _body(call: Call) -> Any:
    if not call.body:
        return None
    if call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        form = dict(parse_qsl(call.body.decode("utf-8", "replace")))
        return {key: "***" if "secret" in key or "password" in key else value for key, value in form.items()}
    try:
        return loads(call.body)
    except ValueError:
        return call.body.decode("utf-8", "replace")
