"""Judging lists: pages, counts, links, filters."""

from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import urlsplit

from orderflow.checking.seen import Seen, ShopSeen
from orderflow.checking.verdict import CheckResult, fails, holds, unseen
from orderflow.domain.states import ShopState

_REFUSED = 400
_NOT_FOUND = 404
_OK = 200
_ASK = "ask CloudSuite"
_OF_TIME = ("confirm_date_from", "confirm_date_to", "modified_date_from")
_HARM = "more rows are read than needed, and each is checked"
_HARM_OF = {
    "erp_order_number": "after a lost ledger, an order that the ERP has without `shop_order_id` waits for a person",
}
"""What happens if a filter is ignored."""


def _unread(one: Seen) -> CheckResult | None:
    if one.rows is not None:
        return None
    return unseen(one.problem or f"the list was answered by {one.status}")


def judge_page_size(seen: ShopSeen) -> CheckResult:
    page = seen.call("page")
    if verdict := _unread(page):
        return verdict
    got, largest = len(page.rows or ()), seen.call("largest").rows
    if got >= seen.page_size:
        return holds(f"{got} rows" + (f"; 1000 asked for gave {len(largest)}" if largest else ""))
    if seen.call("after_page").rows:
        return fails(
            f"{got} rows where {seen.page_size} were asked for",
            "lists take more calls than the settings suggest",
            f"set `limits.page_size` to {got}, or ask CloudSuite for the largest `limit`",
        )
    return unseen(f"the shop has no more than {got} orders")


def judge_count(seen: ShopSeen) -> CheckResult:
    first, last, beyond = seen.call("first"), seen.call("last"), seen.call("beyond")
    if verdict := _unread(first):
        return verdict
    if first.count is None:
        return fails("a page has no `count`", "a list that lacks rows is not noticed", _ASK)
    more, fewer = bool(beyond.rows) or (first.count == 0 and bool(first.rows)), last.rows == []
    if more or fewer:
        return fails(
            f"{first.count} are counted, and there are {'more' if more else 'fewer'}",
            "lists are read again and again, and their run fails",
            f"{_ASK} what `count` counts",
        )
    if not last.rows or beyond.rows is None:
        return unseen(last.problem or beyond.problem or "the shop has no orders")
    return holds(f"{first.count} rows")


def judge_row_order(seen: ShopSeen) -> CheckResult:
    first, again = seen.call("first"), seen.call("first_again")
    verdict = _unread(first) or _unread(again)
    if verdict:
        return verdict
    if first.ids != again.ids:
        return fails(
            "the same page had other rows the second time", "lists take more calls, as they are read until complete"
        )
    return holds("the same rows twice") if len(first.ids) > 1 else unseen("the shop has no two orders")


def judge_pages_filled(seen: ShopSeen) -> CheckResult:
    first, second = seen.call("first"), seen.call("second")
    verdict = _unread(first) or _unread(second)
    if verdict:
        return verdict
    if second.rows:
        return holds(f"{len(second.rows)} rows on the second page")
    if len(seen.call("page").ids) > len(first.ids):
        return fails("the second page is empty", "lists take more calls, as they are read until complete")
    return unseen("the shop has orders for one page only")


def judge_next(seen: ShopSeen) -> CheckResult:
    first, last = seen.call("first"), seen.call("last")
    if verdict := _unread(first):
        return verdict
    harmless = "rows are counted, and links are not followed"
    if seen.call("second").rows and not first.next:
        return fails("the first page names no next one, and there is one", harmless)
    if last.rows and last.next is not None:
        return fails(f"the last page has `next` = {_kind(last.next)}", harmless)
    if not first.next:
        return unseen("the shop has orders for one page only")
    if _origin(str(first.next)) != _origin(seen.address):
        return fails("`next` names another host, or none", f"the token is never sent there: {harmless}")
    return holds("the same host; null at the end" if last.rows else "the same host")


def _kind(value: object) -> str:
    return "an empty text" if value == "" else "an address"


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


