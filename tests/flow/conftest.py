"""The services of a run without Airflow: a real sandbox over HTTP, a ledger in a file, a clock that tests control."""

from pathlib import Path

import pytest
import requests

from orderflow.cloudsuite.client import SHOP, CloudSuiteClient
from orderflow.cloudsuite.messages import MESSAGES, MessagesClient
from orderflow.erp.rest import ERP, RestErp
from orderflow.flow.services import Services
from orderflow.ledger.opening import open_ledger
from orderflow.settings import Settings
from orderflow.transport import Channel, FixedAuthorization, RetryPolicy, Service, Timeouts
from sandbox.config import Config
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox
from support.clock import Clock
from support.export_paths import path  # noqa: F401 - a fixture
from support.flow_runs import SETTINGS, UNKNOWN_PRODUCT, Runs, calls, last_call  # noqa: F401
from support.ledgers import new_file


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings() -> dict[str, object]:
    """Return the settings as JSON; tests override this fixture to change them."""
    return SETTINGS


@pytest.fixture
def shop_url(sandbox: RunningSandbox) -> str:
    """Return the shop's URL; tests override this fixture to use another shop than the sandbox."""
    return sandbox.url


@pytest.fixture
def services(
    shop_url: str,
    control: SandboxControl,
    ledger_folder: Path,
    clock: Clock,
    settings: dict[str, object],
) -> Services:
    def channel(service: Service, url: str, scheme: str, token: str) -> Channel:
        policy = RetryPolicy(attempts=3, sleep=lambda _: None)
        authorize = FixedAuthorization(scheme, token)
        return Channel(
            requests.Session(), url, service=service, authorize=authorize, timeouts=Timeouts(5, 20), policy=policy
        )

    defaults = Config()
    ledger = open_ledger(new_file(ledger_folder / "ledger.db"), clock=clock)
    ledger.days.begin("2020-01-01")  # so that go-live is before every order
    return Services(
        connect_shop=lambda: CloudSuiteClient(channel(SHOP, shop_url, "Token", str(defaults.legacy_token))),
        connect_messages=lambda: MessagesClient(channel(MESSAGES, control.url, "Token", str(defaults.legacy_token))),
        connect_erp=lambda: RestErp(channel(ERP, f"{control.url}/erp", "Bearer", defaults.erp_token)),
        ledger=ledger,
        settings=Settings.parse(settings),
        now=clock,
        sleep=lambda _: None,
    )


@pytest.fixture
def runs() -> Runs:
    return Runs()
