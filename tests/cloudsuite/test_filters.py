"""Filters as sent: naive times, lower-case booleans, no unknown names."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from orderflow.cloudsuite.filters import ShopOrderFilter
from orderflow.domain.states import ShopState
from orderflow.domain.window import Window


def test_only_what_is_set_is_sent() -> None:
    assert ShopOrderFilter().params() == {}


def test_every_kind_of_value_is_written_as_the_shop_reads_it() -> None:
    chosen = ShopOrderFilter(
        state=ShopState.CONFIRMED,
        offline=False,
        inactive=True,
        webshop=2,
        reference="CS6",
        confirm_date__gte=datetime(2024, 10, 23, 6),  # noqa: DTZ001  # naive is what the shop takes
    )
    assert chosen.params() == {
        "state": "confirmed",
        "offline": "false",
        "inactive": "true",
        "webshop": "2",
        "reference": "CS6",
        "confirm_date__gte": "2024-10-23T06:00:00",
    }


@pytest.mark.parametrize("name", ShopOrderFilter.model_fields)
def test_every_filter_travels_alone_under_its_own_name(name: str) -> None:
    """A shop ignores a name that it does not know."""
    values = {"state": "confirmed", "offline": True, "reference": "CS6", "webshop": 2, "inactive": True}
    assert list(ShopOrderFilter.model_validate({name: values.get(name, "2026-11-22")}).params()) == [name]


def test_the_bounds_of_a_window_pass_unchanged() -> None:
    first, last = Window.of_day("2026-10-25", "Europe/Amsterdam").api_bounds("UTC")
    chosen = ShopOrderFilter(confirm_date__gte=first, confirm_date__lte=last)
    assert chosen.params() == {"confirm_date__gte": first, "confirm_date__lte": last}
    assert (first, last) == ("2026-10-24T22:00:00", "2026-10-25T22:59:59.999999")


@pytest.mark.parametrize(
    "value", [datetime(2024, 10, 23, tzinfo=UTC), "2024-10-23T06:00:00Z", "2024-10-23T06:00:00+02:00", "yesterday"]
)
@pytest.mark.parametrize("name", ["confirm_date__gte", "confirm_date__lte", "modified_date__gte"])
def test_a_time_with_a_zone_or_no_time_at_all_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        ShopOrderFilter.model_validate({name: value})


@pytest.mark.parametrize("wrong", [{"confirm_date__gt": "2024-10-23T06:00:00"}, {"state": "cancelled"}])
def test_a_filter_the_shop_would_ignore_is_refused(wrong: dict[str, str]) -> None:
    """It would answer 200 with every order it has."""
    with pytest.raises(ValidationError):
        ShopOrderFilter.model_validate(wrong)
