"""Months of a shop in minutes: the flow's own use cases and reports, the sandbox, and a simulated clock."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self
from zoneinfo import ZoneInfo

from orderflow.domain.window import Window
from orderflow.errors import OrderflowError
from orderflow.flow.orders.resolve import resolve
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.orders.select import select, to_process
from orderflow.flow.orders.steps import ORDER_STEPS, run_step
from orderflow.flow.reconciliation.reconcile import reconcile
from orderflow.flow.reporting.announce import NewsError
from orderflow.flow.services import Services
from orderflow.flow.shipments.run import run_shipments
from orderflow.ledger.models.orders import LedgerOrder
from orderflow.orchestration.failed_tasks import FailedTask
from orderflow.orchestration.reconcile_tasks import deliver_digest
from orderflow.orchestration.run_context import RunContext
from orderflow.orchestration.run_reports import end_report, raise_unworked
from sandbox import clock as sandbox_clock
from sandbox.control import SandboxControl
from support.clock import Clock
from support.receivers import webhook_receiver
from year.inbox import Inbox
from year.mix import Mix
from year.shop import Shop

ZONE = ZoneInfo("Europe/Amsterdam")
DAILY, SWEEP, DELIVERIES, RECONCILE = (
    "orderflow_daily",
    "orderflow_sweep",
    "orderflow_deliveries",
    "orderflow_reconcile",
)


class Simulation:
    """A shop, its flow, and the people who get its messages."""

    def __init__(self, services: Services, control: SandboxControl, clock: Clock, mix: Mix, seed: int) -> None:
        self.services = replace(services, now=clock)
        self.control = control
        self.clock = clock
        self.inbox = Inbox()
        self.red: list[tuple[datetime, str]] = []
        self.runs = Counter[str]()
        self.calls = 0
        self.shop = Shop(control, mix, seed, self._asked)
        self._webhook: list[Any] = []
        self._told: set[int] = set()

    @classmethod
    @contextmanager
    def started(cls, services: Services, control: SandboxControl, clock: Clock, mix: Mix, seed: int) -> Iterator[Self]:
        """Yield a simulation with a real webhook; the caller sets the ledger's connection."""
        with ExitStack() as stack:
            address, webhook = stack.enter_context(webhook_receiver())
            os.environ["AIRFLOW_CONN_ORDERFLOW_ALERTS_WEBHOOK"] = json.dumps({"conn_type": "http", "host": address})
            os.environ["AIRFLOW_VAR_ORDERFLOW"] = "{}"
            stack.callback(os.environ.pop, "AIRFLOW_CONN_ORDERFLOW_ALERTS_WEBHOOK")
            simulation = cls(services, control, clock, mix, seed)
            simulation._webhook = webhook
            yield simulation

    def run(self, days: int, *, sweep_minutes: int = 15) -> None:
        """Simulate this many days."""
        start = self.clock.now
        self.shop.plan(start, days)
        end, last = start + timedelta(days=days), start
        while self.clock.now < end:
            self.clock.advance(minutes=sweep_minutes)
            self._happen(until=self.clock.now)
            with sandbox_clock.held_at(self.clock.now):
                self._due(last, self.clock.now)
            last = self.clock.now

    def _happen(self, until: datetime) -> None:
        while (instant := self.shop.next_at()) is not None and instant <= until:
            with sandbox_clock.held_at(instant):
                self.shop.go()

    def _due(self, last: datetime, now: datetime) -> None:
        """Run what the schedules would run now."""
        before, local = last.astimezone(ZONE), now.astimezone(ZONE)
        if local.date() != before.date():
            self._task(DAILY, lambda here: self._day(here, f"{before:%Y-%m-%d}"), f"{before:%Y-%m-%d}")
        self._task(SWEEP, lambda here: run_sweep(self.services, here.run))
        if local.hour != before.hour:
            self._task(DELIVERIES, lambda here: run_shipments(self.services, here.run))
        if before.hour < 6 <= local.hour:
            self._task(RECONCILE, lambda here: reconcile(self.services, here.run))
            deliver_digest(self.services, self._here(RECONCILE, f"digest {now.isoformat()}"))
            self.calls += len(self.control.journal())
            self.control.clear_journal()
        self._read()

    def _day(self, here: RunContext, day: str) -> None:
        run_day(self.services, Window.of_day(day, str(ZONE)), here.run)

    def _task(self, dag_id: str, work: Callable[[RunContext], object], partition: str | None = None) -> None:
        """Run a DAG as Airflow would: what fails as a whole is a failed task, and the report is the last task."""
        self.runs[dag_id] += 1
        here, broken = self._here(dag_id, f"{dag_id} {self.clock.now.isoformat()}", partition), []
        try:
            work(here)
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
        """Let people read their messages, and act on their own."""
        if not self._webhook:
            return
        for message in self._webhook:
            self.inbox.read(self.clock.now, message)
        self._webhook.clear()
        for alert in self.services.ledger.alerts.open():
            if alert.order_id is not None and alert.id not in self._told:
                self._told.add(alert.id)
                self.shop.message(self.clock.now, alert.reason, alert.order_id)

    def _asked(self, what: str, order_id: int) -> None:
        """Run what a person has started for an order."""
        here = self._here(SWEEP, f"{what} {order_id} {self.clock.now.isoformat()}")
        if what == "resolve":
            resolve(self.services, [order_id], here.run)
            return
        ids = to_process(select(self.services, [order_id], run=here.run, window=None))
        for step in ORDER_STEPS:
            run_step(self.services, step, ids, here.run)

    def exported_once(self) -> list[str]:
        """Audit both sides: list every payable order that is not in the ERP exactly once, or is partly written back."""
        made = Counter(order["request"]["shop_order_id"] for order in self.control.erp_orders())
        wrong = []
        for order_id in self.shop.paid:
            order, known = self.control.order(order_id), self.services.ledger.get(order_id)
            if order["state"] == "cancel" or _is_open(known):
                continue
            if made[order_id] != 1 or not order["erp_order_number"]:
                wrong.append(f"{order_id}: {made[order_id]} in the ERP, the shop says {order['erp_order_number']}")
        return [*wrong, *(f"{order_id}: {count} in the ERP" for order_id, count in made.items() if count > 1)]


def ledger_file(folder: Path) -> str:
    """Set the ledger that reports use, and return its URL."""
    url = f"sqlite:///{folder / 'ledger.db'}"
    os.environ["AIRFLOW_CONN_ORDERFLOW_LEDGER"] = url
    return url


def _is_open(known: LedgerOrder | None) -> bool:
    """Whether the flow itself says that it is not done: somebody was notified."""
    return known is None or known.progress in {"held", "rejected", "waiting", "ready", "unread", "skipped", "resolved"}
