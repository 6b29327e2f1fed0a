"""One window against the configured connections, without a scheduler: `python -m orderflow run --date 2026-11-22`.

`python -m orderflow open` lists every order that is not done; `python -m orderflow reconcile` compares shop and ERP.
Neither changes anything.

The last line on stdout is the summary as JSON; everything else goes to stderr. Exit code 0: no order failed, or differs
for longer than its grace; 1: some did, each named on stderr; 2: the run could not be made at all.
"""

import argparse
import json
import logging
import sys
from collections import Counter
from datetime import UTC, datetime
from uuid import uuid4

from orderflow.domain.decision import Action
from orderflow.domain.window import Window
from orderflow.errors import OrderflowError
from orderflow.flow.orders.run import preview_day, run_day
from orderflow.flow.reconciliation.csv_export import csv_folder, write_csv
from orderflow.flow.reconciliation.reconcile import describe, reconcile
from orderflow.flow.reporting.worklists import open_lines
from orderflow.ledger.models.orders import RunRef
from orderflow.orchestration.connect import connect

_UNUSABLE = 2


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    asked = _parser().parse_args(arguments)
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", force=True
    )
    try:
        if asked.command == "open":
            return _open()
        if asked.command == "reconcile":
            return _reconcile(asked.days, asked.webshop)
        return _run(asked.date, dry_run=asked.dry_run, allow_open_window=asked.allow_open_window)
    except (OrderflowError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return _UNUSABLE


def _run(date: str, *, dry_run: bool, allow_open_window: bool) -> int:
    services = connect(read_only=dry_run)
    window = Window.of_day(date, services.settings.timezone)
    if not window.is_over(datetime.now(UTC)) and not allow_open_window:
        raise ValueError(
            f"the day {date} ends at {window.end.isoformat()}: add --allow-open-window to run what it has so far"
        )
    run = RunRef(dag_id="command", run_id=f"command__{date}__{uuid4().hex[:8]}", partition=window.key)
    if dry_run:
        selected, plan = preview_day(services, window, run, print)
        counted = Counter(s.decision.action if s.decision else "failed" for s in selected)
        failed = counted["failed"] + len({result.key for result in plan.failed})
        summary = {"date": date, "dry_run": True, "listed": len(selected), **{a.value: counted[a] for a in Action}}
        sys.stdout.write(f"{json.dumps({**summary, 'failed': failed})}\n")
        return 1 if failed else 0
    report = run_day(services, window, run)
    for failure in report.failures:
        sys.stderr.write(f"FAILED {failure}\n")
    for flag in report.flags:
        sys.stderr.write(f"FLAGGED {flag}\n")
    sys.stdout.write(f"{json.dumps(report.numbers)}\n")
    return 1 if report.failures else 0


def _open() -> int:
    for line in open_lines(connect(read_only=True)):
        sys.stdout.write(f"{line}\n")
    return 0


def _reconcile(days: int | None, webshop: int | None) -> int:
    services = connect(read_only=True)
    run = RunRef(dag_id="command", run_id=f"command__reconcile__{uuid4().hex[:8]}")
    reconciled = reconcile(services, run, days=days, webshop=webshop)
    path = write_csv(reconciled, csv_folder(services.settings))
    for line in [*map(describe, reconciled.overdue), *map(str, reconciled.errors)]:
        sys.stderr.write(f"FAILED {line}\n")
    summary = reconciled.summary.model_dump(mode="json", exclude={"totals"})
    sys.stdout.write(f"{json.dumps({**summary, 'csv': str(path)})}\n")
    return 1 if reconciled.overdue or reconciled.errors else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="orderflow", description=__doc__)
    commands = parser.add_subparsers(required=True, dest="command")
    run = commands.add_parser("run", help="run one day")
    run.add_argument("--date", required=True, help="the shop-local day, such as 2026-11-22")
    run.add_argument("--dry-run", action="store_true", help="read only, and print every write that would be made")
    run.add_argument("--allow-open-window", action="store_true", help="run a day that is not over yet")
    commands.add_parser("open", help="list every order that is not done: list, order, age, reason, who fixes it")
    both = commands.add_parser("reconcile", help="compare shop and ERP, change neither")
    both.add_argument("--days", type=int, help="whole days back, besides today; default: as the settings say")
    both.add_argument("--webshop", type=int, help="only this webshop")
    return parser


if __name__ == "__main__":
    sys.exit(main())
