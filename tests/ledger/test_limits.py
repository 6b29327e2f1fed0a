"""The limits of a service for all processes together: calls per second, calls per day, and the circuit breaker."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import URL

from orderflow.domain.reasons import Reason
from orderflow.errors import CallDeferredError
from orderflow.ledger.circuit_breaker import endpoint
from orderflow.ledger.database.engine import make_engine
from orderflow.ledger.limits import CallLimits, SharedCallGuard
from orderflow.ledger.schema import bring_to_head
from support.clock import Clock
from support.processes import processes

SLOW = 0.001
"""A call every thousand seconds: what is reserved tells, and nobody waits for it."""
DETAIL = "/api/order/{}/"


class Gates:
    """Makes gates as separate processes have them: they share nothing but the database."""

    def __init__(self, url: URL, clock: Clock) -> None:
        bring_to_head(make_engine(url))
        self.waits: list[float] = []
        self._url = url
        self._clock = clock

    def __call__(self, service: str = "shop", **limits: Any) -> SharedCallGuard:
        return SharedCallGuard(
            make_engine(self._url),
            service,
            CallLimits(**limits),
            timezone="Europe/Amsterdam",
            clock=self._clock,
            sleep=self.waits.append,
        )


@pytest.fixture
def gates(ledger_url: URL, clock: Clock) -> Gates:
    return Gates(ledger_url, clock)


def calls_until_held_back(gate: SharedCallGuard, most: int = 50) -> int:
    for n in range(most):
        try:
            gate.enter("GET", "/api/order/")
        except CallDeferredError:
            return n
    return most


def refuse(gate: SharedCallGuard, order_id: int, text: str = "Not found.", times: int = 1) -> None:
    for _ in range(times):
        gate.refused("GET", DETAIL.format(order_id), 403, text)


def passes(gate: SharedCallGuard, order_id: int) -> bool:
    try:
        gate.enter("GET", DETAIL.format(order_id))
    except CallDeferredError:
        return False
    return True


def test_threads_and_gates_never_reserve_the_same_moment(gates: Gates) -> None:
    several = [gates(per_second=SLOW) for _ in range(3)]
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda n: several[n % 3].enter("GET", "/x"), range(24)))

    assert len(gates.waits) == 24
    assert all(later - earlier > 1000 for earlier, later in pairwise(sorted(gates.waits)))


def test_processes_never_reserve_the_same_moment(ledger_url: URL, gates: Gates) -> None:
    del gates
    answer = processes("reserve", 4, ledger_url)

    waits = sorted(wait for said in answer["said"] for wait in said)
    assert len(waits) == 20
    assert all(later - earlier > 1000 for earlier, later in pairwise(waits))


def test_services_do_not_wait_for_each_other(gates: Gates) -> None:
    gates("shop", per_second=SLOW).enter("GET", "/x")
    gates("erp", per_second=SLOW).enter("GET", "/x")

    assert gates.waits == [0, 0]


def test_without_limits_nothing_is_asked_of_the_database(clock: Clock) -> None:
    nowhere = make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    gate = SharedCallGuard(nowhere, "shop", CallLimits(), timezone="Europe/Amsterdam", clock=clock)
    gate.enter("GET", "/api/order/")
    gate.refused("GET", "/api/order/", 400, "no")


def test_a_day_has_so_many_calls_and_backfills_leave_a_share(gates: Gates, clock: Clock) -> None:
    backfill, live = gates(per_day=4), gates(per_day=10)
    assert calls_until_held_back(backfill) == 4
    assert calls_until_held_back(live) == 6
    assert calls_until_held_back(live) == 0
    clock.advance(days=1)
    assert calls_until_held_back(live) == 10
    assert calls_until_held_back(backfill) == 0


def test_a_share_of_everything_leaves_a_backfill_nothing(gates: Gates) -> None:
    assert calls_until_held_back(gates(per_day=0)) == 0
    assert calls_until_held_back(gates(per_day=3)) == 3
    assert calls_until_held_back(gates(per_day=0)) == 0


def test_the_day_is_the_shops(gates: Gates, clock: Clock) -> None:
    """It is five past one in Amsterdam: the day is over in 23 hours, which UTC's is not yet by then."""
    gate = gates(per_day=1)
    assert calls_until_held_back(gate) == 1
    clock.advance(hours=22, minutes=50)
    with pytest.raises(CallDeferredError, match=r"the 1 calls .* of 2026-11-23 are used up") as held:
        gate.enter("GET", "/api/order/")
    assert held.value.reason is Reason.BUDGET_SPENT
    clock.advance(minutes=10)
    assert calls_until_held_back(gate) == 1


def test_orders_refused_one_after_another_open_the_circuit_for_everybody(gates: Gates, clock: Clock) -> None:
    one, other = (gates(breaker_errors=3, breaker_pause=timedelta(minutes=15)) for _ in range(2))
    refuse(one, 1, "Order 1 is locked.")
    refuse(one, 2, "Order 2 is locked.")
    one.enter("GET", DETAIL.format(4))
    refuse(one, 3, "Order 3 is locked.")
    for gate in (one, other):
        with pytest.raises(CallDeferredError, match=r"GET /api/order/\{\}/ has refused 3 orders .* is locked") as held:
            gate.enter("GET", DETAIL.format(3))
        assert held.value.reason is Reason.CIRCUIT_OPEN
        assert held.value.retry_after == 900
        gate.enter("PATCH", DETAIL.format(3))
        gate.enter("GET", "/api/order/")
    clock.advance(minutes=16)
    one.enter("GET", DETAIL.format(3))


