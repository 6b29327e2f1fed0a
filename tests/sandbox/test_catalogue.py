from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from sandbox.catalogue import PAYABLE, orders_for_day

ORDINARY, SPRING, AUTUMN = date(2026, 11, 22), date(2026, 3, 29), date(2026, 10, 25)


def confirmed(order) -> datetime:
    return datetime.fromisoformat(order["confirm_date"])


def test_the_same_day_and_seed_give_the_same_orders_and_another_seed_others():
    assert orders_for_day(ORDINARY, 60) == orders_for_day(ORDINARY, 60)
    assert orders_for_day(ORDINARY, 60) != orders_for_day(ORDINARY, 60, seed=2)


def test_the_demo_has_every_payment_status_also_an_unknown_and_a_missing_one():
    statuses = {order["payment_status"] for order in orders_for_day(ORDINARY)}

    assert statuses == {*PAYABLE, "started", "closed_canceled", "none", "chargeback", None}


@pytest.mark.parametrize("day", [ORDINARY, SPRING, AUTUMN])
def test_both_edges_of_the_day_are_there_from_both_sides(day):
    moments = {confirmed(order) for order in orders_for_day(day)}
    start = datetime.combine(day, datetime.min.time())
    tick = timedelta(microseconds=1)

    assert {start, start - tick, start + timedelta(days=1), start + timedelta(days=1) - tick} <= moments


@pytest.mark.parametrize("day", [ORDINARY, SPRING, AUTUMN])
def test_payable_orders_all_lie_inside_the_day_and_are_sound(day):
    orders = orders_for_day(day, 300, payable_only=True)

    assert {confirmed(order).date() for order in orders} == {day}
    assert {order["payment_status"] for order in orders} == set(PAYABLE)
    assert {(order["state"], order["offline"], order["webshop"]) for order in orders} == {("confirmed", False, 1)}
    assert all(Decimal(str(line["quantity"])) > 0 for order in orders for line in order["order_lines"])


@pytest.mark.parametrize(("day", "missing"), [(SPRING, 2), (AUTUMN, None), (ORDINARY, None)])
def test_the_hour_that_the_clocks_skip_has_no_orders(day, missing):
    hours = Counter(confirmed(order).hour for order in orders_for_day(day, 2000, payable_only=True))

    assert {hour for hour in range(24) if not hours[hour]} == ({missing} if missing is not None else set())


def test_the_hour_that_comes_twice_has_twice_the_orders():
    hours = Counter(confirmed(order).hour for order in orders_for_day(AUTUMN, 5000, payable_only=True))

    assert hours[2] > 1.5 * hours[12]


def test_timestamps_are_in_the_zone_of_the_api():
    local, utc = (orders_for_day(AUTUMN, 50, api_timezone=zone) for zone in ("Europe/Amsterdam", "UTC"))

    for here, there in zip(local, utc, strict=True):
        instant = confirmed(there).replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo("Europe/Amsterdam"))
        assert instant.replace(tzinfo=None) == confirmed(here)


def test_the_demo_has_the_awkward_orders():
    orders = orders_for_day(ORDINARY)
    lines = [order["order_lines"] for order in orders]
    references = Counter(order["reference"] for order in orders)

    assert {order["currency"] for order in orders} == {"EUR", "USD"}
    assert any("<script>" in (order["description"] or "") for order in orders)
    assert [len({o["webshop"] for o in orders if o["reference"] == twice}) for twice, n in references.items() if n > 1]
    assert {len(of_order) for of_order in lines} >= {1, 40}
    assert {line["type"] for of_order in lines for line in of_order} == {"line", "subtotal", "comment"}
    assert any(len({line["product"]["key"] for line in of if line["product"]}) < len(of) for of in lines)
    assert {type(line["quantity"]) for of_order in lines for line in of_order} == {int, str, Decimal}
    offline = [order for order in orders if order["offline"]]
    assert {order["state"] for order in offline} == {"processing", "done"}
    assert all(order["erp_order_number"] and order["shipment_state"] == "none" for order in offline)


def test_two_days_side_by_side_share_no_id():
    first = orders_for_day(ORDINARY, 40)
    second = orders_for_day(date(2026, 11, 23), 40, first_number=48041)

    ids = [order["id"] for order in first + second]
    line_ids = [line["id"] for order in first + second for line in order["order_lines"]]
    assert len(set(ids)) == len(ids)
    assert len(set(line_ids)) == len(line_ids)


def test_parts_come_behind_and_leave_the_catalogue_as_it_is():
    plain = orders_for_day(ORDINARY, 40)

    with_parts = orders_for_day(ORDINARY, 40, parts=["guests", "charges"])

    assert with_parts[:40] == plain
    assert {bool("guest" in order) for order in with_parts[40:52]} == {True}
    assert len({order["id"] for order in with_parts}) == len(with_parts)


def test_a_day_of_guests_has_fifty_people_and_new_addresses_of_known_customers():
    orders = orders_for_day(ORDINARY, 0, parts=["guest_day"])

    mails = [order["guest"]["email"] for order in orders if "guest" in order]
    assert (len(mails), len(set(mails))) == (60, 50)
    assert len([order for order in orders if "new_address" in order]) == 5


def test_charges_are_of_every_kind():
    orders = orders_for_day(ORDINARY, 0, parts=["charges"])
    lines = [line for order in orders for line in order["order_lines"]]
    prices = [Decimal(line["unit_price"]) for line in lines]

    assert {line["type"] for line in lines} == {"line", "shipment_cost", "discount", "payment_cost"}
    assert min(prices) < 0
    assert Decimal(0) in prices
    assert any(price.as_tuple().exponent == -4 for price in prices)
    assert any(Decimal(str(line["quantity"])) < 0 for line in lines)
    assert {order["currency"] for order in orders} == {"EUR", "JPY", "KWD"}
    totals = [sum(Decimal(str(li["quantity"])) * Decimal(li["unit_price"]) for li in o["order_lines"]) for o in orders]
    assert Decimal(0) in totals
    short = [o for o, total in zip(orders, totals, strict=True) if Decimal(o["paid_amount"]) < round(total, 2)]
    assert len(short) == 1
    assert short[0]["payment_status"] == "paid"
