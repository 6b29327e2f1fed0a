"""Runs of the packing slips, on three exported orders."""

from decimal import Decimal
from typing import Any

import pytest

from flow.conftest import Runs
from orderflow.domain.packing_slip import SlipProgress
from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.flow.day import run_day
from orderflow.flow.parties import Parties
from orderflow.flow.send_slips import SlipResult, Word, send_slips
from orderflow.flow.slips import list_slips
from sandbox.control import SandboxControl

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
LINE = {"product": {"origin": "myorigin", "key": "124_STUK"}, "type": "line", "unit_price": "10.00", "quantity": 4}
PAID = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "order_lines": [LINE, LINE]}
MESSAGES = {"messages": {"user": 10}}


@pytest.fixture
def settings() -> dict[str, object]:
    return {
        "limits": {"lookup_waits": [0, 0]},
        "webshops": {"1": MESSAGES, "2": MESSAGES, "3": {"deliveries": "none"}},
    }


class Slips:
    """One run of the packing slips after another."""

    def __init__(self, parties: Parties, runs: Runs) -> None:
        self.parties, self._runs = parties, runs

    def __call__(self, **word: list[str]) -> list[SlipResult]:
        named = [number for numbers in word.values() for number in numbers]
        numbers = list(dict.fromkeys([*named, *list_slips(self.parties)]))
        return send_slips(self.parties, numbers, self._runs(), Word(**word))

    def standing(self, number: str) -> tuple[SlipProgress, Reason | None]:
        slip = self.parties.ledger.slips.get_many([number])[number]
        return slip.progress, slip.reason


@pytest.fixture
def slips(parties: Parties, runs: Runs) -> Slips:
    return Slips(parties, runs)


@pytest.fixture
def exported(parties: Parties, control: SandboxControl, runs: Runs) -> list[str]:
    """Return the ERP numbers of three exported orders, the last of another webshop."""
    control.add_orders(PAID, PAID, {**PAID, "webshop": 2})
    run_day(parties, DAY, runs("2026-11-22"))
    return [order["erp_order_number"] for order in control.orders()]


def deliver(control: SandboxControl, order: str, /, *quantities: str, **fields: Any) -> str:
    """Deliver the lines of an order in these quantities; returns the slip's number."""
    lines = [
        {"line_number": 10 * n + 1, "quantity": quantity, "product_key": "124_STUK"}
        for n, quantity in enumerate(quantities, start=1)
    ]
    return str(control.deliver(order, lines=lines, **fields)["number"])


def delivered(control: SandboxControl) -> dict[tuple[str, str], Decimal]:
    """Sum up what the shop was told, by ERP number and line number."""
    sums: dict[tuple[str, str], Decimal] = {}
    for message in control.desadv_messages():
        for item in message["items"]:
            name = (item["OrderNum"], item["ItemNum"])
            sums[name] = sums.get(name, Decimal(0)) + Decimal(item["QuantityValue"])
    return sums


def posts(control: SandboxControl) -> list[Any]:
    return [call for call in control.journal(service="shop", method="POST") if "des_adv" in call["path"]]


def put_in_doubt(slips: Slips, control: SandboxControl, order: str) -> str:
    """Deliver an order, and let its message get lost on its way to the shop; returns the slip's number."""
    number = deliver(control, order, "4", "4")
    control.fault("reset_before_commit", path="des_adv")
    slips()
    return number
