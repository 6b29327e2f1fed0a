"""Judging writes by the results of a trial on one order."""

from collections.abc import Callable, Iterable, Mapping

from orderflow.checking.comparing import Difference, compare
from orderflow.checking.fields import lines
from orderflow.checking.trial import LINE_NUMBER, NUMBER, STATE, UNKNOWN_FIELD, WRITTEN
from orderflow.checking.tried import Fate, Tried, Write
from orderflow.checking.verdict import CheckResult, fails, holds, unseen
from orderflow.domain.states import ShopState

_ASK = "ask CloudSuite"
_BY_CXML = "ask CloudSuite, or set `webshops.<id>.confirmation` to cxml"
_NO_LINES = "the order has no lines"
_MANY = 2


def _untried(tried: Tried) -> CheckResult:
    return unseen(f"not tried: {tried.problem or 'what comes before it was refused'}")


def judge_conditional(tried: Tried) -> CheckResult:
    write = tried.writes.get("conditional")
    if write is None:
        return _untried(tried)
    if write.after.get(NUMBER) != write.before.get(NUMBER):
        return fails(
            f"written all the same, status {write.status}", "a change between reading and writing is noticed by reading"
        )
    if write.is_taken:
        return unseen(f"status {write.status}, and nothing was written")
    return holds(f"status {write.status}, and nothing was written")


def judge_kept(tried: Tried) -> CheckResult:
    write = tried.writes.get("patch")
    if write is None:
        return _untried(tried)
    if not write.is_taken:
        return fails(f"refused with {_refusal(write)}", "no order can be written back", _ASK)
    if lost := [name for name, value in write.sent.items() if write.after.get(name) != value]:
        return fails(f"{', '.join(lost)} not kept, status {write.status}", "orders fail when they are read back", _ASK)
    return holds(", ".join(write.sent))


def judge_answers(tried: Tried) -> CheckResult:
    write = tried.writes.get("patch")
    if write is None or not write.is_taken:
        return _untried(tried)
    follows = "each write takes one more call, which reads the order"
    if not isinstance(write.answer, dict):
        return fails(f"status {write.status} without an object", follows)
    if missing := len(write.after.keys() - write.answer.keys()):
        return fails(f"{missing} of {len(write.after)} fields are missing in the answer", follows)
    if any(write.answer.get(name) != write.after.get(name) for name in write.sent):
        return fails("the order as it was before", follows)
    return holds(f"all {len(write.after)} fields, status {write.status}")


def judge_unknown(tried: Tried) -> CheckResult:
    write = tried.writes.get("unknown")
    if write is None:
        return _untried(tried)
    if UNKNOWN_FIELD in write.after:
        return fails("it was stored", "none: this flow writes no such field", f"{_ASK} to remove `{UNKNOWN_FIELD}`")
    if not write.is_taken:
        return fails(f"refused with {write.status}", "nothing: this flow writes only fields that it has read")
    return holds(f"status {write.status}, and nothing was written")


def judge_put_as_read(tried: Tried) -> CheckResult:
    write = tried.writes.get("put")
    if write is None:
        return _untried(tried)
    if write.is_taken:
        nulls = sum(value is None for value in write.sent.values())
        return holds(f"status {write.status}, {len(write.sent)} fields, {nulls} of them null")
    return fails(f"refused with {_refusal(write)}", "no line number can be written back", _BY_CXML)


def _refusal(write: Write) -> str:
    """Return the status, and the fields named in the answer: it matters whether they are null or read-only."""
    named = [name for name in write.answer if name in write.sent] if isinstance(write.answer, dict) else []
    nulls = [name for name in named if write.sent[name] is None]
    others = [name for name in named if write.sent[name] is not None]
    parts = [f"{', '.join(nulls)} (null)"] if nulls else []
    return ": ".join([str(write.status), *filter(None, [", ".join([*parts, *others])])])


def _put(tried: Tried) -> tuple[Difference, Difference] | CheckResult:
    """Return what the PUT changed, and what also changes between two reads without it."""
    write = tried.writes.get("put")
    if write is None or not write.is_taken:
        return _untried(tried)
    return compare(write.before, write.after), compare(tried.found, tried.again)


