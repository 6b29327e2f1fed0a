"""Judging what the settings must say about this shop: charges, payment states, webshops, origins."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from orderflow.checking.seen import ShopSeen
from orderflow.checking.verdict import CheckResult, fails, holds, unseen
from orderflow.cloudsuite.mapper import to_order
from orderflow.cloudsuite.models import ShopOrder
from orderflow.cloudsuite.placing import place
from orderflow.domain.charges import Unplaced
from orderflow.domain.order import Order
from orderflow.domain.payment import PAYMENT_RULES
from orderflow.domain.states import ALIVE
from orderflow.settings import Settings

_NO_ORDERS = "no order could be read"
MISSING = "missing"
"""Stands for the payment status of an order that shows none."""


def read_orders(seen: ShopSeen) -> Iterator[ShopOrder]:
    """Yield the readable orders of the sample."""
    for document in seen.orders:
        try:
            yield ShopOrder.from_document(document)
        except ValidationError:
            continue


def sampled(seen: ShopSeen, settings: Settings) -> Iterator[Order]:
    """Yield the orders of the sample that this flow would export, or has exported."""
    for one in read_orders(seen):
        order = to_order(
            one,
            api_timezone=settings.api_timezone,
            default_webshop=settings.default_webshop,
            charges=settings.charges,
            fields=settings.fields,
        )
        if not order.offline and order.state in ALIVE:
            yield order


def unplaced(seen: ShopSeen, settings: Settings) -> list[Unplaced]:
    """Return the amounts of the sample that no setting places."""
    return [one for order in read_orders(seen) for one in place(order, settings.charges).unplaced]


def payment_states(seen: ShopSeen) -> dict[int, Counter[str]]:
    """Return how often each payment state was seen, by webshop."""
    found: dict[int, Counter[str]] = {}
    for order in read_orders(seen):
        if order.webshop is not None:
            found.setdefault(order.webshop, Counter())[order.payment_status or MISSING] += 1
    return found


def judge_charges_placed(seen: ShopSeen, settings: Settings) -> CheckResult:
    readable = list(read_orders(seen))
    if not readable:
        return unseen(_NO_ORDERS)
    types = Counter(line.type or "none" for order in readable for line in order.order_lines)
    lines = ", ".join(f"{count} {kind}" for kind, count in types.most_common())
    if found := unplaced(seen, settings):
        names = sorted({one.keys[0] if one.keys else one.where for one in found})
        return fails(
            f"{len(found)} amounts have no place ({', '.join(names)}); lines by type: {lines}",
            "their orders are held",
            f"set `charges` for {', '.join(f'`{name}`' for name in names)}",
        )
    return holds(f"lines by type: {lines}")


def judge_payment_known(seen: ShopSeen, _: Settings) -> CheckResult:
    states = sum(payment_states(seen).values(), Counter[str]())
    if not states:
        return unseen("no order shows a webshop and a payment status")
    listed = f"by status: {', '.join(f'{count} {state}' for state, count in states.most_common())}"
    if unknown := sorted(set(states) - {*PAYMENT_RULES, MISSING}):
        return fails(
            listed, f"orders with {', '.join(unknown)} are held", f"ask CloudSuite what {', '.join(unknown)} means"
        )
    if MISSING in states:
        what = "ask CloudSuite which orders show no payment status"
        return fails(listed, "orders without a payment status are held", what)
    return holds(listed)


def judge_webshops_set(seen: ShopSeen, settings: Settings) -> CheckResult:
    states = payment_states(seen)
    if not states:
        return unseen("no order shows its webshop")
    by_shop = [f"{shop}: {', '.join(sorted(of))}" for shop, of in sorted(states.items())]
    listed = f"by webshop: {' / '.join(by_shop)}"
    if unknown := [str(shop) for shop in sorted(states) if not settings.names(shop)]:
        return fails(
            listed,
            f"webshop {', '.join(unknown)} has the default settings: orders with payment status `none` wait",
            f"set {' and '.join(f'`webshops.{shop}`' for shop in unknown)}",
        )
    return holds(listed)


def origins_with_rows(seen: ShopSeen) -> dict[str, list[Mapping[str, Any]]]:
    """Return the customers in each origin's list."""
    return {origin: one.rows for origin, one in seen.origins.items() if one.rows}


def judge_origins(seen: ShopSeen, settings: Settings) -> CheckResult:
    found = origins_with_rows(seen)
    refused = {origin: one.status or one.problem for origin, one in seen.origins.items() if one.rows is None}
    if refused and settings.origins:
        return fails(
            f"no list for {_listed(refused)}",
            "orders of its customers are held",
            "correct `origins`; ask CloudSuite for its codes",
        )
    rows = [row for of in found.values() for row in of]
    if not rows:
        return unseen(f"no list for {_listed(refused)}" if refused else "the lists are empty")
    if lacking := [name for name in ("id", "key", "origin") if any(row.get(name) is None for row in rows)]:
        return fails(
            f"rows of {', '.join(found)} lack {', '.join(lacking)}",
            "their records are found by key only",
            "ask CloudSuite",
        )
    if not settings.origins:
        return fails(
            f"there are lists of {', '.join(found)}, and `origins` is not set",
            "the ERP gets the ids of customers and addresses, but not their details",
        )
    return holds(f"lists of {', '.join(found)}")


def _listed(refused: Mapping[str, object]) -> str:
    return ", ".join(f"{origin} ({why})" for origin, why in refused.items())


OF_SETTINGS: Mapping[str, Callable[[ShopSeen, Settings], CheckResult]] = {
    "charges_placed": judge_charges_placed,
    "payment_known": judge_payment_known,
    "webshops_set": judge_webshops_set,
    "origins": judge_origins,
}
