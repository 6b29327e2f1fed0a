"""Proves the cells of the fault matrix: one thing goes wrong, the normal schedule continues, everything gets done."""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import make_url

from faults.dag_run import LIST, SELECT, UNFORESEEN
from faults.database import closed, end_connections, locked
from faults.invariants import Books
from faults.ledgers import Ledgers
from faults.people import people_broken
from faults.rows import KILLS, MEANINGLESS, OFFLINE, ONLINE, RULES, SETTINGS, Column, Kind, Row, Scene
from faults.worker import Job, Stop, Worker
from orderflow.ledger.ledger import Ledger
from sandbox.control import SandboxControl

DAY = "2026-11-22"
PEOPLE: Mapping[Scene, Mapping[str, Any]] = {
    Scene.GUEST: {"guest": {"email": "an@example.nl", "name": "A. Koper", "street1": "Kade"}},
}
"""The buyers of the online order."""
ONCE, LASTING = 1, 2
"""How many consecutive calls are hit: one, or all that a client makes before it gives up."""
IMPATIENT = 1.0
_UNCLEAR = {"in_doubt", "pushing", "sending"}
_LEASE_MINUTES = 6
"""After this many minutes, a dead worker's claim has expired."""
IMPATIENT_DATABASE = {"options": "-c lock_timeout=200"}


@dataclass(frozen=True)
class Bench:
    """Where cells are proved: a sandbox and a ledger; the ledger's own rows need one on PostgreSQL."""

    control: SandboxControl
    sandbox_url: str
    ledgers: Ledgers
    scene: Scene = Scene.DAY
    sent_again = "sent again, same key"
    found = "looked up, taken"

    def arrange(self) -> None:
        """Start with the two orders of the day."""
        self.control.reset()
        self.ledgers.fresh()
        line = {"product": {"origin": "myorigin", "key": "124_STUK"}, "unit_price": "10.00", "type": "line"}
        lines = [{**line, "quantity": 2}, {**line, "quantity": 5}]
        day = {"confirm_date": f"{DAY}T12:00:00", "order_lines": lines}
        people = PEOPLE.get(self.scene, {})
        self.control.add_orders(
            {"id": ONLINE, **day, **people}, {"id": OFFLINE, **day, "offline": True, "state": "done"}
        )
        if self.scene is Scene.MOVED:
            self.control.erp_customers.import_from_shop()
            new = self.control.people.add("address", customer=1324, street1="Bouwplaats 3")
            self.control.edit_order(ONLINE, shipment_address=new["id"])

    def start(self, **wish: Any) -> Worker:
        """Start a worker; without `day` it runs a sweep."""
        return Worker(Job(self.sandbox_url, self.ledgers.url, settings=SETTINGS[self.scene], **wish))

    def begin(self, **wish: Any) -> Worker:
        """Start the run that the rows are about."""
        return self.start(day=DAY, **wish)

    def recover(self) -> str:
        """Continue the normal schedule until everything is done; return what it took, the offline order separately."""
        took = {ONLINE: "", OFFLINE: ""}
        for minutes, day, name in (
            (10, None, "next sweep"),
            (6 * 60 + 20, None, "sweep after 6 h"),
            (7 * 60, DAY, "day run again"),
        ):
            hit = self.broken()
            if hit:
                self.start(run_id=name, day=day, minutes_later=minutes, tries=2).until("over")
                took |= {order: name for order in took if _about(order, hit) and not _about(order, self.broken())}
        assert not self.broken(), f"not even the day run again makes it good: {self.broken()}"
        if took[ONLINE] and took[OFFLINE] not in {"", took[ONLINE]}:
            return f"{took[ONLINE]}; offline order: {took[OFFLINE]}"
        return took[ONLINE] or took[OFFLINE] or "nothing left to do"

    def broken(self) -> list[str]:
        """List what is currently lost, doubled or half done."""
        found = Books(self.control, self._ledger, self._versions()).broken()
        if self.scene in {Scene.GUEST, Scene.MOVED}:
            found += people_broken(self.control)
        if self.scene is Scene.FINISHED and self.control.order(ONLINE)["shipment_state"] != "sent":
            found.append(f"order {ONLINE}: HALF: not finished")
        return found

    def after_a_kill(self) -> str:
        """Return what it took besides the task's next try, which alone must be enough."""
        assert not self.broken(), self.broken()
        return ""

    def left(self) -> str:
        """Return the online order's progress in the ledger."""
        known = self._ledger.get_many([ONLINE]).get(ONLINE)
        return known.progress.value if known else "unknown"

    @property
    def _ledger(self) -> Ledger:
        return Ledger(self.ledgers.engines[0].engine)

    def posts(self) -> list[dict[str, Any]]:
        """Return the requests that must not be made twice: those that create an order in the ERP."""
        return self.control.journal(service="erp", method="POST")

    def _versions(self) -> Mapping[int, list[dict[str, Any]]]:
        """Return the original orders: nobody edits them here, so they are today's without what the flow writes."""
        return {order["id"]: [order] for order in self.control.orders()}


