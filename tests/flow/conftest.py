"""The parties of a run without Airflow: the real sandbox over HTTP, a ledger in a file, a clock that tests hold."""

from pathlib import Path

import pytest
import requests

from clock import Clock
from orderflow.cloudsuite.client import SHOP, CloudSuiteClient
from orderflow.cloudsuite.messages import MESSAGES, MessagesClient
from orderflow.erp.rest import ERP, RestErp
from orderflow.flow.parties import Parties
from orderflow.ledger.engine import open_ledger
from orderflow.ledger.models import RunRef
from orderflow.settings import Settings
from orderflow.transport import Channel, FixedAuthorization, RetryPolicy, Service, Timeouts
from sandbox.config import Config
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox

UNKNOWN_PRODUCT = {"product": {"origin": "x", "key": "UNKNOWN-1"}, "quantity": "1.0", "unit_price": "1.00"}
SETTINGS = {"webshops": {"2": {"payment_option": False}}, "limits": {"lookup_waits": [0, 0]}}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings() -> dict[str, object]:
    """Return the settings as JSON; tests override this fixture to change them."""
    return SETTINGS


@pytest.fixture
def parties(
    sandbox: RunningSandbox,
    control: SandboxControl,
    tmp_path: Path,
    clock: Clock,
    settings: dict[str, object],
) -> Parties:
    del control  # has emptied the sandbox

    def channel(service: Service, url: str, scheme: str, token: str) -> Channel:
        policy = RetryPolicy(attempts=3, sleep=lambda _: None)
        authorize = FixedAuthorization(scheme, token)
        return Channel(
            requests.Session(), url, service=service, authorize=authorize, timeouts=Timeouts(5, 20), policy=policy
        )

    defaults = Config()
    return Parties(
        shop=CloudSuiteClient(channel(SHOP, sandbox.url, "Token", str(defaults.legacy_token))),
        messages=MessagesClient(channel(MESSAGES, sandbox.url, "Token", str(defaults.legacy_token))),
        erp=RestErp(channel(ERP, sandbox.erp_url, "Bearer", defaults.erp_token)),
        ledger=open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock=clock),
        settings=Settings.parse(settings),
        now=clock,
        sleep=lambda _: None,
    )


class Runs:
    """Names runs, each another."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, partition: str | None = None) -> RunRef:
        self._count += 1
        return RunRef(dag_id="test", run_id=f"run{self._count}", partition=partition)


@pytest.fixture
def runs() -> Runs:
    return Runs()


def calls(control: SandboxControl, since: int = 0) -> list[tuple[str, str]]:
    return [(call["service"], call["method"]) for call in control.journal(since=since)]


def last_call(control: SandboxControl) -> int:
    journal = control.journal()
    return int(journal[-1]["n"]) if journal else 0
