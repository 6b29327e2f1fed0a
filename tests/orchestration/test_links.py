"""The addresses in messages, wherever Airflow is."""

from collections.abc import Callable

import pytest

from orderflow.orchestration.links import links, run_links
from orderflow.orchestration.run_context import RunContext


@pytest.mark.parametrize("address", ["https://airflow.example", "https://example.org/some/airflow/"])
def test_links_begin_with_airflows_own_address_path_and_all(
    monkeypatch: pytest.MonkeyPatch, here: Callable[..., RunContext], address: str
) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", address)
    base = address.rstrip("/")
    run = f"{base}/dags/orderflow_daily/runs/run%2F1/plugin/orders-of-run"
    for found in (links(here("run/1")), run_links("orderflow_daily", "run/1")):
        assert (found.page, found.by_name["This run"]) == (f"{base}/plugin/orders", run)
