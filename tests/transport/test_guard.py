"""Every single request passes the guard."""

import pytest

from orderflow.domain.reasons import Reason
from orderflow.errors import CallDeferredError
from orderflow.transport import RefusedError, UnavailableError
from sandbox.control import SandboxControl
from support.calls import Channels, calls


class Guard:
    """A gate that notes who passes, and stays shut when told so."""

    def __init__(self, *, shut: bool = False) -> None:
        self.entered: list[str] = []
        self.refusals: list[tuple[str, str, int | None, str]] = []
        self.successes: list[str] = []
        self.pauses: list[float] = []
        self._shut = shut

    def enter(self, method: str, path: str) -> None:
        self.entered.append(f"{method} {path}")
        if self._shut:
            raise CallDeferredError("not now", reason=Reason.CIRCUIT_OPEN)

    def refused(self, method: str, path: str, status: int | None, text: str) -> None:
        self.refusals.append((method, path, status, text))

    def succeeded(self, method: str, path: str) -> None:
        self.successes.append(f"{method} {path}")

    def throttled(self, seconds: float) -> None:
        self.pauses.append(seconds)


def test_every_single_request_passes_the_gate(control: SandboxControl, channels: Channels) -> None:
    """A repeated one too, and the second one after a token was turned away."""
    guard = Guard()
    control.fault("status", status=500, times=2)
    channels(gate=guard).call("GET", "/api/order/", retry=True)
    assert guard.entered == ["GET /api/order/"] * 3 == calls(control)


def test_a_gate_that_is_shut_lets_nothing_through_and_is_not_tried_again(
    control: SandboxControl, channels: Channels, pauses: list[float]
) -> None:
    guard = Guard(shut=True)
    with pytest.raises(CallDeferredError):
        channels(gate=guard).call("GET", "/api/order/", retry=True)
    assert (calls(control), pauses, len(guard.entered)) == ([], [], 1)


def test_the_gate_hears_of_refusals_successes_and_pauses(control: SandboxControl, channels: Channels) -> None:
    guard = Guard()
    channel = channels(gate=guard)
    channel.call("GET", "/api/order/", retry=True)
    channel.call("GET", "/api/order/1/", retry=True, accept={404})
    assert guard.successes == ["GET /api/order/"]
    control.fault("status", status=429, headers={"retry-after": "7"})
    channel.call("GET", "/api/order/", retry=True)
    assert guard.pauses == [7]
    control.fault("status", status=503, times=0)
    with pytest.raises(UnavailableError):
        channel.call("GET", "/api/order/", retry=True)
    control.clear_faults()
    assert guard.refusals == []
    with pytest.raises(RefusedError):
        channel.call("GET", "/api/order/1/", retry=True)
    assert [(method, path, status) for method, path, status, _ in guard.refusals] == [("GET", "/api/order/1/", 404)]
