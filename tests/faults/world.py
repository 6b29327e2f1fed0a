"""The shop's side of a schedule: orders over a few days, what people do to them, and all their versions."""

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sandbox.catalogue import orders_for_day
from sandbox.control import SandboxControl

FIRST_DAY = date(2026, 11, 22)
PAYABLE = ("closed_success", "paid", "account")
UNPAID = ("started", "closed_canceled", "none", "chargeback", None)
FLOWS_OWN = frozenset({"state", "erp_order_number", "shipment_state", "modified_date"})
"""Fields that the flow writes, and the timestamp that changes with them; everything else is the shop's."""
DEMO_ORDERS = 26
"""One for each special case, and two more."""
WITHOUT_PAYMENT = 2
"""The demo's webshop without a payment option."""

WITHDRAWN = frozenset({"cancel", "draft", "quotation"})
Edit = Mapping[str, Any]


class Terms(NamedTuple):
    """The conditions under which an order goes to the ERP."""

    currencies: frozenset[str] = frozenset({"EUR", "USD"})
    free: frozenset[int] = frozenset()
    """The webshops without a payment option."""

    def is_paid(self, order: Mapping[str, Any]) -> bool:
        """Whether this order's payment status allows the export."""
        free = order["webshop"] in self.free and order["payment_status"] == "none"
        return free or order["payment_status"] in PAYABLE

    def is_owed(self, order: Mapping[str, Any]) -> bool:
        """Whether the flow owes this order an export, and the ERP can accept it."""
        is_open = order["state"] in {"confirmed", "processing"}
        return is_open and self.is_paid(order) and order["currency"] in self.currencies


class World:
    """Remembers every version of every order, however it was created."""

    def __init__(
        self,
        control: SandboxControl,
        dice: random.Random,
        *,
        days: int,
        edit_lines: bool,
        products: Sequence[str],
        currencies: frozenset[str],
        demo: bool = False,
    ) -> None:
        # The demo has orders a microsecond before and after its day.
        numbers = range(-1, 2) if demo else range(days)
        self.days = [FIRST_DAY + timedelta(days=n) for n in numbers]
        self.writing = threading.Lock()
        """Held during a PUT and an edit: neither happens in the middle of the other."""
        self._control = control
        self._edit_lines = edit_lines
        self._products = products
        self.kinds: Sequence[str] = ("pay", "pay", "unpay", "cancel", "remark", "lines", "reopen")
        self.cancel_in_erp: Callable[[int], None] = lambda _: None
        self.withdrawn: dict[int, str] = {}
        """The state that people have put an order in, for which nothing may be exported or told any more."""
        self.terms = Terms(currencies, frozenset({WITHOUT_PAYMENT} if demo else ()))
        if demo:
            control.add_orders(*orders_for_day(FIRST_DAY, DEMO_ORDERS, seed=dice.randrange(1000)))
        else:
            control.add_orders(*_orders(dice, self.days, products))
        self.versions: dict[int, list[dict[str, Any]]] = {order["id"]: [order] for order in control.orders()}

    def invite_guests(self, dice: random.Random, seed: int) -> None:
        """Give some orders to a few guests unknown to the ERP, at one of two addresses each."""
        first = 1_000_000 + 1_000 * seed  # an ERP that keeps its parties has seen those of other seeds
        guests = [self._guest(first + 10 * n, seed) for n in range(3)]
        for order in self._control.orders():
            if not order["offline"] and dice.random() < 0.6:
                customer, addresses = dice.choice(guests)
                address = dice.choice(addresses)
                named = {"customer": customer, "shipment_address": address, "invoice_address": address, "user": None}
                self.versions[order["id"]] = [self._control.edit_order(order["id"], **named)]

    def _guest(self, number: int, seed: int) -> tuple[int, list[int]]:
        made = {"create_date": "2026-11-21T09:00:00"}
        about = {
            "key": f"BK{seed}-{number}",
            "guest": True,
            "email": f"g{number}@example.nl",
            "name": f"Guest {number}",
        }
        self._control.people.add("customer", id=number, **about, **made)
        for n in (1, 2):
            place = {"key": f"a{seed}-{number}-{n}", "customer": number, "street1": f"Kade {n}"}
            self._control.people.add("address", id=number + n, **place, **made)
        return number, [number + 1, number + 2]

    def restart_series(self, dice: random.Random) -> None:
        """Restart the shop's order numbers: new orders get the references of earlier ones."""
        with self.writing:
            before = dice.sample(self._control.orders(), 2)
            new = [_order(dice, dice.choice(self.days), self._products) for _ in before]
            named = [
                {**order, "reference": old["reference"], "webshop": old["webshop"]}
                for order, old in zip(new, before, strict=True)
            ]
            for order_id in self._control.add_orders(*named):
                self.versions[order_id] = [self._control.order(order_id)]

    def edit(self, dice: random.Random) -> None:
        """Change some order, as a buyer or a colleague would."""
        order_id = dice.choice(sorted(self.versions))
        kind = dice.choice(self.kinds)
        with self.writing:
            order = self._control.order(order_id)
            changes = self._changes(kind, order, dice)
            if changes:
                self.versions[order_id].append(self._control.edit_order(order_id, **changes))
            if changes.get("state") in WITHDRAWN:
                self.withdrawn[order_id] = changes["state"]
            elif "state" in changes:
                self.withdrawn.pop(order_id, None)

    def _changes(self, kind: str, order: Mapping[str, Any], dice: random.Random) -> Edit:
        if order["offline"] or order["state"] == "cancel":
            return {}
        if kind == "lines":
            return {"order_lines": _recounted(order["order_lines"], dice)} if self._edit_lines else {}
        if kind == "reopen":
            return {"state": "confirmed"} if order["state"] in {"processing", "draft", "quotation"} else {}
        if kind == "cancel in the ERP":
            self.cancel_in_erp(order["id"])
            return {}
        return {
            "pay": {"payment_status": dice.choice(PAYABLE)},
            "unpay": {"payment_status": dice.choice(UNPAID)},
            "cancel": {"state": "cancel"},
            "rename": {"reference": f"CS{dice.randrange(100, 999)}-B"},
            "repeat": {"reference": dice.choice(self._control.orders())["reference"]},
            "move": {"webshop": dice.choice((1, 2, None))},
            "withdraw": {"state": dice.choice(("draft", "quotation"))},
            "remark": {"description": f"Graag voor {dice.randrange(8, 18)} uur"},
        }[kind]


