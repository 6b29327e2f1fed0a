"""Everybody else: buyers, the warehouse and outages, each event at an instant of the simulated time."""

import heapq
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sandbox import clock
from sandbox.control import SandboxControl
from year.mix import Mix
from year.people import KNOWN
from year.troubles import Trouble

_GIVEN_UP = 0.01
"""The share of days on which the warehouse stops waiting for an order."""
_OVERDUE_DAYS = 31
Act = Callable[[], None]
_ODD = ("late_payer", "unknown_payment", "incomplete", "unknown_product", "cancelled", "edited", "discount")


class Shop:
    """The world around the flow."""

    def __init__(self, control: SandboxControl, mix: Mix, seed: int) -> None:
        self.mix = mix
        self.dice = random.Random(seed)
        self.paid: set[int] = set()
        self.troubles: list[Trouble] = []
        self.down_until = datetime.min.replace(tzinfo=clock.now().tzinfo)
        """When the last outage so far is over."""
        self._control = control
        self._agenda: list[tuple[datetime, int, Act]] = []
        self._count = 0

    def plan(self, start: datetime, days: int) -> None:
        """Plan the buyers and the outages of all days."""
        for day in range(days):
            morning = start + timedelta(days=day)
            for _ in range(self._poisson(self.mix.orders)):
                hour = self.dice.uniform(self.mix.open_from, self.mix.open_until)
                self.at(morning + timedelta(hours=hour), self._buy)
        for what, often in (("erp", self.mix.erp_outages), ("shop", self.mix.shop_outages)):
            for _ in range(self._poisson(often * days / 30)):
                self._plan_outage(what, start + timedelta(days=self.dice.uniform(1, days - 1)))
        for fault, often in self._single_faults():
            for _ in range(self._poisson(often * days / 30)):
                at = start + timedelta(days=self.dice.uniform(1, days - 1))
                self.at(at, lambda fault=fault: self._control.faults([fault]))

    def at(self, instant: datetime, act: Act) -> None:
        """Schedule an event."""
        self._count += 1
        heapq.heappush(self._agenda, (instant, self._count, act))

    def later(self, low: float, high: float, act: Act) -> None:
        """Schedule an event some hours from now."""
        self.at(clock.now() + timedelta(hours=self.dice.uniform(low, high)), act)

    def next_at(self) -> datetime | None:
        """Return when the next event happens."""
        return self._agenda[0][0] if self._agenda else None

    def go(self) -> None:
        """Run the next event."""
        heapq.heappop(self._agenda)[2]()

    def _buy(self) -> None:
        order: dict[str, Any] = {
            "webshop": 1,
            "payment_status": "paid",
            "order_lines": [{"product": KNOWN, "quantity": self.dice.randint(1, 4), "unit_price": "12.50"}],
        }
        kind = self._kind()
        if kind == "late_payer":
            order["payment_status"] = "started"
        elif kind == "unknown_payment":
            order["payment_status"] = "charge back?"
        elif kind == "incomplete":
            order["currency"] = None
        elif kind == "unknown_product":
            order["order_lines"][0]["product"] = {"origin": "x", "key": f"UNKNOWN-{self.dice.randint(1, 3)}"}
        (order_id,) = self._control.add_orders(order)
        self.later(*self.mix.delivered_after, lambda: self._deliver(order_id))
        if kind == "late_payer":
            self._plan_payment(order_id)
        elif kind != "unknown_payment":
            self.paid.add(order_id)
        if kind in {"unknown_payment", "incomplete", "unknown_product"}:
            self._went_wrong(kind.replace("_", " "), order_id)
        changes = {"cancelled": self._cancel, "edited": self._edit, "discount": self._discount}
        if kind in changes:
            self.later(*self.mix.changed_after, lambda: changes[kind](order_id))

    def _kind(self) -> str:
        roll = self.dice.random()
        for kind in _ODD:
            share = getattr(self.mix, kind)
            if roll < share:
                return kind
            roll -= share
        return "normal"

    def _plan_payment(self, order_id: int) -> None:
        if self.dice.random() >= self.mix.never_pays:
            self.later(1, self.mix.pays_within, lambda: self._pay(order_id))
        elif self.dice.random() < self.mix.gives_up:
            days = _OVERDUE_DAYS * 24
            self.later(days, days + 240, lambda: self._control.edit_order(order_id, state="cancel") and None)

    def _pay(self, order_id: int) -> None:
        self._control.edit_order(order_id, payment_status="paid")
        self.paid.add(order_id)

    def _cancel(self, order_id: int) -> None:
        if self._control.order(order_id)["erp_order_number"]:
            self._went_wrong("cancelled after export", order_id)
        self._control.edit_order(order_id, state="cancel")

    def _edit(self, order_id: int) -> None:
        order = self._control.order(order_id)
        if order["state"] == "processing" and order["erp_order_number"]:
            self._went_wrong("edited after export", order_id)
            lines = [{**line, "product": {"origin": "x", "key": "OTHER"}} for line in order["order_lines"]]
            self._control.edit_order(order_id, order_lines=lines)

    def _discount(self, order_id: int) -> None:
        number = self._control.order(order_id)["erp_order_number"]
        if number:
            self._went_wrong("discount in the ERP", order_id)
            made = next(made for made in self._control.erp_orders() if made["number"] == number)
            lines = [{**line, "unit_price": "11.25"} for line in made["request"]["lines"]]
            self._control.edit_erp_order(number, lines=lines)

    def _went_wrong(self, kind: str, order_id: int) -> None:
        self.troubles.append(Trouble(kind, clock.now(), order_id))

    def _deliver(self, order_id: int) -> None:
        """Ship the goods of an order that the ERP has; check again tomorrow for one that it does not have."""
        order = self._control.order(order_id)
        if order["state"] == "cancel" or self.dice.random() < _GIVEN_UP:
            return
        number = order["erp_order_number"]
        if not number:
            self.later(20, 28, lambda: self._deliver(order_id))
        elif self.dice.random() < self.mix.late_tracking:
            made_at = clock.now().isoformat()
            slip = self._control.deliver(number, tracking_code=None)["number"]
            again = {"number": slip, "made_at": made_at, "lines": [], "tracking_code": f"LATE-{slip}"}
            self.later(1, 1, lambda: self._control.deliver(number, **again) and None)
        else:
            self._control.deliver(number)

    def _plan_outage(self, service: str, start: datetime) -> None:
        end = start + timedelta(hours=self.dice.uniform(*self.mix.outage_hours))
        name = {"erp": "ERP"}.get(service, service)

        def begin() -> None:
            self.down_until = max(self.down_until, end)
            self.troubles.append(Trouble(f"outage of the {name}", start, until=end))
            self._control.fault("status", service=service, status=503, times=0, name=f"{service} down")

        self.at(start, begin)
        self.at(end, self._control.clear_faults)

    def _single_faults(self) -> list[tuple[dict[str, Any], float]]:
        return [
            ({"action": "status", "status": 503, "method": "GET"}, self.mix.blips),
            ({"action": "reset_after_commit", "service": "erp", "method": "POST"}, self.mix.lost_answers),
            ({"action": "reset_after_commit", "path": "des_adv"}, self.mix.slips_in_doubt),
        ]

    def _poisson(self, often: float) -> int:
        limit, count, product = 2.718281828459045**-often, 0, self.dice.random()
        while product > limit:
            count, product = count + 1, product * self.dice.random()
        return count
