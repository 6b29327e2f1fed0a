"""Runs the shop, and gives access to its tables."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import django
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application

from support.django_shop import switches
from support.django_shop.recording import calls

APP = "django_shop"
LINES = "order_lines"


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        pass


@dataclass(frozen=True)
class DjangoShop:
    """A running shop."""

    url: str

    def empty(self) -> None:
        """Remove all orders, restore the defaults, forget the calls and the throttled clients."""
        self._orders.all().delete()
        switches.reset()
        cache.clear()
        calls.clear()

    def add(self, *orders: dict[str, Any]) -> list[int]:
        """Add orders in the form of the sandbox's catalogue; fields without a column are left out."""
        return [self._add(dict(order)) for order in orders]

    def edit(self, number: int, **changes: Any) -> None:
        """Change an order behind the API's back."""
        self._orders.filter(id=number).update(**changes)

    def order(self, number: int) -> dict[str, Any]:
        """Return an order as stored in the tables, lines by id."""
        order = self._orders.filter(id=number).values().get()
        return {**order, LINES: list(self._lines.filter(order_id=number).order_by("id").values())}

    def calls(self) -> list[tuple[str, str, int]]:
        """Return the calls so far: method, path, status."""
        return list(calls)

    def writes(self) -> list[tuple[str, str, int]]:
        """Return the PATCHes and PUTs so far: method, path, status."""
        return [call for call in self.calls() if call[0] in {"PATCH", "PUT"}]

    @property
    def _orders(self) -> Any:
        return apps.get_model(APP, "Order").objects

    @property
    def _lines(self) -> Any:
        return apps.get_model(APP, "Line").objects

    def _add(self, order: dict[str, Any]) -> int:
        lines = order.pop(LINES)
        created = self._orders.create(**_columns("Order", order))
        for line in lines:
            self._lines.create(order=created, **_columns("Line", line))
        return int(created.id)


def _columns(model: str, values: dict[str, Any]) -> dict[str, Any]:
    fields = {field.name: field for field in apps.get_model(APP, model)._meta.get_fields()}
    return {
        name: _instant(value) if value and name in {"create_date", "confirm_date"} else value
        for name, value in values.items()
        if name in fields
    }


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=ZoneInfo(settings.TIME_ZONE)) if settings.USE_TZ else at


@contextmanager
def running(folder: Path) -> Iterator[DjangoShop]:
    """Run the shop on a free loopback port for the duration of the block; once per process, as Django is global."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "support.django_shop.settings"
    settings.DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": folder / "shop.db",
            "OPTIONS": {"timeout": 30, "transaction_mode": "IMMEDIATE"},
        }
    }
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Silent)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, name="django shop", daemon=True)
    thread.start()
    try:
        yield DjangoShop(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
