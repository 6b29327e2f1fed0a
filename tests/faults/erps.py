"""The ERP of a schedule, and the sandbox's own, with more or fewer guarantees."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from faults.dice_rules import SANDBOX_ERP, ErpDice
from faults.people import people_broken
from faults.stand import PROVED, TrytonAt
from faults.world import World
from orderflow.erp.port import Capabilities
from sandbox.control import SandboxControl

NEITHER = "neither"
PROOFS: Mapping[str, tuple[Capabilities, Mapping[str, bool]]] = {
    "all": (PROVED, {}),
    "key only": (PROVED._replace(unique_reference=False), {"enforce_unique_reference": False}),
    "unique only": (PROVED._replace(idempotency_key=False), {"honour_idempotency_key": False}),
    NEITHER: (
        PROVED._replace(idempotency_key=False, unique_reference=False),
        {"enforce_unique_reference": False, "honour_idempotency_key": False},
    ),
}
"""The capabilities that an ERP may prove, and a sandbox that behaves accordingly."""

Order = dict[str, Any]


class ErpSide(Protocol):
    """The ERP for one schedule after another."""

    dice: ErpDice
    """What can go wrong with it."""
    capabilities: Capabilities
    gives_proof: bool
    """Whether a request with unknown outcome is eventually settled without a person."""
    gives_proof_of_customers: bool
    """Whether the same holds for the creation of a customer."""
    honest_lookup: bool
    """Whether it never denies an order it has."""
    products: Sequence[str]
    """The product keys that it knows."""
    currencies: frozenset[str]
    webshops: Sequence[int]
    """The webshops whose orders it takes."""
    at: TrytonAt | None
    """Where the flow reaches it, if it is not the sandbox."""
    impatient: float
    """Seconds after which an impatient client gives up."""

    def begin(self, dice: random.Random) -> Mapping[str, bool]:
        """Empty it; return the sandbox's switches."""

    def faults(self, rules: list[dict[str, Any]]) -> None:
        """Make calls to it fail."""

    def trouble(self) -> None:
        """Cause trouble behind it."""

    def clear_faults(self) -> None:
        """Remove all faults."""

    def settle(self) -> None:
        """Wait until no call is in progress."""

    def orders(self) -> list[Order]:
        """Read its orders without the adapter, each with its `request`; an unfinished one has no number."""

    def cancel(self, order_id: int) -> None:
        """Cancel what it has of an order of the shop."""

    def knows_customers(self) -> None:
        """Give it the customers and addresses that came from it."""

    def people_broken(self, world: World) -> list[str]:
        """List duplicate customers and addresses, and orders with wrong ones, without the adapter."""

    def seen(self) -> Counter[str]:
        """Count what happened to calls in this schedule."""


class SandboxErp:
    """The sandbox's ERP; the sandbox's own controls do the rest."""

    dice = SANDBOX_ERP
    products = tuple(f"{n}_STUK" for n in range(100, 110))
    currencies = frozenset({"EUR", "USD"})
    webshops = (1, 2, 3)
    at = None
    impatient = 0.15

    def __init__(self, control: SandboxControl) -> None:
        self._control = control

    def begin(self, dice: random.Random) -> Mapping[str, bool]:
        proof = dice.choices(list(PROOFS), (5, 2, 2, 2))[0]
        self.capabilities, switches = PROOFS[proof]
        self.gives_proof = proof != NEITHER
        self.gives_proof_of_customers = self.capabilities.idempotency_key
        self.honest_lookup = proof == NEITHER
        return switches

    def faults(self, rules: list[dict[str, Any]]) -> None:
        self._control.faults(rules)

    def trouble(self) -> None: ...

    def clear_faults(self) -> None: ...

    def settle(self) -> None: ...

    def orders(self) -> list[Order]:
        return self._control.erp_orders()

    def cancel(self, order_id: int) -> None:
        for made in self.orders():
            if made["request"]["shop_order_id"] == order_id:
                self._control.cancel_erp_order(made["number"])

    def knows_customers(self) -> None:
        self._control.erp_customers.import_from_shop()

    def people_broken(self, world: World) -> list[str]:
        del world
        return people_broken(self._control)

    def seen(self) -> Counter[str]:
        return Counter()
