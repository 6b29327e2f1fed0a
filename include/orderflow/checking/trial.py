"""Trying writes on one order of a test environment: each between two reads, all of them undone at the end."""

import logging
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from orderflow.checking.comparing import LINES, compare
from orderflow.checking.fields import lines
from orderflow.checking.tried import Tried, Write
from orderflow.cloudsuite.paging import ORDERS
from orderflow.domain.states import ShopState
from orderflow.errors import OrderflowError, unforeseen
from orderflow.transport import Channel, UnavailableError

log = logging.getLogger(__name__)

NUMBER, CUSTOMER_NUMBER, STATE, LINE_NUMBER = (
    "erp_order_number",
    "customer_order_number",
    "state",
    "erp_line_number",
)
WRITTEN = (STATE, NUMBER, CUSTOMER_NUMBER)
MARK = "ORDERFLOW-CHECK"
"""Written temporarily; whoever finds it knows where it comes from."""
UNKNOWN_FIELD = "orderflow_check"
INTERRUPTED = "interrupted"
_FIRST_LINE_NUMBER = 9001
_ANY_ANSWER = range(HTTPStatus.MULTIPLE_CHOICES, 500)


class OrderTrial:
    """Writes to one order. Nothing is sent twice; whatever goes wrong, the order is restored.

    `is_stopped` is asked before each write; restoring goes on.
    """

    def __init__(self, channel: Channel, order_id: int, is_stopped: Callable[[], bool] = lambda: False) -> None:
        self._channel = channel
        self._order_id = order_id
        self._is_stopped = is_stopped
        self._path = f"{ORDERS}{order_id}/"
        self._last: Mapping[str, Any] = {}
        self._writes: dict[str, Write] = {}
        self._moves_by_itself = False
        self._unanswered: tuple[str, Mapping[str, Any]] | None = None
        """The write without an answer, and the order before it."""

    def run(self) -> Tried:
        """Try everything; TransientError or PermanentError if the order cannot even be read."""
        again = self._read()
        found = self._read()  # the later one is put back: what somebody else has just changed stays
        self._moves_by_itself = compare(found, again).is_reordered
        problem = ""
        try:
            self._try_patches()
            self._try_puts()
            self._undo(found)
            self._try_states()
        except _Stopped:
            problem = INTERRUPTED
        except Exception as error:  # noqa: BLE001 - whatever it is, the order is put back
            problem = _said(error)
        left = [*self._put_back(found)]
        return Tried(found, again, self._writes, problem, tuple(left))

    def _try_patches(self) -> None:
        other = ShopState.DRAFT if self._last.get(STATE) != ShopState.DRAFT else ShopState.DONE
        self._try("conditional", "PATCH", {NUMBER: f"{MARK}-1"}, only_in=other)
        fields = [NUMBER, *([CUSTOMER_NUMBER] if CUSTOMER_NUMBER in self._last else [])]
        self._try("patch", "PATCH", dict.fromkeys(fields, f"{MARK}-2"))
        self._try("unknown", "PATCH", {UNKNOWN_FIELD: MARK})

    def _try_puts(self) -> None:
        as_read = self._try("put", "PUT", self._last)
        if as_read.is_taken and lines(self._last):
            numbers = range(_FIRST_LINE_NUMBER, _FIRST_LINE_NUMBER + len(lines(self._last)))
            numbered = [{**line, LINE_NUMBER: n} for line, n in zip(lines(self._last), numbers, strict=True)]
            self._try("numbered", "PUT", {**self._last, LINES: numbered})

    def _try_states(self) -> None:
        if self._last.get(STATE) != ShopState.CONFIRMED:
            return
        if self._try("forward", "PATCH", {STATE: ShopState.PROCESSING.value}).is_taken:
            self._try("back", "PATCH", {STATE: ShopState.CONFIRMED.value})

    def _put_back(self, found: Mapping[str, Any]) -> Iterator[str]:
        """Undo the writes, as far as the shop allows, and list what differs from the original."""
        try:
            yield from self._late()
            self._undo(found)
            yield from self._left(found)
        except Exception as error:  # noqa: BLE001 - a person must know
            shown = ", ".join(f"`{name}` was {found.get(name)}" for name in WRITTEN)
            yield f"the order could not be put back ({_said(error)}): see to it by hand; {shown}"
            yield f"a `{LINE_NUMBER}` of {_FIRST_LINE_NUMBER} or more is from this check"

    def _late(self) -> Iterator[str]:
        """Name a write that had no answer and has not been done: it may still be."""
        if self._unanswered is None:
            return
        name, before = self._unanswered
        if self._read() == before:
            yield f"a write ({name}) had no answer and may still arrive: look at the order again in a few minutes"

    def _undo(self, found: Mapping[str, Any]) -> None:
        self._read()
        for name in WRITTEN:  # one by one: a refused state must not take the number with it
            if name in found and found[name] != self._last.get(name):
                self._write(f"restore_{name}", "PATCH", {name: found[name]})
        for state in dict.fromkeys([found.get(STATE), self._last.get(STATE)]):
            if not self._differs(found):
                return
            whole = {**found, **({STATE: state} if STATE in found else {})}
            self._write("restore_order", "PUT", _with_present_ids(whole, self._last))

    def _left(self, found: Mapping[str, Any]) -> Iterator[str]:
        now = self._last
        difference = compare(found, now)
        for name in sorted(difference.values):
            if name in WRITTEN:
                yield f"`{name}` was {found.get(name)} and is {now.get(name)}"
            else:
                yield f"`{name}` is not as it was"
        for name in sorted(difference.formats):
            yield f"`{name}` has its value, but is written otherwise"
        if difference.has_new_ids:
            ids = [", ".join(str(line.get("id")) for line in lines(of)) for of in (found, now)]
            yield f"lines had the ids {ids[0]} and have {ids[1]}"
        if difference.is_reordered and not self._moves_by_itself:
            yield "lines come in another sequence"

    def _differs(self, found: Mapping[str, Any]) -> bool:
        difference = compare(found, self._last)
        is_reordered = difference.is_reordered and not self._moves_by_itself
        return bool(difference.values or difference.formats or is_reordered)

    def _try(self, name: str, method: str, body: Mapping[str, Any], *, only_in: str | None = None) -> Write:
        if self._is_stopped():
            raise _Stopped
        return self._write(name, method, body, only_in=only_in)

    def _write(self, name: str, method: str, body: Mapping[str, Any], *, only_in: str | None = None) -> Write:
        log.info("trial on order %d: %s", self._order_id, name)
        before = self._last
        params = {STATE: only_in} if only_in else None
        try:
            answer = self._channel.call(
                method, self._path, params=params, json=dict(body), retry=False, accept=_ANY_ANSWER
            )
        except UnavailableError as error:
            if not error.not_sent:
                self._unanswered = (name, before)
            raise
        try:
            document = answer.json()
        except OrderflowError:
            document = None
        self._last = self._read()
        write = Write(dict(body), answer.status, document, before, self._last)
        self._writes[name] = write
        return write

    def _read(self) -> Mapping[str, Any]:
        answer = self._channel.call("GET", self._path, retry=True)
        self._last = answer.json_object()
        return self._last


class _Stopped(Exception):  # noqa: N818 - no error
    """Somebody wants the trial to end."""


def _said(error: Exception) -> str:
    return error.message if isinstance(error, OrderflowError) else str(unforeseen(error))


def _with_present_ids(found: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Return the original order, with the current ids of its lines if a PUT has changed them."""
    ours, theirs = lines(found), lines(now)
    if LINES not in found or len(ours) != len(theirs) or not compare(found, now).has_new_ids:
        return dict(found)
    return {**found, LINES: [{**line, "id": other.get("id")} for line, other in zip(ours, theirs, strict=True)]}
