"""One sandbox for all tests in this folder, reset before each."""

from collections.abc import Iterator

import pytest
import requests

from sandbox.config import Config
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox, running

CREDENTIALS = {"grant_type": "client_credentials", "client_id": "orderflow", "client_secret": "sandbox-secret"}


class Api:
    """A bare client of one service: relative paths, no redirects followed, no error raised."""

    def __init__(self, base: str, **headers: str) -> None:
        self._base = base
        self._session = requests.Session()
        self._session.headers.update(headers)
        self._session.trust_env = False

    def __call__(self, method: str, path: str, **options: object) -> requests.Response:
        options = {"timeout": 30, "allow_redirects": False, **options}
        return self._session.request(method, self._base + path, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def server() -> Iterator[RunningSandbox]:
    with running() as started:
        yield started


@pytest.fixture
def sandbox(server: RunningSandbox) -> RunningSandbox:
    """Return the sandbox empty and well-behaved."""
    with SandboxControl(server.url) as client:
        client.reset()
    return server


@pytest.fixture
def control(sandbox: RunningSandbox) -> Iterator[SandboxControl]:
    with SandboxControl(sandbox.url) as client:
        yield client


@pytest.fixture
def shop(sandbox: RunningSandbox, control: SandboxControl) -> Api:
    token = requests.post(sandbox.token_url, data=CREDENTIALS, timeout=30).json()["access_token"]
    control.clear_journal()
    return Api(sandbox.url, Authorization=f"Bearer {token}")


@pytest.fixture
def erp(sandbox: RunningSandbox) -> Api:
    return Api(sandbox.erp_url, Authorization=f"Bearer {Config().erp_token}")


@pytest.fixture
def anyone(sandbox: RunningSandbox) -> Api:
    """Return an anonymous client, without credentials."""
    return Api(sandbox.url)
