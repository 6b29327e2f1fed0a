"""The ERP of a schedule: the sandbox's, with more or fewer guarantees, or a real Tryton behind a faulty proxy."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import create_engine, text

from faults.database import end_connections
from faults.dice_rules import SANDBOX_ERP, TRYTON_ERP, ErpDice
from faults.people import people_broken
from faults.stand import PROVED, TrytonAt
from faults.world import World
from orderflow.erp.port import Capabilities
from orderflow.erp.tryton.adapter import TrytonErp
from sandbox.catalogue import PRODUCTS
from sandbox.control import SandboxControl
from support.faulty_proxy import FaultyProxy
from tryton import RunningTryton

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
_SALES = """
    SELECT sale.id, sale.web_id, sale.number, sale.state, line.id, line.sequence, product.code, line.quantity,
        line.unit_price
    FROM sale_sale AS sale
    JOIN sale_line AS line ON line.sale = sale.id
    LEFT JOIN product_product AS product ON product.id = line.product
    ORDER BY sale.id, line.sequence
"""
_DOUBLED = """
    SELECT code, count(DISTINCT coalesce(address, -party)) FROM party_identifier
    WHERE active AND (code LIKE 'customer:%' OR code LIKE 'address:%')
    GROUP BY code HAVING count(DISTINCT coalesce(address, -party)) > 1
"""
_BOOKED = """
    SELECT sale.web_id,
        (SELECT array_agg(code) FROM party_identifier WHERE party = sale.party AND address IS NULL),
        (SELECT array_agg(code) FROM party_identifier WHERE address = sale.shipment_address)
    FROM sale_sale AS sale WHERE sale.web_id IS NOT NULL
"""
ENDED = {False: {"quotation"}, True: {"confirmed", "processing"}}
"""The final states of a sale, by whether it is to be confirmed."""

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

    def knows_customers(self) -> None:
        self._control.erp_customers.import_from_shop()

    def people_broken(self, world: World) -> list[str]:
        del world
        return people_broken(self._control)

    def seen(self) -> Counter[str]:
        return Counter()


class TrytonSide:
    """A real Tryton on PostgreSQL, reached through a proxy."""

    dice = TRYTON_ERP
    capabilities = TrytonErp.capabilities
    gives_proof = True
    gives_proof_of_customers = True
    honest_lookup = True
    products = tuple(key for key, _, _ in PRODUCTS)
    currencies = frozenset({"EUR"})
    impatient = TRYTON_ERP.late_seconds * 0.6

    def __init__(self, tryton: RunningTryton, proxy: FaultyProxy) -> None:
        self._tryton = tryton
        self._proxy = proxy
        self._engine = create_engine(tryton.database)
        with self._engine.connect() as connection:  # some ids in its template belong to two addresses
            self._twice_in_template = {code for code, _ in connection.execute(text(_DOUBLED))}
        self.at: TrytonAt | None = None

    def begin(self, dice: random.Random) -> Mapping[str, bool]:
        self._proxy.clear_faults()
        self._proxy.settle()
        self._engine.dispose()
        self._tryton.forget_sales()
        self._proxy.seen.clear()
        self._confirm = dice.random() < 0.5
        self.at = TrytonAt(
            self._proxy.url, self._tryton.key, {**self._tryton.connection_extra, "confirm": self._confirm}
        )
        return {}

    def faults(self, rules: list[dict[str, Any]]) -> None:
        self._proxy.faults(rules)

    def trouble(self) -> None:
        """End every connection of Tryton to its database, whatever it is doing."""
        self._proxy.seen["trouble"] += 1
        end_connections(self._tryton.database)

    def clear_faults(self) -> None:
        self._proxy.clear_faults()

    def settle(self) -> None:
        self._proxy.settle()

    def orders(self) -> list[Order]:
        self._engine.dispose()
        with self._engine.connect() as connection:
            rows = connection.execute(text(_SALES)).all()
        orders: dict[int, Order] = {}
        for sale, reference, number, state, line, sequence, code, quantity, price in rows:
            ended = number is not None and state in ENDED[self._confirm]
            order = orders.setdefault(
                sale,
                {
                    "external_reference": reference,
                    "number": number if ended else None,
                    "status": state,
                    "lines": [],
                    "request": {"lines": []},
                },
            )
            order["lines"].append({"position": sequence, "line_number": line})
            product = {"origin": "myorigin", "key": code}
            order["request"]["lines"].append(
                {"position": sequence, "product": product, "quantity": str(quantity), "unit_price": price}
            )
        return list(orders.values())

    def knows_customers(self) -> None: ...  # they are in its template

    def people_broken(self, world: World) -> list[str]:
        with self._engine.connect() as connection:
            doubled = connection.execute(text(_DOUBLED)).all()
            booked = connection.execute(text(_BOOKED)).all()
        last = [versions[-1] for versions in world.versions.values()]
        placed = {f"{order['webshop']}/{order['reference']}": order for order in last}
        found = [
            f"DOUBLED: {code} stands for {times} records in Tryton"
            for code, times in doubled
            if code not in self._twice_in_template
        ]
        for reference, parties, places in booked:
            order = placed[reference]
            wanted = f"customer:{order['customer']}", f"address:{order['shipment_address']}"
            if wanted[0] not in (parties or []) or wanted[1] not in (places or []):
                found.append(f"{reference} is of {parties} and goes to {places}, not of {wanted[0]} to {wanted[1]}")
        return found

    def seen(self) -> Counter[str]:
        hit = +self._proxy.seen
        return Counter(
            {
                "calls to Tryton": hit.pop("calls", 0),
                "times Tryton lost its database": hit.pop("trouble", 0),
                "calls that Tryton itself cut": hit.pop("cut by the server itself", 0),
                "calls to Tryton hit by a fault": hit.total(),
                f"schedules with confirm {self._confirm}": 1,
            }
        )