def _about(order: int, broken: Iterable[str]) -> bool:
    return any(f"order {order}" in what for what in broken)


def prove(bench: Bench, row: Row, column: Column) -> str:
    """Prove one cell; return its text. AssertionError if anything is wrong."""
    if (row.kind, column) in MEANINGLESS:
        return f"n/a: {MEANINGLESS[row.kind, column]}"
    if column in KILLS:
        return _prove_kill(bench, row, column)
    if row.kind is Kind.LEDGER:
        return _prove_database(bench, row, column)
    if row.kind is Kind.XCOM:
        return _prove_xcom(bench, row, column)
    return _prove_http(bench, row, column)


def _prove_http(bench: Bench, row: Row, column: Column) -> str:
    """Hit one call, then all that the client makes; of wrong answers, one kind after another."""
    if column is Column.REFUSED:
        stops = [Stop(row.what, "before", row.skip, times, "refuse") for times in (ONCE, LASTING)]
        said = [_one_fault(bench, None, stop=stop) for stop in stops]
        return _joined(("once", "lasting"), said)
    if column is Column.WRONG:
        said = [_one_fault(bench, {**row.rule, **wrong}) for wrong in row.wrong]
        names = ("admitted", "hidden") if row.wrong[0]["action"] == "ignore_fields" else ("nothing done", "done")
        return _joined(names, said)
    if column is Column.LATE:
        return _one_fault(bench, {**row.rule, **RULES[column]}, read_timeout=IMPATIENT)
    said = [_one_fault(bench, {**row.rule, **RULES[column], "times": times}) for times in (ONCE, LASTING)]
    return _joined(("once", "lasting"), said)


def _one_fault(bench: Bench, rule: Mapping[str, Any] | None, **wish: Any) -> str:
    """Let one run meet a fault; return how it recovered."""
    bench.arrange()
    if rule:
        bench.control.faults([dict(rule)])
    worker = bench.begin(tries=2, **wish)
    return _told(bench, worker)


def _told(bench: Bench, worker: Worker) -> str:
    """Wait for the end of a run during which something is wrong, until it is over or its task needs a retry."""
    sign = worker.until("pause", "over")
    left, posts = bench.left(), len(bench.posts())
    if sign == "pause":
        bench.control.release()
        bench.control.settle()
        worker.go_on()
        worker.until("over")
    bench.control.clear_faults()
    bench.control.release()
    bench.control.settle()
    if bench.broken():
        return f"{_why(worker)}; {bench.recover()}{_how(bench, posts, left)}"
    if worker.failures:
        return f"{_why(worker)}; task again{_how(bench, posts, left)}"
    return f"call{_how(bench, min(posts, 1), '')}"


def _why(worker: Worker) -> str:
    """Return the error of the first failed try."""
    if not worker.failures:
        return "run is green"
    reason = worker.failures[0].reason
    return "its task fails" if reason == UNFORESEEN else f"`{reason}`"


def _how(bench: Bench, posts_before: int, left: str) -> str:
    """Say how the ERP got the order, if that is noteworthy."""
    doubt = f" (was {left})" if left in _UNCLEAR else ""
    if len(bench.posts()) > posts_before > 0:
        return f": {bench.sent_again}{doubt}"
    if posts_before and _untold(bench):
        return f": {bench.found}{doubt}"
    return doubt