def judge_filter(name: str, seen: ShopSeen) -> CheckResult:
    """Judge a filter that was called with a value that no order has."""
    asked = seen.call(f"filter_{name}")
    if asked.status == _REFUSED:
        return holds("the shop knows it: a value that cannot be is refused")
    if verdict := _unread(asked):
        return verdict
    if asked.rows:
        return fails(
            "rows came that cannot match",
            _HARM_OF.get(name, _HARM),
            f"{_ASK} for the filter's name",
        )
    listed = seen.call("state_confirmed" if name.startswith("confirm_date") else "page").rows
    if listed and seen.call(f"known_{name}").rows == []:
        return fails(
            "no row came where rows match",
            "orders are not found",
            f"{_ASK} what the filter compares, before anything else",
        )
    if not seen.is_whole and seen.call(f"known_{name}").rows is None:
        return unseen(seen.call(f"known_{name}").problem)
    return holds("rows came where they match, and no other") if listed else unseen("the shop has no such orders")


def judge_filter_state(seen: ShopSeen) -> CheckResult:
    lists = {state: seen.call(f"state_{state}") for state in ShopState}
    unread = [one for one in lists.values() if one.rows is None]
    wrong = {
        str(row.get("state"))
        for state, one in lists.items()
        for row in one.rows or ()
        if "state" in row and row["state"] != state
    }
    if wrong:
        return fails(
            f"rows came with other states: {', '.join(sorted(wrong))}", "each run reads every order of the shop", _ASK
        )
    found = [f"{len(one.rows)} {state}" for state, one in lists.items() if one.rows]
    if unread:
        return unseen(unread[0].problem or f"a list was answered by {unread[0].status}")
    return holds(", ".join(found)) if found else unseen("the shop has no orders")


def judge_filter_offline(seen: ShopSeen) -> CheckResult:
    yes, no = seen.call("offline_true"), seen.call("offline_false")
    verdict = _unread(yes) or _unread(no)
    if verdict:
        return verdict
    if both := set(yes.ids) & set(no.ids):
        return fails(
            f"{len(both)} orders are in both lists",
            "where an order shows no `offline` either, it is held: it may be an order that the ERP itself sent",
            f"set `offline_orders` to false if the shop has none; otherwise {_ASK} how they differ from its own orders",
        )
    return holds("no order is in both lists") if yes.ids or no.ids else unseen("the shop has no orders")


def judge_unknown_filters(seen: ShopSeen) -> CheckResult:
    asked = seen.call("unknown_filter")
    if asked.status == _REFUSED:
        return fails("it is refused with 400", "a filter under another name fails a list at once, which is safer")
    return _unread(asked) or holds("ignored, status 200")


def judge_filters_on_one(seen: ShopSeen) -> CheckResult:
    asked = seen.call("other_state")
    if asked.status in {_NOT_FOUND, _REFUSED}:
        return holds(f"status {asked.status} for a state that the order is not in")
    if asked.status == _OK and _has_moved(asked.document, seen):
        return unseen("the order was changed meanwhile: check again")
    if asked.status == _OK:
        return fails("the order is found all the same", "a change between reading and writing is noticed by reading")
    return unseen(asked.problem or f"status {asked.status}")


def _has_moved(order: object, seen: ShopSeen) -> bool:
    """Whether an order has another state than when it was read before."""
    now = order if isinstance(order, dict) else {}
    return any(one.get("id") == now.get("id") and one.get("state") != now.get("state") for one in seen.orders)


OF_LISTS: Mapping[str, Callable[[ShopSeen], CheckResult]] = {
    "page_size": judge_page_size,
    "count": judge_count,
    "row_order": judge_row_order,
    "pages_filled": judge_pages_filled,
    "next": judge_next,
    "filter_state": judge_filter_state,
    "filter_offline": judge_filter_offline,
    **{
        f"filter_{name}": partial(judge_filter, name)
        for name in (*_OF_TIME, "reference", "erp_order_number", "webshop")
    },
    "unknown_filters": judge_unknown_filters,
    "filters_on_one": judge_filters_on_one,
}
