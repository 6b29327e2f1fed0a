"""After a 429, the whole channel slows down: all threads observe the pause that one of them received."""

import time
from collections.abc import Callable
from threading import Lock

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_FIRST_GAP, _LONGEST_GAP, _NO_GAP = 0.1, 10.0, 0.02
_EASE = 0.9


class Throttle:
    """When the next call may be sent; safe to share between threads.

    After a 429 no call is sent until the pause is over. Then calls go one at a time, with a gap between them that
    doubles with every further burst of 429s and shrinks with every other answer, so the pace settles at what the
    service tolerates.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._quiet_until = 0.0
        self._next_at = 0.0
        self._gap = 0.0
        self._in_a_row = 0

    def wait_ahead(self) -> float:
        """Return the seconds until the next turn, without taking it."""
        with self._lock:
            return max(0.0, self._next_at - self._clock())

    def take_turn(self) -> float:
        """Take the next turn; returns the seconds until then."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next_at)
            if self._gap:
                self._next_at = turn + self._gap
            return turn - now

    def told(self, wished: float | None) -> float:
        """Note a 429 and its requested pause (seconds); return the actual pause."""
        with self._lock:
            now = self._clock()
            if now >= self._quiet_until:  # otherwise it was already in flight when another call got its 429
                self._in_a_row += 1
                self._gap = min(max(2 * self._gap, _FIRST_GAP), _LONGEST_GAP)
            growing = min(_FIRST_PAUSE * 2.0 ** (self._in_a_row - 1), _LONGEST_PAUSE)
            pause = max(growing if wished is None else wished, self._gap)
            self._quiet_until = max(self._quiet_until, now + pause)
            self._next_at = max(self._next_at, self._quiet_until)
            return pause

    def answered(self) -> None:
        """Note any other answer."""
        with self._lock:
            self._in_a_row = 0
            eased = self._gap * _EASE
            self._gap = eased if eased > _NO_GAP else 0.0
