"""Judging what orders show: fields, times, numbers, lines, references."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from orderflow.checking.fields import fields, kind_of, lines
from orderflow.checking.seen import ShopSeen
from orderflow.checking.verdict import CheckResult, fails, holds, unseen
from orderflow.settings import Settings
from orderflow.transport.fields import Amount

NEEDED = ("payment_status", "shipment_state", "webshop")
TIMES = ("create_date", "modified_date", "confirm_date")
_ASK = "ask CloudSuite"
_NO_ORDERS = "no order could be read"
_OFFSET = re.compile(r"(Z|[+-]\d\d:?\d\d)$")
_LEEWAY = timedelta(minutes=2)
_RECENT = timedelta(minutes=45)
"""A time more recent than this, in the settings' zone, cannot be off by an hour."""
_AMOUNT: TypeAdapter[Any] = TypeAdapter(Amount)
_NAMED = 5
SHARED = "several orders of one webshop have the reference"


def judge_fields_needed(seen: ShopSeen, _: Settings) -> CheckResult:
    missing = _missing(seen, NEEDED)
    if missing is None:
        return unseen(_NO_ORDERS)
    if missing:
        return fails(
            f"no order has {', '.join(missing)}",
            "orders without a payment status are held; without a webshop they count as `default_webshop`",
            f"{_ASK} for the names of these fields",
        )
    return holds(f"in {len(seen.orders)} orders")


def judge_confirm_date_shown(seen: ShopSeen, _: Settings) -> CheckResult:
    return _shown(seen, "confirm_date", "the day of an order cannot be checked: the list's filter is trusted")


def judge_offline_shown(seen: ShopSeen, _: Settings) -> CheckResult:
    return _shown(seen, "offline", "a second listing proves that an order is not the ERP's own; without it it is held")


def _shown(seen: ShopSeen, name: str, follows: str) -> CheckResult:
    missing = _missing(seen, (name,))
    if missing is None:
        return unseen(_NO_ORDERS)
    return fails("no order has it", follows) if missing else holds(f"in {len(seen.orders)} orders")


def _missing(seen: ShopSeen, names: tuple[str, ...]) -> list[str] | None:
    return [name for name in names if not any(name in order for order in seen.orders)] if seen.orders else None


def judge_nulls_shown(seen: ShopSeen, _: Settings) -> CheckResult:
    found = [field for field in fields(seen) if field.of == "order"]
    if len(seen.orders) < 2:  # noqa: PLR2004 - it takes two to compare
        return unseen("fewer than two orders could be read")
    if partly := [field.name for field in found if field.shown < field.objects]:
        return fails(f"some orders lack {_some(partly)}", "they are read as without a value")
    return holds(f"{len(found)} fields in each of {len(seen.orders)} orders")


def judge_fields_read(seen: ShopSeen, settings: Settings) -> CheckResult:
    if not seen.orders:
        return unseen(_NO_ORDERS)
    unread = [f for f in fields(seen, settings.fields) if f.of != "row" and not f.is_read and f.filled]
    if unread:
        return fails(
            f"nobody reads {_some([f.name if f.of == 'order' else f'order_lines.{f.name}' for f in unread])}",
            "the ERP does not get them unless `fields` names them; the shop gets them back as they came",
        )
    return holds("all are read")


def judge_times_naive(seen: ShopSeen, _: Settings) -> CheckResult:
    found = [text for _, text in _times(seen)]
    if not found:
        return unseen("no order shows a time")
    if zoned := [text for text in found if _OFFSET.search(text)]:
        return fails(
            f"{len(zoned)} of {len(found)} times name their zone ({_OFFSET.search(zoned[0])[1]})",  # type: ignore[index]
            "they are read in that zone",
        )
    return holds(f"{len(found)} times, as {_form(found[0])}")


def judge_time_zone(seen: ShopSeen, settings: Settings) -> CheckResult:
    naive = [at for at, text in _times(seen) if not _OFFSET.search(text)]
    now = shop_now(seen)
    if not naive or now is None:
        return unseen("no order shows a time without a zone" if now else "no answer has a Date header")
    ages = {zone: now - max(naive).replace(tzinfo=ZoneInfo(zone)) for zone in (settings.api_timezone, "UTC")}
    age = ages[settings.api_timezone]
    if age < -_LEEWAY:
        fits = settings.api_timezone != "UTC" and ages["UTC"] >= -_LEEWAY
        return fails(
            f"read in {settings.api_timezone}, the newest time is {_minutes(-age)} minutes in the future",
            "orders are looked for in the wrong hours, and found late by the sweep",
            "set `api_timezone` to UTC" if fits else f"set `api_timezone`; {_ASK} for the zone of its times",
        )
    if age <= _RECENT and ages["UTC"] != age:
        return holds(f"read in {settings.api_timezone}, the newest time is {_minutes(age)} minutes old")
    return unseen(
        f"the newest time is {_minutes(age)} minutes old in {settings.api_timezone}; change an order, and check again"
    )


