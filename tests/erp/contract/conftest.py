"""The ERPs that the contract suite runs against. A new adapter needs one fixture here, and its name in `ERPS`."""

import pytest
import requests

from orderflow.erp.rest import ERP, RestErp
from orderflow.erp.tryton import client
from orderflow.erp.tryton.adapter import TrytonErp
from orderflow.transport import Channel, FixedAuthorization, RetryPolicy
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox
from support.erp_orders import sales_order
from support.erp_subject import ReconciliationItem
from support.tryton_warehouse import deliver
from tryton import RunningTryton

ERPS = ["rest", pytest.param("tryton", marks=pytest.mark.tryton)]


@pytest.fixture(params=ERPS)
def subject(request: pytest.FixtureRequest) -> ReconciliationItem:
    found: ReconciliationItem = request.getfixturevalue(f"{request.param}_subject")
    return found


@pytest.fixture
def rest_subject(sandbox: RunningSandbox, control: SandboxControl) -> ReconciliationItem:
    def numbers(reference: str) -> list[str | None]:
        return [o["number"] for o in control.erp_orders() if o["external_reference"] == reference]

    return ReconciliationItem(
        url=sandbox.erp_url,
        connect=lambda url: RestErp(_channel(url, "sandbox-erp-token")),
        request=sales_order,
        numbers=numbers,
        deliver=lambda number: control.deliver(number) and None,
        small_pages=lambda: control.configure(erp_page_size=2) and None,
    )


@pytest.fixture
def tryton_subject(tryton: RunningTryton, monkeypatch: pytest.MonkeyPatch) -> ReconciliationItem:
    def numbers(reference: str) -> list[str | None]:
        found = tryton.rpc("model.sale.sale.search_read", [["web_id", "=", reference]], 0, None, None, ["number"])
        return [sale["number"] for sale in found]

    return ReconciliationItem(
        url=tryton.url,
        connect=lambda url: TrytonErp(_channel(url, tryton.key), tryton.connection_extra),
        request=sales_order,
        numbers=numbers,
        deliver=lambda number: deliver(tryton, number),
        small_pages=lambda: monkeypatch.setattr(client, "PAGE", 2),
    )


def _channel(url: str, token: str) -> Channel:
    policy = RetryPolicy(sleep=lambda seconds: None)  # noqa: ARG005  # does not wait
    return Channel(requests.Session(), url, service=ERP, authorize=FixedAuthorization("Bearer", token), policy=policy)