def content(order: Mapping[str, Any], *, line_ids: bool = True) -> dict[str, Any]:
    """Return the part of an order that the flow does not write; line ids only if a PUT keeps them."""
    not_ours = {"erp_line_number"} if line_ids else {"erp_line_number", "id"}
    lines = [{n: v for n, v in line.items() if n not in not_ours} for line in order["order_lines"]]
    return {**{name: value for name, value in order.items() if name not in FLOWS_OWN}, "order_lines": lines}


def goods(order: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the lines that the ERP must have, in order."""
    return [line for line in order["order_lines"] if line["type"] == "line"]


def _recounted(lines: Sequence[Mapping[str, Any]], dice: random.Random) -> list[dict[str, Any]]:
    """Change the quantity of a product; a comment has none."""
    changed = [dict(line) for line in lines]
    dice.choice([line for line in changed if line["type"] == "line"])["quantity"] = dice.randrange(20, 99)
    return changed


def _orders(dice: random.Random, days: Sequence[date], products: Sequence[str]) -> list[dict[str, Any]]:
    """Generate two or three orders a day, always with an offline one and two webshops with an equal reference."""
    made = [_order(dice, day, products) for day in days for _ in range(dice.randint(2, 3))]
    made.append({**_order(dice, days[0], products), "offline": True, "state": dice.choice(("processing", "done"))})
    made.append({**_order(dice, days[-1], products), "payment_status": "paid", "reference": "CS777", "webshop": 1})
    made.append({**_order(dice, days[0], products), "payment_status": "paid", "reference": "CS777", "webshop": 2})
    return made


def _order(dice: random.Random, day: date, products: Sequence[str]) -> dict[str, Any]:
    confirmed = datetime.combine(day, time(dice.randrange(24), dice.randrange(60)))  # as the shop has it
    lines = [_line(dice, products) for _ in range(dice.choice((1, 1, 2, 3)))]
    if dice.random() < 0.3:
        lines.append({**lines[0], "quantity": dice.randrange(1, 9)})  # the same product twice
    if dice.random() < 0.2:
        lines.insert(1, {"type": "comment", "product": None, "description": "Let op", "quantity": 0})
    return {
        "payment_status": dice.choice(PAYABLE) if dice.random() < 0.7 else dice.choice(UNPAID),
        "confirm_date": confirmed.isoformat(),
        "webshop": dice.choice((1, 1, 2)),
        "sales_channel": "web",
        "shipment_address": 1694,  # the customer's own, as the catalogue has them
        "invoice_address": 1654,
        "order_lines": lines,
    }


def _line(dice: random.Random, products: Sequence[str]) -> dict[str, Any]:
    product = {"origin": "myorigin", "key": products[dice.randrange(len(products))]}
    return {"type": "line", "product": product, "quantity": dice.randrange(1, 9), "unit_price": "10.00"}
