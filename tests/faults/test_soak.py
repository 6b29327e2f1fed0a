"""The short version of `make soak`: the same schedules every time."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from faults.soak import Soak

SEEDS = range(1, 51)


@pytest.fixture(scope="module")
def soak() -> Iterator[Soak]:
    with ExitStack() as stack:
        yield Soak(stack)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_schedule_ends_with_nothing_lost_doubled_or_half_done(soak: Soak, seed: int) -> None:
    """Play it again with `make soak SEED=…`."""
    assert soak.play(seed) == []


def test_the_schedules_are_worth_playing(soak: Soak) -> None:
    """Dice that never hit anything would prove nothing."""
    if soak.seen["schedules"] < len(SEEDS):
        pytest.skip("only when all of them were played")
    for name in (
        "calls hit by a fault",
        "deaths",
        "deaths of real processes",
        "ledgers lost or restored",
        "orders in the ERP",
        "packing slips",
        "delivery messages taken",
        "orders finished without deliveries",
        "schedules on PostgreSQL",
        "schedules whose PUTs renumber lines",
        "schedules about identity",
        "schedules with manners about lines and numbers",
        "restarted number series",
        "versions made by people",
    ):
        assert soak.seen[name] > 0, name
