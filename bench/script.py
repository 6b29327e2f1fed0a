"""The baseline: what a team would write first, a script with `requests` that makes the same calls, in 1 or 16 threads.

No ledger, no retries, no check after a failure: it only shows the cost of the calls themselves.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import local
from typing import Any

import requests

from sandbox_env import CLIENT_ID, CLIENT_SECRET

TIMEOUT = 30


class Script:
    """One day of orders into the ERP and back."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._own = local()
        self._token = self._login()

    def run(self, day: str, threads: int) -> int:
        """Export the confirmed orders of a day; return how many."""
        ids = list(self.listed(day))
        with ThreadPoolExecutor(threads) as pool:
            return len(list(pool.map(self._export, ids)))

    def _login(self) -> str:
        form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        url = f"{self._url}/realms/CloudSuite/protocol/openid-connect/token"
        answer = requests.post(url, data=form, timeout=TIMEOUT)
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def _call(self, method: str, path: str, *, erp: bool = False, **content: Any) -> Any:
        if not hasattr(self._own, "session"):
            self._own.session = requests.Session()
        headers = {} if erp else {"Authorization": f"Bearer {self._token}"}
        headers |= content.pop("headers", {})
        auth = (CLIENT_ID, CLIENT_SECRET) if erp else None
        url = path if path.startswith("http") else self._url + path
        answer = self._own.session.request(method, url, headers=headers, auth=auth, timeout=TIMEOUT, **content)
        answer.raise_for_status()
        return answer.json()

    def listed(self, day: str) -> Iterator[int]:
        """Yield the ids of a day's confirmed orders."""
        url: str | None = "/api/order/"
        query: dict[str, Any] = {
            "state": "confirmed",
            "offline": "false",
            "confirm_date__gte": f"{day}T00:00:00",
            "confirm_date__lte": f"{day}T23:59:59.999999",
            "limit": 100,
        }
        while url:
            page = self._call("GET", url, params=query)
            yield from (row["id"] for row in page["results"])
            url, query = page["next"], {}

    def _export(self, order_id: int) -> None:
        """Make the calls of one order: 7 to the shop, 2 to the ERP."""
        self._call("GET", _path(order_id))
        created = self.create(order_id)
        self.set_state(order_id)
        self.set_number(order_id, created)
        self.set_lines(order_id, created)

    def create(self, order_id: int) -> dict[str, Any]:
        """Read the order, look it up in the ERP, create it there."""
        order = self._call("GET", _path(order_id))
        reference = f"{order['webshop']}/{order['reference']}"
        self._call("GET", "/erp/sales-orders", erp=True, params={"external_reference": reference})
        created: dict[str, Any] = self._call(
            "POST",
            "/erp/sales-orders",
            erp=True,
            json=_request(order, reference),
            headers={"Idempotency-Key": reference},
        )
        return created

    def set_state(self, order_id: int) -> None:
        """PATCH the state."""
        self._call("PATCH", _path(order_id), json={"state": "processing"})

    def set_number(self, order_id: int, created: dict[str, Any]) -> None:
        """PATCH the ERP number."""
        self._call("PATCH", _path(order_id), json={"erp_order_number": created["number"]})

    def set_lines(self, order_id: int, created: dict[str, Any]) -> None:
        """Read, PUT with the line numbers, read back."""
        order = self._call("GET", _path(order_id))
        for line, made in zip(_goods(order), created["lines"], strict=True):
            line["erp_line_number"] = made["line_number"]
        self._call("PUT", _path(order_id), json=order)
        self._call("GET", _path(order_id))


def _path(order_id: int) -> str:
    return f"/api/order/{order_id}/"


def _goods(order: dict[str, Any]) -> list[dict[str, Any]]:
    return [line for line in order["order_lines"] if line["type"] == "line"]


def _request(order: dict[str, Any], reference: str) -> dict[str, Any]:
    copied = ("customer_order_number", "customer", "currency", "order_date", "payment_status")
    lines = [
        {
            "position": position,
            "shop_line_id": line["id"],
            "product": line["product"],
            "description": line["description"],
            "quantity": str(line["quantity"]),
            "unit_price": str(line["unit_price"]),
        }
        for position, line in enumerate(_goods(order), start=1)
    ]
    return {field: order[field] for field in copied} | {
        "external_reference": reference,
        "shop": str(order["webshop"]),
        "shop_order_id": order["id"],
        "shop_reference": order["reference"],
        "lines": lines,
    }