def test_one_order_that_is_refused_again_and_again_opens_nothing(gates: Gates) -> None:
    gate = gates(breaker_errors=3)
    refuse(gate, 1, times=20)
    refuse(gate, 2, times=20)
    gate.enter("GET", DETAIL.format(1))
    gate.enter("GET", DETAIL.format(3))


def test_other_orders_are_let_through_as_probes_more_and_more_rarely(gates: Gates) -> None:
    gate = gates(breaker_errors=3)
    for order_id in (1, 2, 3):
        refuse(gate, order_id)
    called = [order_id for order_id in range(4, 1004) if passes(gate, order_id)]
    assert called[:5] == [4, 6, 9, 14, 23]
    assert len(called) == 10


def test_a_success_closes_the_circuit_for_everybody(gates: Gates) -> None:
    one, other = gates(breaker_errors=3), gates(breaker_errors=3)
    for order_id in (1, 2, 3):
        refuse(one, order_id)
    assert not passes(other, 3)
    assert passes(one, 4)
    one.succeeded("GET", DETAIL.format(4))
    assert all(passes(one, order_id) for order_id in range(1, 50))
    refuse(other, 1)  # which makes it look
    assert all(passes(other, order_id) for order_id in range(1, 50))


def test_refused_orders_among_many_that_go_through_open_nothing(gates: Gates) -> None:
    """Twelve of them have all day, beside the good ones."""
    gate = gates(breaker_errors=3)
    for order_id in range(12):
        assert passes(gate, order_id)
        refuse(gate, order_id)
        assert passes(gate, 1000 + order_id)
        gate.succeeded("GET", DETAIL.format(1000 + order_id))


def test_an_answer_that_cannot_be_noted_is_an_answer_all_the_same(clock: Clock) -> None:
    nowhere = make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    limits = CallLimits(breaker_errors=3)
    gate = SharedCallGuard(nowhere, "erp", limits, timezone="Europe/Amsterdam", clock=clock)
    gate.refused("POST", "/sales-orders", 400, "no")
    gate.succeeded("POST", "/sales-orders")
    gate.throttled(7)


def test_a_pause_that_one_was_told_is_kept_by_all(gates: Gates) -> None:
    one, other, limited = gates(), gates(), gates(per_second=1000)
    one.throttled(50)
    one.throttled(20)
    other.enter("GET", "/x")
    other.enter("GET", "/x")
    limited.enter("GET", "/x")
    assert len(gates.waits) == 3
    assert all(40 < wait <= 51 for wait in gates.waits)
    gates("erp").enter("GET", "/x")
    assert len(gates.waits) == 3


@pytest.mark.parametrize("limits", [{}, {"per_second": 3}, {"per_day": 10}], ids=str)
def test_a_long_pause_is_left_to_a_later_run(gates: Gates, limits: dict[str, Any]) -> None:
    gates().throttled(3000)
    with pytest.raises(CallDeferredError, match="pause") as held:
        gates(**limits).enter("GET", "/x")
    assert held.value.reason is Reason.THROTTLED
    assert held.value.retry_after is not None
    assert 2900 < held.value.retry_after <= 3000


def test_orders_that_are_refused_for_reasons_of_their_own_close_nothing(gates: Gates) -> None:
    gate = gates(breaker_errors=3)
    for n in range(20):
        gate.refused("POST", "/sales-orders", 400, f"order CS{n} has no customer")
    gate.enter("POST", "/sales-orders")


def test_refusals_of_more_than_an_hour_ago_are_forgotten(gates: Gates, clock: Clock) -> None:
    gate = gates(breaker_errors=3)
    refuse(gate, 1, times=2)
    clock.advance(minutes=61)
    refuse(gate, 1)
    gate.enter("GET", DETAIL.format(1))


def test_an_endpoint_is_named_without_ids() -> None:
    assert endpoint("GET", "/api/order/12345/") == "GET /api/order/{}/"
    assert endpoint("GET", "/api/order/ext:web%2F1/") == "GET /api/order/{}/"
    assert endpoint("POST", "/sales-orders") == "POST /sales-orders"
    assert endpoint("GET", "/v2/order/7") == "GET /v2/order/{}"


def test_orders_that_are_gone_open_nothing_but_an_address_that_is_not_there_does(gates: Gates) -> None:
    """Three deleted orders are asked for at every sweep: they must not stop all the others."""
    gate = gates(breaker_errors=3)
    for order_id in range(20):
        gate.refused("GET", DETAIL.format(order_id), 404, "Not found.")
    gate.enter("GET", DETAIL.format(1))

    for _ in range(3):
        gate.refused("POST", "/sales-orders", 404, "Not found.")
    gate.enter("POST", "/sales-orders")  # a probe
    with pytest.raises(CallDeferredError):
        gate.enter("POST", "/sales-orders")
