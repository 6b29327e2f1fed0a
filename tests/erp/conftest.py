"""The REST adapter on a real sandbox ERP; pauses between attempts are skipped."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
import requests

from orderflow.erp.models import SalesOrderRequest
from orderflow.erp.rest import ERP, RestErp
from orderflow.transport import Channel, FixedAuthorization, RetryPolicy
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox


@pytest.fixture(autouse=True)
def control(control: SandboxControl) -> SandboxControl:
    """Reset the sandbox for every test, including those that do not use its controls."""
    return control


@pytest.fixture
def erps(sandbox: RunningSandbox) -> Callable[..., RestErp]:
    def make(url: str | None = None, **changes: Any) -> RestErp:
        given = {
            "service": ERP,
            "authorize": FixedAuthorization("Bearer", "sandbox-erp-token"),
            "policy": RetryPolicy(sleep=lambda seconds: None),  # noqa: ARG005  # does not wait
            **changes,
        }
        return RestErp(Channel(requests.Session(), url or sandbox.erp_url, **given))

    return make


@pytest.fixture
def erp(erps: Callable[..., RestErp]) -> RestErp:
    return erps()


def sales_order(**changes: Any) -> SalesOrderRequest:
    """Return a request with two lines of the same product, complete by default."""
    lines = [
        {
            "position": position,
            "shop_line_id": position,
            "product": {"origin": "myorigin", "key": "124_STUK"},
            "description": "My description",
            "quantity": "1.0",
            "unit_price": "10.00",
        }
        for position in (1, 2)
    ]
    given = {
        "idempotency_key": f"cloudsuite:{quote(changes.get('external_reference', '1/CS48193'))}",
        "external_reference": "1/CS48193",
        "shop": "1",
        "shop_order_id": 12345,
        "shop_reference": "CS48193",
        "customer_order_number": "PO-9",
        "customer": 1324,
        "currency": "EUR",
        "order_date": "2024-10-23",
        "confirmed_at": "2024-10-23T06:01:03+02:00",
        "requested_delivery_date": None,
        "shipment_address": 1695,
        "invoice_address": 1652,
        "payment_status": "closed_success",
        "remarks": None,
        "lines": lines,
        **changes,
    }
    return SalesOrderRequest.model_validate(given)


@pytest.fixture
def request_for() -> Callable[..., SalesOrderRequest]:
    return sales_order
