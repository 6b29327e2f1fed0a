"""The flow without a scheduler, against the configured connections: `python -m orderflow run --date 2026-11-22`.

    run         one day
    sweep       whatever is open, or named orders, whatever their day
    deliveries  the ERP's new packing slips
    resolve     close orders that somebody has dealt with by hand
    open        list every order that is not done
    reconcile   compare shop and ERP

The last two change nothing. The last line on stdout is the summary as JSON (`open` has none); everything else goes to
stderr. Exit code 0: nothing failed, or differs for longer than its grace; 1: something did, each named on stderr;
2: it could not be done at all.
"""

import argparse
import json
import logging
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from orderflow.domain.decision import Action
from orderflow.domain.window import Window
from orderflow.errors import OrderflowError, unforeseen
from orderflow.flow.batch import errors, values
from orderflow.flow.orders.resolve import find_to_resolve, resolve
from orderflow.flow.orders.run import preview_day, run_day, run_sweep
from orderflow.flow.reconciliation.csv_export import csv_folder, write_csv
from orderflow.flow.reconciliation.reconcile import describe, reconcile
from orderflow.flow.reporting.report import Report
from orderflow.flow.reporting.worklists import open_lines
from orderflow.flow.services import Services
from orderflow.flow.shipments.run import run_shipments
from orderflow.ledger.models.orders import RunRef
from orderflow.orchestration.connect import connect

_FAILED, _UNUSABLE = 1, 2
_LARGEST_ID = 2**63 - 1
_MOST_DAYS = 366


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    asked = _parser().parse_args(arguments)
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", force=True
    )
    try:
        return int(asked.work(asked))
    except (OrderflowError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
    except Exception as error:  # noqa: BLE001 - whatever it is: say so in a sentence, and by the exit code
        sys.stderr.write(f"{unforeseen(error)}\n")
    return _UNUSABLE


def _run(asked: argparse.Namespace) -> int:
    services = connect(read_only=asked.dry_run)
    window = Window.of_day(asked.date, services.settings.timezone)
    if not window.is_over(datetime.now(UTC)) and not asked.allow_open_window:
        raise ValueError(
            f"the day {asked.date} ends at {window.end.isoformat()}: add --allow-open-window to run what it has so far"
        )
    run = _named(asked.date, window.key)
    return _dry_run(services, window, run) if asked.dry_run else _ended(run_day(services, window, run))


def _dry_run(services: Services, window: Window, run: RunRef) -> int:
    selected, plan = preview_day(services, window, run, print)
    counted = Counter(s.decision.action if s.decision else "failed" for s in selected)
    failed = counted["failed"] + len({result.key for result in plan.failed})
    numbers = {"date": window.key, "dry_run": True, "listed": len(selected), **{a.value: counted[a] for a in Action}}
    return _end({**numbers, "failed": failed}, _FAILED if failed else 0)


def _sweep(asked: argparse.Namespace) -> int:
    services = connect()
    return _ended(run_sweep(services, _named("sweep"), references=asked.reference, order_ids=asked.order_id))


def _ended(report: Report) -> int:
    _tell("FAILED", [*report.failures, *report.unfound, *report.broken])
    _tell("FLAGGED", report.flags)
    failed = report.failures or report.unfound or report.broken
    return _end(report.numbers, (_FAILED if report.is_made else _UNUSABLE) if failed else 0)


def _deliveries(asked: argparse.Namespace) -> int:
    services = connect()
    since = Window.of_day(asked.since, services.settings.timezone).start if asked.since else None
    report, failures = run_shipments(services, _named("deliveries"), since)
    _tell("FAILED", failures)
    return _end(report.model_dump(mode="json"), _FAILED if failures else 0)


def _resolve(asked: argparse.Namespace) -> int:
    services = connect(read_only=True)
    found = find_to_resolve(services, asked.name)
    done = resolve(services, values(found), _named("resolve"))
    failed = errors([*found, *done])
    _tell("FAILED", failed)
    return _end({"resolved": len(values(done)), "failed": len(failed)}, _FAILED if failed else 0)


def _open(_asked: argparse.Namespace) -> int:
    for line in open_lines(connect(read_only=True)):
        sys.stdout.write(f"{line}\n")
    return 0


def _reconcile(asked: argparse.Namespace) -> int:
    services = connect(read_only=True)
    reconciled = reconcile(services, _named("reconcile"), days=asked.days, webshop=asked.webshop)
    path = write_csv(reconciled, csv_folder(services.settings))
    failures = [*map(describe, reconciled.overdue), *map(str, reconciled.errors)]
    _tell("FAILED", failures)
    numbers = reconciled.summary.model_dump(mode="json", exclude={"totals"})
    return _end({**numbers, "csv": str(path)}, _FAILED if failures else 0)


def _tell(what: str, lines: Iterable[object]) -> None:
    for line in lines:
        sys.stderr.write(f"{what} {line}\n")


def _end(summary: Mapping[str, Any], code: int) -> int:
    sys.stdout.write(f"{json.dumps(summary)}\n")
    return code


def _named(what: str, partition: str | None = None) -> RunRef:
    return RunRef(dag_id="command", run_id=f"command__{what}__{uuid4().hex[:8]}", partition=partition)


def _whole(text: str, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:20]) <= most):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {most}")
    return int(text)


def _id(text: str) -> int:
    return _whole(text, _LARGEST_ID)


def _days(text: str) -> int:
    return _whole(text, _MOST_DAYS)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="orderflow", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, dest="command")
    run = commands.add_parser("run", help="run one day")
    run.add_argument("--date", required=True, help="the shop-local day, such as 2026-11-22")
    run.add_argument("--dry-run", action="store_true", help="read only, and print every write that would be made")
    run.add_argument("--allow-open-window", action="store_true", help="run a day that is not over yet")
    run.set_defaults(work=_run)
    sweep = commands.add_parser("sweep", help="look at everything that is open, whatever its day")
    sweep.add_argument("--reference", action="append", default=[], help="only this order, such as 2/CS48193")
    sweep.add_argument("--order-id", action="append", default=[], type=_id, help="only this order, by the shop's id")
    sweep.set_defaults(work=_sweep)
    deliveries = commands.add_parser("deliveries", help="tell the shop of the ERP's new packing slips")
    deliveries.add_argument("--since", help="read every slip made since this shop-local day, such as 2026-11-22")
    deliveries.set_defaults(work=_deliveries)
    resolved = commands.add_parser("resolve", help="close orders that somebody has dealt with by hand")
    resolved.add_argument("name", nargs="+", help="a reference, such as 2/CS48193, or an order id")
    resolved.set_defaults(work=_resolve)
    listing = commands.add_parser("open", help="list every order that is not done: list, order, age, reason, owner")
    listing.set_defaults(work=_open)
    both = commands.add_parser("reconcile", help="compare shop and ERP, change neither")
    both.add_argument("--days", type=_days, help="whole days back, besides today; default: as the settings say")
    both.add_argument("--webshop", type=_id, help="only this webshop")
    both.set_defaults(work=_reconcile)
    return parser


if __name__ == "__main__":
    sys.exit(main())
