"""The flow against a shop built with the real Django REST Framework, and the sandbox's ERP."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test.utils import override_settings

from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.errors import PermanentError, TransientError
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.services import Services
from orderflow.transport.throttle import Throttle
from sandbox.catalogue import orders_for_day
from sandbox.control import SandboxControl
from support.clock import Clock
from support.django_shop.server import LINES, DjangoShop
from support.django_shop.switches import switches
from support.flow_runs import Runs

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
COUNT = 12
HOURS = 12
"""Enough for nine calls an order and what goes on besides, at 40 calls an hour."""


@pytest.fixture
def shop_url(django_shop: DjangoShop) -> str:
    return django_shop.url


@pytest.fixture
def orders(django_shop: DjangoShop) -> list[int]:
    """Put a day's payable orders in; return their ids."""
    return django_shop.add(*orders_for_day(DAY.start.date(), COUNT, payable_only=True))


def content(line: dict[str, Any]) -> tuple[Any, ...]:
    """Return what was ordered on a line, of the shop or of the ERP."""
    return (
        line["product"]["key"],
        line["description"],
        Decimal(str(line["quantity"])),
        Decimal(str(line["unit_price"])),
    )


def assert_done(shop: DjangoShop, control: SandboxControl, order_ids: list[int]) -> None:
    """Check both sides: one ERP order for each, its number in the shop, its line numbers on their lines."""
    in_erp = {order["request"]["shop_order_id"]: order for order in control.erp_orders()}
    assert sorted(in_erp) == sorted(order_ids)
    assert len(control.erp_orders()) == len(order_ids)
    for number in order_ids:
        held, made = shop.order(number), in_erp[number]
        assert (held["state"], held["erp_order_number"]) == ("processing", made["number"])
        numbers = {line["position"]: line["line_number"] for line in made["lines"]}
        wanted = Counter((*content(line), numbers[line["position"]]) for line in made["request"]["lines"])
        assert Counter((*content(line), line["erp_line_number"]) for line in held[LINES]) == wanted


WAYS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "as in the tutorial": ({}, {}),
    "lines kept by id": ({}, {"recreate_lines": False}),
    "lines newest first": ({}, {"recreate_lines": False, "line_ordering": "-id"}),
    "decimals as numbers": ({"REST_FRAMEWORK": {"COERCE_DECIMAL_TO_STRING": False}}, {}),
    "aware times": ({"USE_TZ": True}, {}),
    "random lists": ({}, {"ordering": "?"}),
}
"""What a shop's authors may have chosen: in Django's settings, and in their own code."""


@pytest.fixture(params=WAYS)
def ways(request: pytest.FixtureRequest) -> Iterator[str]:
    """Let the shop's authors have chosen one way or another."""
    request.getfixturevalue("django_shop")
    in_django, own = WAYS[request.param]
    if "REST_FRAMEWORK" in in_django:
        in_django = {"REST_FRAMEWORK": {**settings.REST_FRAMEWORK, **in_django["REST_FRAMEWORK"]}}
    for name, value in own.items():
        setattr(switches, name, value)
    with override_settings(**in_django):
        yield request.param


@pytest.mark.usefixtures("ways")
def test_a_day_is_exported_and_the_next_run_writes_nothing(
    django_shop: DjangoShop, orders: list[int], services: Services, control: SandboxControl, runs: Runs
) -> None:
    assert run_day(services, DAY, runs("2026-11-22")).processed == COUNT
    assert_done(django_shop, control, orders)
    written = len(django_shop.writes())

    again = run_day(services, DAY, runs("2026-11-22"))
    swept = run_sweep(services, runs())

    assert (again.processed, again.failed, swept.processed, swept.failed) == (0, 0, 0, 0)
    assert len(django_shop.writes()) == written
    assert len(control.erp_orders()) == COUNT
    assert [alert.reason for alert in services.ledger.alerts.open()] == []


def test_a_limit_per_second_slows_a_day_and_fails_nothing(
    django_shop: DjangoShop, orders: list[int], services: Services, control: SandboxControl, runs: Runs
) -> None:
    switches.rate, switches.clients_wait = "5/second", True

    assert run_day(services, DAY, runs("2026-11-22")).processed == COUNT

    assert_done(django_shop, control, orders)
    assert 429 in {status for _, _, status in django_shop.calls()}


def test_an_hourly_limit_leaves_the_rest_to_later_runs(
    *,
    django_shop: DjangoShop,
    orders: list[int],
    services: Services,
    control: SandboxControl,
    clock: Clock,
    runs: Runs,
) -> None:
    switches.rate = "40/hour"

    for _ in range(HOURS):
        for run_it in (lambda: run_day(services, DAY, runs("2026-11-22")), lambda: run_sweep(services, runs())):
            with suppress(TransientError):  # as a task would: Airflow runs it again
                run_it()
        switches.now += 3600
        clock.advance(hours=1)
        services.shop._channel._throttle = Throttle()  # the tasks of the next hour are other processes

    assert 429 in {status for _, _, status in django_shop.calls()}
    assert_done(django_shop, control, orders)


@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT"])
def test_a_web_page_instead_of_an_answer_is_that_orders_alone(
    *,
    method: str,
    django_shop: DjangoShop,
    orders: list[int],
    services: Services,
    control: SandboxControl,
    clock: Clock,
    runs: Runs,
) -> None:
    switches.broken = {(method, str(orders[3]))}

    first = run_day(services, DAY, runs("2026-11-22"))
    assert (first.processed, first.failed) == (COUNT - 1, 1)

    switches.broken = set()
    clock.advance(days=1)
    run_day(services, DAY, runs("2026-11-22"))
    assert_done(django_shop, control, orders)


def test_an_order_that_does_not_exist_is_named(services: Services) -> None:
    with pytest.raises(PermanentError) as caught:
        services.shop.get_order(99)

    assert caught.value.reason == Reason.ORDER_NOT_FOUND


def test_texts_that_the_shop_trims_are_no_edit(
    django_shop: DjangoShop, services: Services, control: SandboxControl, runs: Runs
) -> None:
    """REST framework takes spaces off every text it is sent, also those of a PUT that puts back what was read."""
    (order,) = orders_for_day(DAY.start.date(), 1, payable_only=True)
    order["description"] = " Graag bellen "
    order[LINES] = [{**line, "description": f"{line['description']} "} for line in order[LINES]]
    (number,) = django_shop.add(order)

    assert run_day(services, DAY, runs("2026-11-22")).processed == 1
    assert django_shop.order(number)["description"] == "Graag bellen"

    django_shop.edit(number, state="confirmed")  # and nothing else
    run_day(services, DAY, runs("2026-11-22"))

    assert [alert.reason for alert in services.ledger.alerts.open()] == []
    assert len(control.erp_orders()) == 1
