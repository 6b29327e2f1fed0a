"""The ways in which an order may come to be exported: its day, a sweep, or by name."""

from collections.abc import Callable

import pytest

from orderflow.domain.window import Window
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.services import Services
from support.flow_runs import Runs

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
Path = Callable[[Services, Runs, int], object]

PATHS: dict[str, Path] = {
    "day": lambda services, runs, _: run_day(services, DAY, runs("2026-11-22")),
    "sweep": lambda services, runs, _: run_sweep(services, runs()),
    "named": lambda services, runs, order_id: run_sweep(services, runs(), order_ids=[order_id]),
}


@pytest.fixture(params=PATHS.values(), ids=PATHS.keys())
def path(request: pytest.FixtureRequest) -> Path:
    chosen: Path = request.param
    return chosen