def _untold(bench: Bench) -> bool:
    """Whether the request was carried out by a call whose answer did not say so."""
    return any(post["committed"] and post["fault"] for post in bench.posts())


def _prove_xcom(bench: Bench, row: Row, column: Column) -> str:
    """Lose a task's return value: before it is stored, after, or by storing something else."""
    bench.arrange()
    if column is Column.WRONG:
        _killed(bench, row, "after")
        worker = bench.start(day=DAY, told={LIST: [ONLINE], SELECT: []}, minutes_later=_LEASE_MINUTES)
        worker.until("over")
        return f"an empty list: {_why(worker)}; {bench.recover()}"
    moment = "after" if column in {Column.RESET_AFTER, Column.LATE} else "before"
    return _told(bench, bench.start(day=DAY, tries=2, stop=Stop(row.what, moment, then="fail")))


def _prove_kill(bench: Bench, row: Row, column: Column) -> str:
    """Kill the worker; then its task is started again or, in a second world, only the sweep finds the order."""
    said = []
    for again in (True, False):
        bench.arrange()
        worker = _killed(bench, row, KILLS[column])
        left, posts = bench.left(), len(bench.posts())
        if again:
            told = {task: value for task, value in worker.told.items() if value is not None}
            bench.begin(told=told, tries=2, first_try=2, minutes_later=_LEASE_MINUTES).until("over")
            more = bench.after_a_kill()
            said.append(f"left `{left}`; task again{more}{_after_kill(bench, posts, left)}")
        else:
            hit, semicolon, offline = bench.recover().partition(";")
            said.append(f"{hit}{_after_kill(bench, posts, left)}{semicolon}{offline}")
    return _joined(("", "or"), said)


def _after_kill(bench: Bench, posts_before: int, left: str) -> str:
    if not posts_before or left not in _UNCLEAR:
        return ""
    return f": {bench.sent_again if len(bench.posts()) > posts_before else bench.found}"


def _killed(bench: Bench, row: Row, moment: str) -> Worker:
    """Kill a worker at the point: before the call is sent, while the server holds it, or once its answer is there."""
    held = row.kind is Kind.HTTP and moment == "during"
    if held:
        bench.control.faults([{**row.rule, **RULES[Column.LATE]}])
    worker = bench.begin(stop=Stop(row.what, "before" if held else moment, row.skip))
    worker.until("here")
    if held:
        worker.go_on()
        while not any(call["fault"] and not call["finished"] for call in bench.control.journal()):
            pass
    worker.kill()
    bench.control.release()
    bench.control.settle()
    bench.control.clear_faults()
    return worker


def _prove_database(bench: Bench, row: Row, column: Column) -> str:
    """Break the ledger's database during a write: on a real server, except for the lost answer to a commit."""
    bench.arrange()
    if column is Column.RESET_AFTER:
        worker = bench.begin(tries=2, stop=Stop(row.what, "after", then="lose"))
        return _told(bench, worker)
    moment = "during" if column is Column.RESET_BEFORE else "before"
    worker = bench.begin(tries=2, stop=Stop(row.what, moment))
    worker.until("here")
    if column is Column.RESET_BEFORE:
        end_connections(make_url(bench.ledgers.url))
    trouble = {
        Column.REFUSED: closed(make_url(bench.ledgers.url)),
        Column.RESET_BEFORE: nullcontext(),
        Column.LATE: locked(make_url(bench.ledgers.url), row.table),
    }[column]
    with trouble:
        worker.go_on()
        sign = worker.until("pause", "over")
    left, posts = bench.left(), len(bench.posts())
    if sign == "over" and not bench.broken():
        return "written again at once"
    worker.go_on()
    worker.until("over")
    recovery = f"{bench.recover()}" if bench.broken() else "task again"
    what = "lock: " if column is Column.LATE else ""
    return f"{what}{_why(worker)}; {recovery}{_how(bench, posts, left)}"


def _joined(names: tuple[str, ...], said: list[str]) -> str:
    """Return a single result as it is, and several with their names."""
    if len(set(said)) == 1:
        return said[0]
    return "<br>".join(f"{name}: {what}" if name else what for name, what in zip(names, said, strict=False))
