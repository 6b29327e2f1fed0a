"""Everything that a simulation needs, set up and taken down."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

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
from sandbox.server import running
from support.clock import Clock
from support.receivers import webhook_receiver
from year.mix import NORMAL, Mix
from year.shop import Shop
from year.simulation import Simulation

SETTINGS = {"webshops": {"1": {"messages": {"user": 10}}}, "limits": {"lookup_waits": [0, 0], "breaker_errors": None}}
_OURS = ("AIRFLOW_CONN_ORDERFLOW_ALERTS_WEBHOOK", "AIRFLOW_CONN_ORDERFLOW_LEDGER", "AIRFLOW_VAR_ORDERFLOW")


@contextmanager
def staged(folder: Path, start: datetime, *, seed: int, mix: Mix = NORMAL) -> Iterator[Simulation]:
    """Give a simulation that begins at an instant, with a sandbox, a ledger and a webhook of its own."""
    clock = Clock(start)
    with ExitStack() as stack:
        sandbox = stack.enter_context(running())
        control = stack.enter_context(SandboxControl(sandbox.url))
        control.reset()
        address, webhook = stack.enter_context(webhook_receiver())
        url = f"sqlite:///{folder / 'ledger.db'}"
        for name, value in zip(_OURS, (json.dumps({"conn_type": "http", "host": address}), url, "{}"), strict=True):
            os.environ[name] = value
            stack.callback(os.environ.pop, name, None)
        ledger = open_ledger(url, clock=clock)
        ledger.days.begin("2020-01-01")  # long after go-live
        token = str(Config().legacy_token)
        services = Services(
            connect_shop=lambda: CloudSuiteClient(_channel(SHOP, sandbox.url, "Token", token)),
            connect_messages=lambda: MessagesClient(_channel(MESSAGES, sandbox.url, "Token", token)),
            connect_erp=lambda: RestErp(_channel(ERP, sandbox.erp_url, "Bearer", Config().erp_token)),
            ledger=ledger,
            settings=Settings.parse(SETTINGS),
            now=clock,
            sleep=lambda _: None,
        )
        yield Simulation(services, control, clock, Shop(control, mix, seed), webhook)


def _channel(service: Service, url: str, scheme: str, token: str) -> Channel:
    policy = RetryPolicy(attempts=3, sleep=lambda _: None)
    authorize = FixedAuthorization(scheme, token)
    session = requests.Session()
    return Channel(session, url, service=service, authorize=authorize, timeouts=Timeouts(5, 20), policy=policy)
