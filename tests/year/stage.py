"""Everything that a simulation needs: set-up and tear-down."""

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
from year.mix import NORMAL, Mix
from year.simulation import Simulation, ledger_file

SETTINGS = {"webshops": {"1": {"messages": {"user": 10}}}, "limits": {"lookup_waits": [0, 0], "breaker_errors": None}}


@contextmanager
def staged(folder: Path, start: datetime, *, seed: int, mix: Mix = NORMAL) -> Iterator[Simulation]:
    """Yield a simulation that starts at an instant, with its own sandbox and ledger."""
    clock = Clock(start)
    with ExitStack() as stack:
        sandbox = stack.enter_context(running())
        control = stack.enter_context(SandboxControl(sandbox.url))
        control.reset()
        ledger = open_ledger(ledger_file(folder), clock=clock)
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
        yield stack.enter_context(Simulation.started(services, control, clock, mix, seed))


def _channel(service: Service, url: str, scheme: str, token: str) -> Channel:
    policy = RetryPolicy(attempts=3, sleep=lambda _: None)
    authorize = FixedAuthorization(scheme, token)
    session = requests.Session()
    return Channel(session, url, service=service, authorize=authorize, timeouts=Timeouts(5, 20), policy=policy)