def judge_values(tried: Tried) -> CheckResult:
    put = _put(tried)
    if isinstance(put, CheckResult):
        return put
    # From before the first write: a PATCH may change a text that it does not contain.
    by_writes, by_itself = compare(tried.found, tried.writes["put"].after), put[1]
    if values := by_writes.values - by_itself.values - set(WRITTEN):
        return fails(f"changed: {_names(values)}", "what our own write has caused is no edit", f"{_ASK} why")
    if formats := by_writes.formats - by_itself.formats - set(WRITTEN):
        return fails(f"written otherwise, with the same value: {_names(formats)}", "nothing: values are compared")
    return holds(f"{len(tried.found)} fields of the order, and its lines")


def judge_lines(tried: Tried) -> CheckResult:
    put = _put(tried)
    if isinstance(put, CheckResult):
        return put
    if not lines(tried.found):
        return unseen(_NO_LINES)
    if put[0].has_new_ids:
        return fails("lines have new ids", "lines are known by what they hold; equal ones may be swapped")
    return holds(f"{len(lines(tried.found))} lines with the same ids")


def judge_order(tried: Tried) -> CheckResult:
    put = _put(tried)
    if isinstance(put, CheckResult):
        return put
    by_put, by_itself = put
    if len(lines(tried.found)) < _MANY:
        return unseen("the order has no two lines")
    if by_itself.is_reordered:
        return unseen("lines come in another sequence by themselves")
    if by_put.is_reordered:
        return fails("lines came in another sequence", "nothing rests on their sequence")
    return holds(f"{len(lines(tried.found))} lines in the same sequence")


def judge_line_numbers(tried: Tried) -> CheckResult:
    if not lines(tried.found):
        return unseen(_NO_LINES)
    write = tried.writes.get("numbered")
    if write is None:
        return _untried(tried)
    if not write.is_taken:
        return fails(f"refused with {_refusal(write)}", "no line number can be written back", _BY_CXML)
    sent, kept = (sorted(str(line.get(LINE_NUMBER)) for line in lines(of)) for of in (write.sent, write.after))
    if sent != kept:
        lost = len([number for number in sent if number not in kept])
        return fails(f"{lost} of {len(sent)} numbers not kept", "orders fail when they are read back", _BY_CXML)
    return holds(f"{len(sent)} numbers")


def judge_states(tried: Tried) -> CheckResult:
    if tried.found.get(STATE) != ShopState.CONFIRMED:
        return unseen(f"the order is {tried.found.get(STATE)}: name a confirmed one")
    forward, back = tried.writes.get("forward"), tried.writes.get("back")
    if forward is None:
        return _untried(tried)
    if forward.after.get(STATE) != ShopState.PROCESSING:
        return fails(f"it stays {forward.after.get(STATE)}: {_refusal(forward)}", "no order can be written back", _ASK)
    returned = back is not None and back.after.get(STATE) == ShopState.CONFIRMED
    return holds(f"confirmed to processing; back: {'yes' if returned else 'refused'}")


def judge_messages(tried: Tried) -> CheckResult:
    if not tried.messages:
        return unseen("no message was sent")
    seen = "; ".join(f"{name}: {one.fate}, {one.said}" for name, one in tried.messages.items())
    fates = {one.fate for one in tried.messages.values()}
    if Fate.NO_ADDRESS in fates:
        return fails(seen, "no message reaches the shop", f"{_ASK}; set extra `proxy_base_url` of `cloudsuite_default`")
    if Fate.TAKEN in fates:
        return fails(seen, "a message with a wrong number counts as sent", f"{_ASK} what it does with such a message")
    if Fate.IN_DOUBT in fates:
        return fails(seen, "such a message waits until a person has checked", f"{_ASK} for the form of its answers")
    return unseen(seen) if Fate.NOT_SENT in fates else holds(seen)


def _names(paths: Iterable[str]) -> str:
    return ", ".join(sorted(paths))


OF_WRITES: Mapping[str, Callable[[Tried], CheckResult]] = {
    "writes_conditional": judge_conditional,
    "patch_kept": judge_kept,
    "patch_answers": judge_answers,
    "unknown_ignored": judge_unknown,
    "put_as_read": judge_put_as_read,
    "values_kept": judge_values,
    "put_keeps_lines": judge_lines,
    "put_keeps_order": judge_order,
    "line_numbers_kept": judge_line_numbers,
    "state_moves": judge_states,
    "messages": judge_messages,
}
