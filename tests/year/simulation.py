"""Months of a shop in minutes: the flow's own use cases and reports, the sandbox, and a simulated clock."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import OperatorDecision
from orderflow.domain.window import Window
from orderflow.errors import OrderflowError
from orderflow.flow.orders.resolve import resolve
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.orders.select import select, to_process
from orderflow.flow.orders.steps import ORDER_STEPS, run_step
from orderflow.flow.reconciliation.reconcile import reconcile
from orderflow.flow.reporting.announce import NewsError
from orderflow.flow.reporting.report import Report
from orderflow.flow.services import Services
from orderflow.flow.shipments.report import keep_alerts
from orderflow.flow.shipments.run import run_shipments
from orderflow.flow.shipments.send import send_shipments
from orderflow.ledger.models.alerts import Alert
from orderflow.orchestration.failed_tasks import FailedTask
from orderflow.orchestration.reconcile_work import deliver_digest
from orderflow.orchestration.run_context import RunContext
from orderflow.orchestration.run_reports import end_report, raise_unworked
from sandbox import clock as sandbox_clock
from sandbox.control import SandboxControl
from support.clock import Clock
from year.inbox import Inbox
from year.people import Person
from year.shop import Shop

ZONE = ZoneInfo("Europe/Amsterdam")
DAILY, SWEEP, DELIVERIES, RECONCILE = (
    "orderflow_daily",
    "orderflow_sweep",
    "orderflow_deliveries",
    "orderflow_reconcile",
)
_QUIET = timedelta(hours=1)
"""How often the sweep runs while nothing happens: more often would change nothing."""
_SWEEPS_AFTER = timedelta(minutes=45)
"""For how long every sweep runs after something has happened: an outage is announced by the second one."""
_AGAIN = timedelta(hours=20)
"""When a person looks again at what is still open."""
_REASON = re.compile(r"\((\w+); owner: ")


class Simulation:
    """A shop, its flow, and the people who get its messages."""

    def __init__(
        self, services: Services, control: SandboxControl, clock: Clock, shop: Shop, webhook: list[Any]
    ) -> None:
        self.services = services
        self.control = control
        self.clock = clock
        self.inbox = Inbox()
        self.red: list[tuple[datetime, str]] = []
        self.runs = Counter[str]()
        self.calls = 0
        self.shop = shop
        self.by_hand: set[str] = set()
        """Packing slips of which a person has said that the shop needs no message."""
        self._person = Person(control, self._asked)
        self._webhook = webhook
        self._told: set[int] = set()
        self._busy_until = clock.now

    def run(self, days: int, *, sweep_minutes: int = 15, afterwards: int = 12) -> None:
        """Simulate this many days, and `afterwards` some more without buyers, in which everybody finishes."""
        start = self.clock.now
        self.shop.plan(start, days)
        end, last, swept = start + timedelta(days=days + afterwards), start, start
        while self.clock.now < end:
            self.clock.advance(minutes=sweep_minutes)
            if self._happen(until=self.clock.now):
                self._busy_until = self.clock.now + _SWEEPS_AFTER
            busy = self.clock.now <= max(self._busy_until, self.shop.down_until + _SWEEPS_AFTER)
            with sandbox_clock.held_at(self.clock.now):
                self._due(last, self.clock.now, sweep=busy or self.clock.now - swept >= _QUIET)
            swept = self.clock.now if busy or self.clock.now - swept >= _QUIET else swept
            last = self.clock.now
        self._count_calls()

    def open_alerts(self) -> list[Alert]:
        """Return what is open."""
        return self.services.ledger.alerts.open()

    def _happen(self, until: datetime) -> bool:
        happened = False
        while (instant := self.shop.next_at()) is not None and instant <= until:
            with sandbox_clock.held_at(instant):
                self.shop.go()
            happened = True
        return happened

    def _due(self, last: datetime, now: datetime, *, sweep: bool) -> None:
        """Run what the schedules would run now."""
        before, local = last.astimezone(ZONE), now.astimezone(ZONE)
        if local.date() != before.date():
            self._task(DAILY, lambda here: self._day(here, f"{before:%Y-%m-%d}"), f"{before:%Y-%m-%d}")
        if sweep:
            self._task(SWEEP, lambda here: run_sweep(self.services, here.run))
        if local.hour != before.hour:
            self._task(DELIVERIES, lambda here: run_shipments(self.services, here.run))
        if before.hour < 6 <= local.hour:
            self._task(RECONCILE, lambda here: reconcile(self.services, here.run))
            deliver_digest(self.services, self._here(RECONCILE, f"digest {now.isoformat()}"))
            self._count_calls()
        self._read()

    def _count_calls(self) -> None:
        self.calls += len(self.control.journal())
        self.control.clear_journal()

    def _day(self, here: RunContext, day: str) -> Report:
        return run_day(self.services, Window.of_day(day, str(ZONE)), here.run)

    def _task(self, dag_id: str, work: Callable[[RunContext], object], partition: str | None = None) -> None:
        """Run a DAG as Airflow would: what fails as a whole is a broken task, and the report is the last task."""
        self.runs[dag_id] += 1
        here = self._here(dag_id, f"{dag_id} {self.clock.now.isoformat()}", partition)
        try:
            done = work(here)
            broken = _broken(done.broken) if isinstance(done, Report) else []
        except OrderflowError as error:
            broken = [FailedTask("list", None, error.reason, str(error))]
        try:
            end_report(self.services, here, broken)
            if dag_id == DAILY:
                raise_unworked(broken)
        except NewsError:
            self.red.append((self.clock.now, dag_id))

    def _here(self, dag_id: str, run_id: str, partition: str | None = None) -> RunContext:
        ti = SimpleNamespace(dag_id=dag_id, run_id=run_id, task_id="report", map_index=-1, try_number=1)
        return RunContext({"ti": ti, "params": {}, "partition_key": partition})  # type: ignore[typeddict-item]

    def _read(self) -> None:
        """Let people read their messages, and act on what is theirs."""
        for message in self._webhook:
            self.inbox.read(self.clock.now, message)
        self._webhook.clear()
        new = [alert for alert in self.open_alerts() if alert.id not in self._told]
        for alert in [alert for alert in new if alert.order_id is not None or alert.shipment]:
            if self._is_told(alert):
                self._told.add(alert.id)
                low, high = self.shop.mix.person_hours
                self.shop.later(low, high, lambda alert=alert: self._act(alert))

    def _is_told(self, alert: Alert) -> bool:
        found = text("SELECT COUNT(*) FROM orderflow_notice WHERE alert_id = :id AND channel = 'webhook'")
        with self.services.ledger._engine.connect() as connection:
            return bool(connection.execute(found, {"id": alert.id}).scalar())

    def _act(self, alert: Alert) -> None:
        """Have the person do something about it, unless it is over; and again tomorrow if it does not help."""
        if alert.id not in {one.id for one in self.open_alerts()}:
            return
        paid = self._person.act(alert)
        if paid is not None:
            self.shop.paid.add(paid)
        hours = _AGAIN.total_seconds() / 3600
        self.shop.later(hours, hours, lambda: self._act(alert))

    def _asked(self, what: str, about: Any) -> None:
        """Run what a person has started for an order or a packing slip, at the time of the world."""
        here, now = self._here(SWEEP, f"{what} {about} {sandbox_clock.now().isoformat()}"), self.clock.now
        self.clock.now = sandbox_clock.now()
        if what == "resolve":
            resolve(self.services, [about], here.run)
        elif what == "retry":
            ids = to_process(select(self.services, [about], run=here.run, window=None))
            for step in ORDER_STEPS:
                run_step(self.services, step, ids, here.run)
        else:
            self._say_of_slip(what, about, here)
        self.clock.now = now

    def _say_of_slip(self, what: str, number: str, here: RunContext) -> None:
        if what == "arrived":
            self.by_hand.add(number)
        word = OperatorDecision(**{what: [number]})
        send_shipments(self.services, [number], here.run, word)
        keep_alerts(self.services, [number], here.run)


def _broken(errors: Sequence[str]) -> list[FailedTask]:
    """Name the tasks that would have failed in Airflow: what a run without it only reports. One for each reason."""
    tasks = {}
    for error in errors:
        found = _REASON.search(error)
        reason = Reason(found[1]) if found else Reason.UNEXPECTED
        tasks.setdefault(reason, FailedTask(str(reason), None, reason, error))
    return list(tasks.values())
