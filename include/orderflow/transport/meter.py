"""Where a channel reports how its calls went."""

from typing import Protocol


class Meter(Protocol):
    """Receives the measurements; called from many threads, and must not raise."""

    def called(self, service: str, method: str, seconds: float) -> None:
        """Record how long one request took until it was answered or given up."""

    def repeated(self, service: str, method: str) -> None:
        """Record a request that is repeated after a failure."""


class NoMeter:
    """Discards all measurements."""

    def called(self, service: str, method: str, seconds: float) -> None:
        """Do nothing."""

    def repeated(self, service: str, method: str) -> None:
        """Do nothing."""


NO_METER = NoMeter()
