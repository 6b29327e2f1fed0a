"""Everybody else: buyers, the warehouse, outages, and a person who acts on messages, at their own pace."""

import heapq
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sandbox import clock
from sandbox.control import SandboxControl
from year.mix import Mix

_GIVEN_UP = 0.01
"""The share of days on which the warehouse stops waiting for an order."""
KNOWN = {"origin": "myorigin", "key": "124_STUK"}
Act = Callable[[], None]
Names = Callable[[str, int], None]
"""Starts a run for an order: `resolve`, or `retry`."""


class Shop:
    """The world around the flow; every event has an instant of the simulated time."""

    def __init__(self, control: SandboxControl, mix: Mix, seed: int, ask: Names) -> None:
        self._control = control
        self._mix = mix
        self._dice = random.Random(seed)
        self._ask = ask
        self._agenda: list[tuple[datetime, int, Act]] = []
        self._count = 0
        self.paid: set[int] = set()
        self.cancelled: set[int] = set()

    def plan(self, start: datetime, days: int) -> None:
        """Plan the buyers and the outages of all days."""
        for day in range(days):
            morning = start + timedelta(days=day)
            for _ in range(self._poisson(self._mix.orders)):
                self.at(morning + timedelta(hours=self._dice.uniform(0.2, 23.7)), self._buy)
        for what, often in (("erp", self._mix.erp_outages), ("shop", self._mix.shop_outages)):
            for _ in range(self._poisson(often * days / 30)):
                self._plan_outage(what, start + timedelta(days=self._dice.uniform(1, days - 1)))
        for fault, often in self._single_faults():
            for _ in range(self._poisson(often * days / 30)):
                at = start + timedelta(days=self._dice.uniform(1, days - 1))
                self.at(at, lambda fault=fault: self._control.faults([fault]))

    def at(self, instant: datetime, act: Act) -> None:
        """Schedule an event."""
        self._count += 1
        heapq.heappush(self._agenda, (instant, self._count, act))

    def next_at(self) -> datetime | None:
        """Return when the next event happens."""
        return self._agenda[0][0] if self._agenda else None

    def go(self) -> None:
        """Run the next event."""
        heapq.heappop(self._agenda)[2]()

    def message(self, now: datetime, reason: str, order_id: int) -> None:
        """Make a person act on a message about an order, some hours later."""
        self.at(now + timedelta(hours=self._dice.uniform(*self._mix.person_hours)), lambda: self._act(reason, order_id))

    def _buy(self) -> None:
        dice, mix = self._dice, self._mix
        order: dict[str, Any] = {
            "webshop": 1,
            "payment_status": "paid",
            "order_lines": [{"product": KNOWN, "quantity": dice.randint(1, 4), "unit_price": "12.50"}],
        }
        kind = self._kind()
        if kind == "late_payer":
            order["payment_status"] = "started"
        elif kind == "unknown_payment":
            order["payment_status"] = "charge back?"
        elif kind == "incomplete":
            order["currency"] = None
        elif kind == "unknown_product":
            key = f"UNKNOWN-{dice.randint(1, 3)}"
            order["order_lines"][0]["product"] = {"origin": "x", "key": key}
        (order_id,) = self._control.add_orders(order)
        self._later(16, 50, lambda: self._deliver(order_id))
        if kind == "late_payer":
            if dice.random() >= mix.never_pays:
                self._later(1, 200, lambda: self._pay(order_id))
            return
        if kind != "unknown_payment":
            self.paid.add(order_id)
        changes = {"cancelled": self._cancel, "edited": self._edit, "discount": self._discount}
        if kind in changes:
            self._later(1, 30, lambda: changes[kind](order_id))

    def _later(self, low: float, high: float, act: Act) -> None:
        self.at(clock.now() + timedelta(hours=self._dice.uniform(low, high)), act)

    def _kind(self) -> str:
        roll = self._dice.random()
        for kind in (
            "late_payer",
            "unknown_payment",
            "incomplete",
            "unknown_product",
            "cancelled",
            "edited",
            "discount",
        ):
            share = getattr(self._mix, kind)
            if roll < share:
                return kind
            roll -= share
        return "normal"

    def _pay(self, order_id: int) -> None:
        self._control.edit_order(order_id, payment_status="paid")
        self.paid.add(order_id)

    def _cancel(self, order_id: int) -> None:
        self._control.edit_order(order_id, state="cancel")
        self.cancelled.add(order_id)

    def _edit(self, order_id: int) -> None:
        order = self._control.order(order_id)
        if order["state"] == "processing":
            other = {"origin": "x", "key": "OTHER"}
            self._control.edit_order(
                order_id, order_lines=[{**line, "product": other} for line in order["order_lines"]]
            )

    def _discount(self, order_id: int) -> None:
        number = self._control.order(order_id)["erp_order_number"]
        if number:
            made = next(made for made in self._control.erp_orders() if made["number"] == number)
            lines = [{**line, "unit_price": "11.25"} for line in made["request"]["lines"]]
            self._control.edit_erp_order(number, lines=lines)

    def _act(self, reason: str, order_id: int) -> None:
        """Do what the message says."""
        order = self._control.order(order_id)
        if reason == "payment_unknown":
            self._pay(order_id)
        elif reason == "order_incomplete":
            self._control.edit_order(order_id, currency="EUR")
        elif reason == "erp_rejected":
            lines = [{**line, "product": KNOWN} for line in order["order_lines"]]
            self._control.edit_order(order_id, order_lines=lines)
            self._ask("retry", order_id)
        elif reason == "cancelled_after_export":
            self._control.cancel_erp_order(order["erp_order_number"])
            self._ask("resolve", order_id)
        elif reason in {"sides_differ", "edited_after_export", "total_differs"}:
            self._ask("resolve", order_id)

    def _deliver(self, order_id: int) -> None:
        """Ship the goods of an order that the ERP has; check again tomorrow for one that it does not have."""
        order = self._control.order(order_id)
        if order["state"] == "cancel" or self._dice.random() < _GIVEN_UP:
            return
        if order["erp_order_number"]:
            self._control.deliver(order["erp_order_number"])
        else:
            self._later(20, 28, lambda: self._deliver(order_id))

    def _plan_outage(self, service: str, start: datetime) -> None:
        hours = self._dice.uniform(*self._mix.outage_hours)
        self.at(
            start, lambda: self._control.fault("status", service=service, status=503, times=0, name=f"{service} down")
        )
        self.at(start + timedelta(hours=hours), self._control.clear_faults)

    def _single_faults(self) -> list[tuple[dict[str, Any], float]]:
        return [
            ({"action": "status", "status": 503, "method": "GET"}, self._mix.blips),
            ({"action": "reset_after_commit", "service": "erp", "method": "POST"}, self._mix.lost_answers),
            ({"action": "reset_after_commit", "path": "des_adv"}, self._mix.slips_in_doubt),
        ]

    def _poisson(self, often: float) -> int:
        limit, count, product = 2.718281828459045**-often, 0, self._dice.random()
        while product > limit:
            count, product = count + 1, product * self._dice.random()
        return count
