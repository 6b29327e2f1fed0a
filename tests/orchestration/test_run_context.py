"""Which day a run is for, however it was triggered."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pendulum
import pytest

from orderflow.domain.reasons import Reason
from orderflow.errors import ConfigurationError
from orderflow.orchestration.run_context import RunContext
from orderflow.settings import Settings

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def run_context(*, params: dict[str, Any] | None = None, **context: Any) -> RunContext:
    return RunContext({"params": {"date": None, **(params or {})}, **context})  # type: ignore[arg-type]


def interval(start: str, end: str) -> dict[str, Any]:
    return {"data_interval_start": pendulum.parse(start), "data_interval_end": pendulum.parse(end)}


def test_the_partition_key_names_the_day() -> None:
    window = run_context(partition_key="2026-10-25").window(Settings(), now=NOW)
    assert (window.key, window.start.isoformat()) == ("2026-10-25", "2026-10-25T00:00:00+02:00")


def test_without_a_key_the_parameter_does() -> None:
    assert run_context(params={"date": "2026-11-21"}).window(Settings(), now=NOW).key == "2026-11-21"


def test_key_and_parameter_that_disagree_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="give one"):
        run_context(partition_key="2026-11-20", params={"date": "2026-11-21"}).window(Settings(), now=NOW)


def test_without_either_a_data_interval_that_has_a_length_is_taken() -> None:
    context = run_context(**interval("2026-11-20T23:00:00Z", "2026-11-21T23:00:00Z"))
    assert context.window(Settings(), now=NOW).key == "2026-11-21"


@pytest.mark.parametrize("context", [{}, interval("2026-11-20T23:00:00Z", "2026-11-20T23:00:00Z")])
def test_a_run_without_a_day_fails_and_says_how_to_trigger_it(context: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="trigger with a partition key such as 2026-11-22") as error:
        run_context(**context).window(Settings(), now=NOW)
    assert error.value.reason is Reason.WINDOW_MISSING


def test_what_is_no_day_is_refused_with_an_example() -> None:
    with pytest.raises(ConfigurationError, match="write it as 2026-11-22"):
        run_context(params={"date": "22/11/2026"}).window(Settings(), now=NOW)


def test_a_day_that_is_not_over_is_refused_unless_allowed() -> None:
    with pytest.raises(ConfigurationError, match="allow_open_window"):
        run_context(partition_key="2026-11-23").window(Settings(), now=NOW)
    allowed = run_context(partition_key="2026-11-23", params={"allow_open_window": True})
    assert allowed.window(Settings(), now=NOW).key == "2026-11-23"


def test_a_zone_other_than_the_schedules_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="ORDERFLOW_TIMEZONE"):
        run_context(partition_key="2026-11-22").window(Settings(timezone="Asia/Tokyo"), now=NOW)


def test_bare_references_are_of_the_webshop_that_is_given() -> None:
    names = ["CS1", "2/CS1"]
    context = run_context(params={"references": names, "resolve": names, "webshop": 1})
    assert context.references == context.to_resolve == ["1/CS1", "2/CS1"]


@pytest.mark.parametrize(("try_number", "max_tries", "first"), [(1, 3, 1), (4, 3, 1), (5, 7, 5)])
def test_clearing_a_task_by_hand_starts_a_new_series_of_tries(try_number: int, max_tries: int, first: int) -> None:
    ti = SimpleNamespace(try_number=try_number, max_tries=max_tries)
    assert run_context(ti=ti, task=SimpleNamespace(retries=3)).first_try == first


@pytest.mark.parametrize("text", ["x" * 10_000, "1/CS1\0\ud800\n", "…" * 251])
def test_the_name_of_a_task_instance_fits_airflows_column(text: str) -> None:
    context: dict[str, Any] = {"params": {}}
    RunContext(context).label(text)  # type: ignore[arg-type]
    assert len(context["label"]) <= 250
    assert context["label"].isprintable()
    context["label"].encode()


def test_the_name_of_a_task_instance_is_what_is_said() -> None:
    context: dict[str, Any] = {"params": {}}
    RunContext(context).label("1/CS1 … 1/CS9 (9 orders)")  # type: ignore[arg-type]
    assert context["label"] == "1/CS1 … 1/CS9 (9 orders)"
