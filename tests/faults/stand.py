"""The services of a run without Airflow, on a sandbox, with a clock and pauses that the test controls."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from sqlalchemy import Engine

from faults.points import Listener, WatchedSession, watch
from orderflow.cloudsuite.auth import ClientCredentials, Credentials
from orderflow.cloudsuite.client import SHOP, CloudSuiteClient
from orderflow.cloudsuite.messages import MESSAGES, MessagesClient
from orderflow.erp.port import Capabilities, ErpPort
from orderflow.erp.rest import ERP, RestErp
from orderflow.erp.tryton.adapter import TrytonErp
from orderflow.flow.services import Services
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.opening import open_ledger
from orderflow.settings import Settings
from orderflow.transport import Authorization, Channel, FixedAuthorization, RetryPolicy, Service, Timeouts
from support.clock import Clock

LEASE = timedelta(minutes=5)
Connect = Callable[..., Services]
MIDNIGHT = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
"""When the first run takes place: soon after 22 November is over in Amsterdam."""
PROVED = Capabilities(consistent_lookup=True, idempotency_key=True, unique_reference=True, customers=True, charges=True)


@dataclass(frozen=True)
class TrytonAt:
    """Where the flow reaches a Tryton."""

    url: str
    key: str
    extra: Mapping[str, Any]


def make_services(
    sandbox_url: str,
    ledger_url: str,
    *,
    clock: Clock,
    listener: Listener | None = None,
    capabilities: Capabilities = PROVED,
    read_timeout: float = 20.0,
    attempts: int = 2,
    settings: Mapping[str, Any] | None = None,
    writing: AbstractContextManager[Any] | None = None,
    engine: Engine | None = None,
    tryton: TrytonAt | None = None,
    erp_timeout: float | None = None,
) -> Services:
    """Connect, to the sandbox's ERP unless there is a Tryton.

    The listener is called for every call of these services, and `writing` is held during a PUT. It is also called for
    the ledger's writes, unless an engine is given, which somebody else then watches.
    """

    def session() -> requests.Session:
        return WatchedSession(listener, writing or nullcontext()) if listener else requests.Session()

    def channel(url: str, service: Service, authorize: Authorization, patience: float = read_timeout) -> Channel:
        return Channel(
            session(),
            url,
            service=service,
            authorize=authorize,
            timeouts=Timeouts(connect=20.0, read=patience),
            policy=RetryPolicy(attempts=attempts, sleep=_no_pause),
        )

    token_url = f"{sandbox_url}/realms/CloudSuite/protocol/openid-connect/token"
    credentials = Credentials(token_url, "orderflow", "sandbox-secret")
    token = ClientCredentials(requests.Session(), credentials)
    shop = CloudSuiteClient(channel(sandbox_url, SHOP, token))
    messages = MessagesClient(channel(sandbox_url, MESSAGES, token))
    erp: ErpPort
    if tryton:
        key = FixedAuthorization("Bearer", tryton.key)
        erp = TrytonErp(channel(tryton.url, ERP, key, erp_timeout or read_timeout), tryton.extra)
    else:
        erp = RestErp(channel(f"{sandbox_url}/erp", ERP, FixedAuthorization("Bearer", "sandbox-erp-token")))
        erp.capabilities = capabilities
    ledger = Ledger(engine, clock=clock, lease=LEASE) if engine else open_ledger(ledger_url, clock=clock, lease=LEASE)
    if listener and not engine:
        watch(ledger._engine, listener)
    return Services(
        connect_shop=lambda: shop,
        connect_messages=lambda: messages,
        connect_erp=lambda: erp,
        ledger=ledger,
        settings=Settings.parse({"not_before": "2020-01-01", **(settings or {})}),
        now=clock,
        sleep=_no_pause,
    )


def close(services: Services) -> None:
    """Close the ledger's connections."""
    services.ledger._engine.dispose()


def _no_pause(_seconds: float) -> None:
    return
