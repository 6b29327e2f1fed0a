"""Orders on both sides, and the findings of a comparison of shop and ERP."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from orderflow.domain.findings import FindingKind
from orderflow.domain.window import Window
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.reconciliation.reconcile import reconcile
from orderflow.flow.services import Services
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs

ZONE = ZoneInfo("Europe/Amsterdam")
Json = dict[str, Any]


Seed = Callable[[SandboxControl, Json], Json | None]
"""Creates one difference about a processed order, or about a new one that it returns."""


@cache
def yesterday() -> str:
    """Return a past day that does not change at midnight: the sandbox ERP stamps its orders with the real time."""
    return f"{datetime.now(ZONE) - timedelta(days=1):%Y-%m-%d}"


def found(services: Services, runs: Runs, **how: Any) -> set[tuple[FindingKind, str]]:
    reconciled = reconcile(services, runs(), **how)
    assert not reconciled.errors
    return {(f.kind, f.external_reference) for f in [*reconciled.overdue, *reconciled.young]}


def name(order: Json) -> str:
    return f"{order['webshop']}/{order['reference']}"


def erp_order(control: SandboxControl, order: Json) -> Json:
    (made,) = [made for made in control.erp_orders() if made["external_reference"] == name(order)]
    return dict(made)


def new_order(control: SandboxControl, **fields: Any) -> Json:
    (order_id,) = control.add_orders({"confirm_date": f"{yesterday()}T12:00:00", **fields})
    return control.order(order_id)


def process_a_day(services: Services, control: SandboxControl, clock: Clock, runs: Runs) -> Services:
    day = yesterday()
    control.reset(day=day, count=24)
    assert run_day(services, Window.of_day(day, "Europe/Amsterdam"), runs(day)).processed == 14
    run_sweep(services, runs())  # two orders are a microsecond outside the day
    clock.advance(hours=2)
    return services


def processed(control: SandboxControl) -> list[Json]:
    """Return the processed orders, those with several lines first."""
    orders = [o for o in control.orders() if o["state"] == "processing" and not o["offline"]]
    return sorted(orders, key=lambda order: (-len(order["order_lines"]), order["id"]))


def in_shop(**changes: Any) -> Seed:
    def seed(control: SandboxControl, order: Json) -> None:
        control.edit_order(order["id"], **changes)

    return seed


def lose_line_numbers(control: SandboxControl, order: Json) -> None:
    first, *others = order["order_lines"]
    control.edit_order(order["id"], order_lines=[{**first, "erp_line_number": None}, *others])


def add_unexported(control: SandboxControl, _order: Json) -> Json:
    return new_order(control, payment_status="paid")


def add_offline(control: SandboxControl, _order: Json) -> Json:
    return new_order(control, offline=True, state="processing", erp_order_number="ERP-7", payment_status="account")


def in_erp(**changes: Any) -> Seed:
    def seed(control: SandboxControl, order: Json) -> None:
        control.edit_erp_order(order["erp_order_number"], **changes)

    return seed


def double(control: SandboxControl, order: Json) -> None:
    control.add_erp_order(erp_order(control, order)["request"])


def lose_erp_line(control: SandboxControl, order: Json) -> None:
    lines = erp_order(control, order)["request"]["lines"]
    control.edit_erp_order(order["erp_order_number"], lines=lines[:-1])


def change_price(control: SandboxControl, order: Json) -> None:
    first, *others = erp_order(control, order)["request"]["lines"]
    dearer = str(Decimal(first["unit_price"]) + 1)
    control.edit_erp_order(order["erp_order_number"], lines=[{**first, "unit_price": dearer}, *others])


def change_product(control: SandboxControl, order: Json) -> None:
    """Another product of the same price: count and total stay the same (case Y4)."""
    first, *others = order["order_lines"]
    control.edit_order(order["id"], order_lines=[{**first, "product": {"origin": "x", "key": "OTHER"}}, *others])


SEEDS: list[tuple[FindingKind, Seed]] = [
    (FindingKind.NOT_IN_ERP, add_unexported),
    (FindingKind.GONE_FROM_ERP, lambda control, order: control.remove_erp_order(order["erp_order_number"]) and None),
    (FindingKind.NUMBER_MISSING, in_shop(erp_order_number=None)),
    (FindingKind.NUMBER_DIFFERS, in_erp(number="ERP-9")),
    (FindingKind.LINES_MISSING, lose_line_numbers),
    (FindingKind.STILL_CONFIRMED, in_shop(state="confirmed")),
    (FindingKind.CANCELLED_IN_SHOP, in_shop(state="cancel")),
    (FindingKind.UNKNOWN_IN_SHOP, lambda control, order: control.remove_order(order["id"]) and None),
    (FindingKind.DUPLICATE_IN_ERP, double),
    (FindingKind.LINE_COUNT_DIFFERS, lose_erp_line),
    (FindingKind.AMOUNT_DIFFERS, change_price),
    (FindingKind.CONTENT_DIFFERS, change_product),
    (FindingKind.CORRECTED_IN_ERP, in_erp(corrections=["return 7"])),
    (FindingKind.OFFLINE_NOT_SENT, add_offline),
]


def seed_all(control: SandboxControl) -> set[tuple[FindingKind, str]]:
    """Create one difference of every kind, each about another order."""
    seeded = set()
    for (kind, seed), order in zip(SEEDS, processed(control), strict=False):
        seeded.add((kind, name(seed(control, order) or order)))
    return seeded
