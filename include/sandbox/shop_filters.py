"""Filters of the order list as django-filter applies them: unknown filters are ignored, a bad value is a 400."""

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from typing import Any

from sandbox.shop_fields import STATES
from sandbox.wire import JsonObject, Refusal, html_reply, json_reply

Test = Callable[[JsonObject], bool]


def select(
    orders: Iterable[JsonObject],
    query: dict[str, str],
    unknown: Collection[str] = (),
    filters: dict[str, Callable[[str], Test]] | None = None,
) -> list[JsonObject]:
    """Keep the orders that pass every filter except the `unknown` ones; Refusal with all invalid filters."""
    filters = FILTERS if filters is None else filters
    tests: list[Test] = []
    mistakes: dict[str, list[str]] = {}
    for name, value in query.items():
        build = None if name in unknown else filters.get(name)
        if build is not None and value:
            try:
                tests.append(build(value))
            except ValueError as error:
                mistakes[name] = [str(error)]
    if mistakes:
        raise Refusal(json_reply(mistakes, 400))
    return [order for order in orders if all(test(order) for test in tests)]


def _state(value: str) -> Test:
    if value not in STATES:
        raise ValueError(f"Select a valid choice. {value} is not one of the available choices.")
    return lambda order: bool(order["state"] == value)


def _boolean(field: str) -> Callable[[str], Test]:
    def build(value: str) -> Test:
        wanted = {"true": True, "True": True, "false": False, "False": False}.get(value)
        return lambda order: wanted is None or bool(order.get(field)) is wanted

    return build


def _text(field: str) -> Callable[[str], Test]:
    return lambda value: lambda order: order[field] == value


def _number(field: str) -> Callable[[str], Test]:
    def build(value: str) -> Test:
        try:
            wanted = int(value)
        except ValueError:
            raise ValueError("Enter a number.") from None
        return lambda order: order[field] == wanted

    return build


def _bound(field: str, lookup: str, read: Callable[[str], Any]) -> Callable[[str], Test]:
    def build(value: str) -> Test:
        bound = read(value)

        def test(order: JsonObject) -> bool:
            if order[field] is None:
                return False
            held = type(bound).fromisoformat(order[field])
            return bool(held >= bound if lookup == "gte" else held <= bound)

        return test

    return build


def _instant(value: str) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("Enter a valid date/time.") from None
    if instant.tzinfo is not None:
        # Databases without time zones: Django lets the value through, and the database layer raises.
        raise Refusal(html_reply(500, "Server Error (500)"))
    return instant


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("Enter a valid date.") from None


FILTERS: dict[str, Callable[[str], Test]] = {
    "state": _state,
    "offline": _boolean("offline"),
    "reference": _text("reference"),
    "erp_order_number": _text("erp_order_number"),
    "webshop": _number("webshop"),
    "order_date__gte": _bound("order_date", "gte", _day),
    "order_date__lte": _bound("order_date", "lte", _day),
    **{
        f"{field}__{lookup}": _bound(field, lookup, _instant)
        for field in ("confirm_date", "create_date", "modified_date")
        for lookup in ("gte", "lte")
    },
}
"""`inactive` is missing: no order is inactive, so it would change nothing."""

DIRECTORY_FILTERS = {name: FILTERS[name] for name in ("create_date__gte", "create_date__lte")}
"""For customers and addresses; `create_date__gte` is the documented one."""
USER_FILTERS = {**DIRECTORY_FILTERS, "registration": _text("registration")}