def _minutes(age: timedelta) -> int:
    return int(age.total_seconds() // 60)


def _times(seen: ShopSeen) -> Iterator[tuple[datetime, str]]:
    for one in (*seen.orders, *(row for call in seen.calls.values() for row in call.rows or ())):
        for name in TIMES:
            text = one.get(name)
            if isinstance(text, str) and "T" in text:
                try:
                    yield datetime.fromisoformat(text), text
                except ValueError:
                    continue


def shop_now(seen: ShopSeen) -> datetime | None:
    """Return the time by the shop's own clock, if an answer shows it."""
    for one in seen.every:
        try:
            now = parsedate_to_datetime(one.headers.get("date", ""))
        except ValueError:
            continue
        if now.tzinfo is not None:
            return now
    return None


def _form(text: str) -> str:
    return re.sub(r"\d", "9", text)


def judge_numbers(seen: ShopSeen, _: Settings) -> CheckResult:
    found = [value for value in _amounts(seen) if value is not None]
    if not found:
        return unseen("no order shows an amount")
    broken = [value for value in found if not _is_amount(value)]
    if broken:
        return fails(f"{len(broken)} of {len(found)} are no number", "their orders are held", f"{_ASK} what they mean")
    kinds = {kind_of(value) for value in found}
    places = {len(str(value).partition(".")[2]) for value in found}
    return holds(
        f"{len(found)} amounts, as {' and '.join(sorted(kinds))}, with {_some(sorted(map(str, places)))} decimals"
    )


def _amounts(seen: ShopSeen) -> Iterator[Any]:
    for order in seen.orders:
        yield order.get("paid_amount")
        for line in lines(order):
            yield from (line.get("quantity"), line.get("unit_price"))


def _is_amount(value: Any) -> bool:
    try:
        _AMOUNT.validate_python(value)
    except ValidationError:
        return False
    return True


def judge_line_ids(seen: ShopSeen, _: Settings) -> CheckResult:
    found = [line.get("id") for order in seen.orders for line in lines(order)]
    if not found:
        return unseen("no order shows a line")
    without, doubled = sum(one is None for one in found), len(found) - len({str(one) for one in found})
    if without or doubled:
        return fails(
            f"of {len(found)} lines {without} have no id, and {doubled} share one",
            "lines are known by what they hold; an order with two equal lines may be held",
            _ASK,
        )
    return holds(f"{len(found)} lines, {len(found)} ids")


def judge_line_order(seen: ShopSeen, _: Settings) -> CheckResult:
    read = [[line.get("id") for line in lines(one.document)] for one in seen.repeated if isinstance(one.document, dict)]
    if not read or len(read[0]) < 2:  # noqa: PLR2004 - a sequence has two
        return unseen("no order with several lines could be read")
    if any(other != read[0] for other in read):
        return fails("the same order had its lines in another sequence", "nothing rests on their sequence")
    rises = read[0] == sorted(read[0], key=str)
    return holds(
        f"{len(read[0])} lines, {len(read)} times the same{'' if rises else '; not in the sequence of their ids'}"
    )


def judge_references(seen: ShopSeen, _: Settings) -> CheckResult:
    rows: list[Mapping[str, Any]] = [*(seen.call("page").rows or []), *seen.orders]
    if not rows:
        return unseen(_NO_ORDERS)
    if empty := {str(row.get("id")) for row in rows if "reference" in row and not str(row["reference"] or "").strip()}:
        return fails(f"{len(empty)} orders have none: ids {_some(sorted(empty))}", "they are errors of their own", _ASK)
    ids: dict[tuple[Any, Any], set[Any]] = {}
    for order in seen.orders:
        webshop, reference, number = (_plain(order.get(name)) for name in ("webshop", "reference", "id"))
        ids.setdefault((webshop, reference), set()).add(number)
    shared = [(webshop, str(reference)) for (webshop, reference), of in ids.items() if len(of) > 1]
    if twins := [f"{webshop}/{reference}" for webshop, reference in shared if webshop is not None]:
        return fails(
            f"{SHARED} {_some(twins)}",
            "orders are known by their id; an ERP that knows them by name alone holds the second one",
            f"{_ASK} for one number range per webshop; use an ERP adapter that knows the shop's order id",
        )
    if shared:
        return unseen(
            f"orders share the reference {_some([name for _, name in shared])}, and do not show their webshop"
        )
    return holds(f"{len({_plain(row.get('id')) for row in rows})} orders")


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int) else repr(value)


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


OF_ORDERS: Mapping[str, Callable[[ShopSeen, Settings], CheckResult]] = {
    "fields_needed": judge_fields_needed,
    "confirm_date_shown": judge_confirm_date_shown,
    "offline_shown": judge_offline_shown,
    "nulls_shown": judge_nulls_shown,
    "fields_read": judge_fields_read,
    "times_naive": judge_times_naive,
    "time_zone": judge_time_zone,
    "numbers": judge_numbers,
    "line_ids": judge_line_ids,
    "line_order": judge_line_order,
    "references": judge_references,
}
