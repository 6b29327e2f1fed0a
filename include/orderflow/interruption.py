"""Ctrl-C and SIGTERM where something half done must not be left: they are noted, and asked for."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread


@contextmanager
def interruptions_noted() -> Iterator[Callable[[], bool]]:
    """Yield what tells whether somebody wants this process to end; it is not ended meanwhile.

    Only a main thread gets signals; elsewhere it tells nothing.
    """
    came: list[int] = []
    if current_thread() is not main_thread():
        yield lambda: False
        return
    before = {
        number: signal.signal(number, lambda number, _: came.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield lambda: bool(came)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
