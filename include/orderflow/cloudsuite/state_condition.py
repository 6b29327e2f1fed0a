"""Change an order only while it is in a certain state: `PATCH /api/order/1/?state=confirmed`.

The shop's framework applies the filters of a list to a single order too, so that such a PATCH is a 404 when the order
is in another state. That CloudSuite does so is ASSUMED: it is relied on only where this process has seen it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from threading import Lock
from typing import Any, Protocol

from orderflow.cloudsuite.models import ShopOrder
from orderflow.domain.states import ShopState

_NEVER = ShopState.DRAFT
"""A state that an order just read as confirmed is not in."""


class Patches(Protocol):
    """What is needed of the client."""

    def patch_order(self, order_id: int, changes: Mapping[str, Any]) -> ShopOrder:
        """Change some fields, whatever state the order is in."""

    def patch_order_if(self, state: ShopState, order_id: int, changes: Mapping[str, Any]) -> ShopOrder | None:
        """Change some fields and ask the shop to do so in this state only; None when it refused."""


class StateCondition:
    """Proves once per process, on a real order, whether the shop obeys; everybody else waits for the answer.

    The proof is a call that must be refused, which a single order does not earn back: so the first one goes without.
    """

    def __init__(self, client: Patches) -> None:
        self._client = client
        self._orders = count()
        self._lock = Lock()
        self._proved: bool | None = None

    @contextmanager
    def turn(self) -> Iterator["Turn"]:
        """Give one order its turn."""
        if next(self._orders) == 0:
            yield Turn(self._client, proved=False, prove=False)
            return
        with self._lock:
            if self._proved is None:
                self._proved = False  # also when the proof fails for whatever reason: it is not tried again
                turn = Turn(self._client, proved=False, prove=True)
                yield turn
                self._proved = turn.proved
                return
        yield Turn(self._client, proved=self._proved, prove=False)


class Turn:
    """What one order may rely on."""

    def __init__(self, client: Patches, *, proved: bool, prove: bool) -> None:
        self.proved = proved
        """Whether `patch_order_if` changes nothing in another state."""
        self._client = client
        self._prove = prove

    def patch_confirmed(self, order_id: int, changes: Mapping[str, Any]) -> ShopOrder | None:
        """Change an order that was just read as `confirmed`; None when it is not any more: read it again."""
        if not self._prove:
            return self._client.patch_order(order_id, changes)
        ignored = self._client.patch_order_if(_NEVER, order_id, changes)
        if ignored is not None:
            return ignored
        changed = self._client.patch_order_if(ShopState.CONFIRMED, order_id, changes)
        self.proved = changed is not None  # refused in the wrong state and done in the right one
        return changed
