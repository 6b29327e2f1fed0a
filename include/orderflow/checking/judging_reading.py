"""Judging whether lists, rows and orders can be read at all: a shop of which nothing is seen is not as assumed."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError

from orderflow.checking.seen import Seen, ShopSeen
from orderflow.checking.verdict import CheckResult, fails, holds, unseen
from orderflow.cloudsuite.models import ListedOrder, ShopOrder
from orderflow.transport.fields import wrong_fields

_PLAIN = ("page", "first", "first_again", "second", "largest")
"""Lists without a filter, which every shop should give."""
_ASK = "ask CloudSuite"


def judge_readable(seen: ShopSeen) -> CheckResult:
    lists = [one for one in map(seen.call, _PLAIN) if _is_answered(one)]
    # One that was deleted meanwhile is no fault.
    details = [one for one in seen.details if _is_answered(one) and one.status != HTTPStatus.NOT_FOUND]
    if seen.call("page").status != HTTPStatus.OK or not lists:
        return unseen(seen.call("page").problem or f"the list was answered by {seen.call('page').status}")
    refused = [one.status for one in (*lists, *details) if one.status != HTTPStatus.OK]
    if refused:
        statuses = ", ".join(f"{count} by {status}" for status, count in Counter(refused).most_common())
        return fails(
            f"of {len(lists) + len(details)} plain lists and listed orders some were refused: {statuses}",
            "what cannot be read cannot be exported: runs fail",
            _ASK,
        )
    if formless := sum(one.rows is None for one in lists):
        return fails(
            f"{formless} of {len(lists)} lists are no object with `results`",
            "no order can be listed",
            f"check host and schema of `cloudsuite_default`, and {_ASK}",
        )
    return (
        _judge_each("rows", [row for one in lists for row in one.document["results"]], ListedOrder.from_document)
        or _judge_each("orders", [one.document for one in details], _read_order)
        or holds(f"{len(lists)} lists, {len(details)} orders")
    )


def _is_answered(one: Seen) -> bool:
    """Whether an answer came that is readable, or need not be: what is no JSON is judged as that."""
    return one.status is not None and not (one.status == HTTPStatus.OK and one.problem)


def _judge_each(what: str, objects: Sequence[Any], read: Callable[[Any], object]) -> CheckResult | None:
    if not (broken := list(_broken(objects, read))):
        return None
    return fails(
        f"{len(broken)} of {len(objects)} {what} cannot be read: {broken[0]}",
        "each of them fails by itself, and the others go on",
        _ASK,
    )


def _broken(objects: Sequence[Any], read: Callable[[Any], object]) -> Iterator[str]:
    """Say what is wrong with each that is, without its values."""
    for one in objects:
        try:
            read(one)
        except ValidationError as error:
            yield wrong_fields(error).replace("; ", ", ")


def _read_order(document: Any) -> object:
    return ShopOrder.from_document(document) if isinstance(document, dict) else ShopOrder.model_validate(document)


OF_READING: Mapping[str, Callable[[ShopSeen], CheckResult]] = {"readable": judge_readable}
