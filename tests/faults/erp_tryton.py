"""A real Tryton as the ERP of a schedule, behind a proxy with faults."""

import random
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import create_engine, text

from faults.database import end_connections
from faults.dice_rules import TRYTON_ERP
from faults.erps import Order
from faults.stand import TrytonAt
from faults.world import World
from orderflow.erp.tryton.adapter import TrytonErp
from sandbox.catalogue import PRODUCTS
from support.faulty_proxy import FaultyProxy
from tryton import RunningTryton

_SALES = """
    SELECT sale.id, sale.web_id, sale.number, sale.state, line.id,
        row_number() OVER (PARTITION BY sale.id ORDER BY line.sequence), product.code, line.quantity,
        line.unit_price, line.note
    FROM sale_sale AS sale
    JOIN sale_line AS line ON line.sale = sale.id AND line.type = 'line'
    LEFT JOIN product_product AS product ON product.id = line.product
    ORDER BY sale.id, line.sequence
"""
_DOUBLED = """
    SELECT code, count(DISTINCT coalesce(address, -party)) FROM party_identifier
    WHERE active AND (code LIKE 'customer:%' OR code LIKE 'address:%')
    GROUP BY code HAVING count(DISTINCT coalesce(address, -party)) > 1
"""
_BOOKED = """
    SELECT (SELECT min(line.note) FROM sale_line AS line WHERE line.sale = sale.id AND line.note LIKE 'Web order %'),
        (SELECT array_agg(code) FROM party_identifier WHERE party = sale.party AND address IS NULL),
        (SELECT array_agg(code) FROM party_identifier WHERE address = sale.shipment_address)
    FROM sale_sale AS sale WHERE sale.web_id IS NOT NULL
"""
_CANCEL = "UPDATE sale_sale SET state = 'cancelled' WHERE id = :sale"
_KEY = re.compile(r"Web order ([0-9]+),")
"""In the note of a line: which order of the shop it is of."""
ENDED = {False: {"quotation"}, True: {"confirmed", "processing"}}
"""The states that a sale is brought to, by whether it is to be confirmed."""


class TrytonSide:
    """A real Tryton on PostgreSQL, reached through a proxy."""

    dice = TRYTON_ERP
    capabilities = TrytonErp.capabilities
    gives_proof = True
    gives_proof_of_customers = True
    honest_lookup = True
    products = tuple(key for key, _, _ in PRODUCTS)
    currencies = frozenset({"EUR"})
    webshops = (1, 2)
    impatient = TRYTON_ERP.late_seconds * 0.6

    def __init__(self, tryton: RunningTryton, proxy: FaultyProxy) -> None:
        self._tryton = tryton
        self._proxy = proxy
        self._engine = create_engine(tryton.database)
        with self._engine.connect() as connection:  # some ids of its template stand for two addresses
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
        """End every connection of Tryton to its database, in the middle of whatever it does."""
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
        for sale, reference, number, state, line, position, code, quantity, price, note in rows:
            ended = number is not None and state in ENDED[self._confirm] | {"cancelled"}
            order = orders.setdefault(
                sale,
                {
                    "external_reference": reference,
                    "number": number if ended else None,
                    "status": state,
                    "lines": [],
                    "request": {"lines": [], "shop_order_id": _order_of(note)},
                    "sale": sale,
                },
            )
            order["lines"].append({"position": position, "line_number": line})
            product = {"origin": "myorigin", "key": code}
            order["request"]["lines"].append(
                {"position": position, "product": product, "quantity": str(quantity), "unit_price": price}
            )
        return list(orders.values())

    def cancel(self, order_id: int) -> None:
        sales = [order["sale"] for order in self.orders() if order["request"]["shop_order_id"] == order_id]
        with self._engine.begin() as connection:
            for sale in sales:
                connection.execute(text(_CANCEL), {"sale": sale})

    def knows_customers(self) -> None: ...  # they are in its template

    def people_broken(self, world: World) -> list[str]:
        with self._engine.connect() as connection:
            doubled = connection.execute(text(_DOUBLED)).all()
            booked = connection.execute(text(_BOOKED)).all()
        found = [
            f"DOUBLED: {code} stands for {times} records in Tryton"
            for code, times in doubled
            if code not in self._twice_in_template
        ]
        for note, parties, places in booked:
            order = world.versions[_order_of(note) or 0][-1]
            wanted = f"customer:{order['customer']}", f"address:{order['shipment_address']}"
            if wanted[0] not in (parties or []) or wanted[1] not in (places or []):
                found.append(f"order {order['id']} is of {parties} and goes to {places}, not of {wanted}")
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


def _order_of(note: str | None) -> int | None:
    """Return which order of the shop a line of Tryton is of."""
    found = _KEY.search(note or "")
    return int(found[1]) if found else None
