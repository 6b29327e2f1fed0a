"""A simulated process: where it dies, where its ledger fails, where people edit orders."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import requests
from sqlalchemy.exc import OperationalError

from faults.points import BEFORE
from faults.world import World


class DiedError(BaseException):
    """The end of a simulated process, raised at one of its points; nothing may catch it."""


@dataclass
class Process:
    """One simulated process: counts its points, where people edit, ledger or ERP fail, or it dies."""

    world: World
    dice: random.Random
    dies_at: int | None = None
    edits_at: frozenset[int] = frozenset()
    breaks_at: frozenset[int] = frozenset()
    troubles_at: frozenset[int] = frozenset()
    trouble: Callable[[], None] = lambda: None
    points: int = 0
    dead: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, moment: str, what: str, request: requests.PreparedRequest | None = None) -> None:  # noqa: ARG002  # a Listener
        with self.lock:
            self.points += 1
            edits = self.points in self.edits_at and request is not None and moment == BEFORE
            self.dead = self.dead or self.points == self.dies_at
            if self.dead:
                raise DiedError
            if self.points in self.breaks_at and request is None:
                raise OperationalError(None, None, ConnectionError("the ledger's connection broke"))
            if self.points in self.troubles_at:
                self.trouble()
            if edits:
                self.world.edit(self.dice)
