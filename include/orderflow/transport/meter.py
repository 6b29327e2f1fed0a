"""Where a channel reports how its calls went."""

from typing import Protocol


class Meter(Protocol):
    """Takes the measurements; called from many threads, and must not raise."""

    def called(self, service: str, method: str, seconds: float) -> None:
        """Note how long one request took until it was answered or given up."""

    def repeated(self, service: str, method: str) -> None:
        """Note a request that is repeated after a failure."""


class NoMeter:
    """Keeps nothing."""

    def called(self, service: str, method: str, seconds: float) -> None:
        """Forget it."""

    def repeated(self, service: str, method: str) -> None:
        """Forget it."""


NO_METER = NoMeter()
