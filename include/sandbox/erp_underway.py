"""Creations in progress in the ERP: a second request with the same key has to wait for the first."""

from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.wire import Call, Refusal, json_reply


class Underway:
    """Unanswered calls with an idempotency key, by path and key, the first one first."""

    def __init__(self) -> None:
        self._calls: dict[tuple[str, str], list[Call]] = {}

    @contextmanager
    def working_on(self, call: Call) -> Iterator[None]:
        """Mark a call as in progress, for as long as it waits and runs."""
        key = call.headers.get("idempotency-key")
        if key is None:
            yield
            return
        calls = self._calls.setdefault((call.path, key), [])
        calls.append(call)
        try:
            yield
        finally:
            calls.remove(call)
            if not calls:
                del self._calls[call.path, key]

    def refuse_second(self, call: Call, key: str) -> None:
        """Refuse with 409 what another call with this key is already doing."""
        if self._calls.get((call.path, key), [call])[0] is not call:
            raise Refusal(json_reply({"error": "in_progress"}, 409))
