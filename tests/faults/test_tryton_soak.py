"""The short version of `make soak ERP=tryton`: the same schedules every time, with a real Tryton as the ERP."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from faults.soak import DEMO_EVERY, Soak
from tryton import RunningTryton

pytestmark = pytest.mark.tryton

SEEDS = range(1, DEMO_EVERY + 1)


@pytest.fixture(scope="module")
def soak(tryton_server: RunningTryton) -> Iterator[Soak]:
    with ExitStack() as stack:
        yield Soak(stack, tryton_server)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_schedule_ends_with_every_order_in_tryton_once(soak: Soak, seed: int) -> None:
    """Play it again with `make soak ERP=tryton SEED=…`."""
    assert soak.play(seed) == []


def test_the_schedules_are_worth_playing(soak: Soak) -> None:
    """Dice that never hit anything would prove nothing."""
    if soak.seen["schedules"] < len(SEEDS):
        pytest.skip("only when all of them were played")
    for name in (
        "calls to Tryton hit by a fault",
        "deaths",
        "orders in the ERP",
        "schedules about identity",
        "schedules with the demo's day",
    ):
        assert soak.seen[name] > 0, name
