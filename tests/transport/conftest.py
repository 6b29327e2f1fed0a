"""A channel to a real sandbox, with pauses that are counted instead of waited for."""

from typing import Any

import pytest
import requests

from orderflow.cloudsuite.client import SHOP
from orderflow.transport import Channel, FixedAuthorization, RetryPolicy, Timeouts
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox
from support.calls import TOKEN


@pytest.fixture(autouse=True)
def control(control: SandboxControl) -> SandboxControl:
    """Reset the sandbox for every test, including those that do not use its controls."""
    return control


@pytest.fixture
def order_id(control: SandboxControl) -> int:
    return control.add_orders({"reference": "CS1", "description": "first"})[0]


class Pauses(list[float]):
    """The pauses that a policy made, in seconds."""

    def policy(self, **changes: Any) -> RetryPolicy:
        """Return a policy that records its pauses here instead of sleeping."""
        return RetryPolicy(**{"sleep": self.append, **changes})


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


class Channels:
    """Builds channels to the sandbox's shop."""

    def __init__(self, url: str, pauses: Pauses) -> None:
        self._url, self._pauses = url, pauses

    def __call__(self, *, url: str | None = None, **changes: Any) -> Channel:
        """Return a channel; everything not given has a sensible default."""
        policy = self._pauses.policy(**changes.pop("policy", {}))
        given = {
            "service": SHOP,
            "authorize": FixedAuthorization("Token", TOKEN),
            "timeouts": Timeouts(5, 20),
            "policy": policy,
            **changes,
        }
        return Channel(requests.Session(), url or self._url, **given)


@pytest.fixture
def channels(sandbox: RunningSandbox, pauses: Pauses) -> Channels:
    return Channels(sandbox.url, pauses)
