"""A CloudSuite client on a real sandbox; pauses between attempts are skipped."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from orderflow.cloudsuite.auth import ClientCredentials, Credentials
from orderflow.cloudsuite.client import SHOP, CloudSuiteClient
from orderflow.transport import Channel, RetryPolicy
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox

CLIENT_ID, CLIENT_SECRET = "orderflow", "sandbox-secret"


@pytest.fixture(autouse=True)
def control(control: SandboxControl) -> SandboxControl:
    """Reset the sandbox for every test, including those that do not use its controls."""
    return control


@pytest.fixture
def credentials(sandbox: RunningSandbox) -> Credentials:
    return Credentials(sandbox.token_url, CLIENT_ID, CLIENT_SECRET)


@pytest.fixture
def clients(sandbox: RunningSandbox, credentials: Credentials) -> Callable[..., CloudSuiteClient]:
    def client(page_size: int = 100, **changes: Any) -> CloudSuiteClient:
        session = requests.Session()
        session.mount("http://", HTTPAdapter(pool_maxsize=16))
        channel = Channel(
            session,
            sandbox.url,
            service=SHOP,
            authorize=changes.pop("authorize", None) or ClientCredentials(requests.Session(), credentials),
            policy=RetryPolicy(sleep=lambda seconds: None),  # noqa: ARG005  # does not wait
            **changes,
        )
        return CloudSuiteClient(channel, page_size=page_size)

    return client


@pytest.fixture
def client(clients: Callable[..., CloudSuiteClient]) -> CloudSuiteClient:
    return clients()
