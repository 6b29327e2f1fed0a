"""The commands of `python -m orderflow`, once the command line has been read."""

import json
import logging
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from orderflow.checking.recorder import record
from orderflow.checking.tried import Tried
from orderflow.domain.decision import Action
from orderflow.domain.window import Window
from orderflow.errors import MissingConnectionError, OrderflowError, unforeseen
from orderflow.flow.batch import StepResult, errors, values
from orderflow.flow.orders.forget import ELSEWHERE, forget
from orderflow.flow.orders.resolve import find_to_resolve, resolve
from orderflow.flow.orders.run import preview_day, run_day, run_sweep
from orderflow.flow.reconciliation.csv_export import save_csv
from orderflow.flow.reconciliation.describe import describe
from orderflow.flow.reconciliation.reconcile import reconcile
from orderflow.flow.reporting.report import Report
from orderflow.flow.reporting.worklists import open_lines
from orderflow.flow.services import Services
from orderflow.flow.shipments.run import run_shipments
from orderflow.flow.shop_check.check import check_and_keep
from orderflow.flow.shop_check.safety import risks
from orderflow.flow.shop_check.trial import trial_of
from orderflow.interruption import interruptions_noted
from orderflow.ledger.models.orders import RunRef
from orderflow.orchestration.connect import connect, services_of
from orderflow.orchestration.csv_folder import csv_folder
from orderflow.redaction import GuardedFormatter, fit_to_show

_FAILED, _UNUSABLE = 1, 2
_TAKEN_UP = "What was begun is in the ledger: the next run or sweep takes it up."
_CHECK_LOST = "The check is not complete, and nothing of it is kept."
_WHERE = (
    "Commands read connections and the Variable from the environment (AIRFLOW_CONN_…, AIRFLOW_VAR_ORDERFLOW) or a "
    "secrets backend: those in Airflow's database are for its tasks only."
)


def execute(asked: Namespace) -> int:
    """Run the command; return the exit code."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(GuardedFormatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        return _WORK[asked.command](asked)
    except (OrderflowError, ValueError) as error:
        sys.stderr.write(f"{fit_to_show(str(error))}\n")
        if isinstance(error, MissingConnectionError):
            sys.stderr.write(f"{_WHERE}\n")
    except KeyboardInterrupt:
        sys.stderr.write(f"Interrupted. {_CHECK_LOST if asked.command == 'check-shop' else _TAKEN_UP}\n")
    except Exception as error:  # noqa: BLE001 - whatever it is: say so in a sentence, and by the exit code
        sys.stderr.write(f"{unforeseen(error)}\n")
    return _UNUSABLE


def _run(asked: Namespace) -> int:
    services = connect(dry_run=asked.dry_run)
    window = Window.of_day(asked.date, services.settings.timezone)
    if not window.is_over(datetime.now(UTC)) and not asked.allow_open_window:
        raise ValueError(
            f"the day {asked.date} ends at {window.end.isoformat()}: add --allow-open-window to run its orders so far"
        )
    run = _named(asked.date, window.key)
    return _dry_run(services, window, run) if asked.dry_run else _ended(run_day(services, window, run))


def _dry_run(services: Services, window: Window, run: RunRef) -> int:
    selected, plan = preview_day(services, window, run, _say)
    counted = Counter(s.decision.action for s in selected if s.decision)
    failed = len({result.order_id for result in plan.failed if isinstance(result, StepResult)})
    numbers = {"date": window.key, "dry_run": True, "listed": len(selected), **{a.value: counted[a] for a in Action}}
    return _end({**numbers, "failed": failed}, _FAILED if failed else 0)


def _sweep(asked: Namespace) -> int:
    services = connect()
    return _ended(run_sweep(services, _named("sweep"), references=asked.reference, order_ids=asked.order_id))


def _ended(report: Report) -> int:
    _tell("FAILED", [*report.failures, *report.unfound, *report.broken])
    _tell("FLAGGED", report.flags)
    failed = report.failures or report.unfound or report.broken
    return _end(report.numbers, (_FAILED if report.is_made else _UNUSABLE) if failed else 0)


def _deliveries(asked: Namespace) -> int:
    services = connect()
    since = Window.of_day(asked.since, services.settings.timezone).start if asked.since else None
    report, failures = run_shipments(services, _named("deliveries"), since)
    _tell("FAILED", failures)
    return _end(report.model_dump(mode="json"), _FAILED if failures else 0)


def _resolve(asked: Namespace) -> int:
    services = connect(read_only=True)
    found = find_to_resolve(services, asked.name)
    done = resolve(services, values(found), _named("resolve"))
    failed = errors([*found, *done])
    _tell("FAILED", failed)
    return _end({"resolved": len(values(done)), "failed": len(failed)}, _FAILED if failed else 0)


def _forget(asked: Namespace) -> int:
    if not asked.reference and not asked.order_id:
        raise ValueError("name the order: --reference 2/CS48193, or --order-id and the shop's id")
    results = forget(services_of().ledger, references=asked.reference, order_ids=asked.order_id)
    erased, failed = values(results), errors(results)
    _tell("LEFT", (f"id {order.order_id}: {line}" for order in erased for line in order.left))
    _tell("FAILED", failed)
    if erased:
        _tell("NOTE", [ELSEWHERE])
    return _end({"forgotten": len(erased), "failed": len(failed)}, _FAILED if failed else 0)


def _open(_asked: Namespace) -> int:
    for line in open_lines(services_of()):
        _say(line)
    return 0


def _check_shop(asked: Namespace) -> int:
    if asked.with_message and not asked.with_order:
        raise ValueError("--with-message goes with --with-order: name an order of a test environment")
    trial = None
    if asked.with_order:
        trial = _said_at_once(
            asked.with_order,
            trial_of(
                connect(for_trial=True), asked.with_order, _named("check"), _is_typed, with_message=asked.with_message
            ),
        )
    services = connect(read_only=True)
    checked, changed = check_and_keep(services, _named("check"), trial)
    for line in checked.text():
        _say(line)
    unsafe = risks(checked, services.settings)
    _tell("CHANGED", changed)
    _tell("UNSAFE", unsafe.values())
    if asked.record:
        _tell("RECORDED", [record(checked, asked.record)])
    _tell("TO DO", checked.to_do())
    failed = checked.needs_a_person or checked.left or checked.ended_early or unsafe
    return _end({**checked.summary(), "changed": changed, "unsafe": unsafe}, _FAILED if failed else 0)


def _said_at_once(order: str, trial: Callable[[Callable[[], bool]], Tried]) -> Callable[[], Tried]:
    """Tell what has become of the order as soon as it is known, whatever happens to the rest of the check."""

    def run() -> Tried:
        with interruptions_noted() as is_interrupted:
            tried = trial(is_interrupted)
            _tell("ENDED EARLY", [f"the trial of writes: {tried.problem}"] if tried.problem else [])
            _tell("LEFT", tried.left)
            if not tried.left:
                _tell("PUT BACK", [f"order {order} reads as before; only its `modified_date` is new"])
        return tried

    return run


def _is_typed(question: str, word: str) -> bool:
    sys.stderr.write(f"{fit_to_show(question)}: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() == word


def _reconcile(asked: Namespace) -> int:
    services = connect(read_only=True)
    reconciled = reconcile(services, _named("reconcile"), days=asked.days, webshop=asked.webshop)
    saved = save_csv(reconciled, partial(csv_folder, services.settings))
    failures = [*map(describe, reconciled.overdue), *map(str, [*reconciled.errors, *errors([saved])])]
    _tell("FAILED", failures)
    numbers = reconciled.summary.model_dump(mode="json", exclude={"totals"})
    path = None if isinstance(saved, OrderflowError) else str(saved)
    return _end({**numbers, "csv": path}, _FAILED if failures else 0)


def _say(line: str) -> None:
    sys.stdout.write(f"{fit_to_show(line)}\n")


def _tell(what: str, lines: Iterable[object]) -> None:
    for line in lines:
        sys.stderr.write(f"{fit_to_show(f'{what} {line}')}\n")


def _end(summary: Mapping[str, Any], code: int) -> int:
    sys.stdout.write(f"{json.dumps(summary)}\n")
    return code


def _named(what: str, partition: str | None = None) -> RunRef:
    return RunRef(dag_id="command", run_id=f"command__{what}__{uuid4().hex[:8]}", partition=partition)


_WORK: dict[str, Callable[[Namespace], int]] = {
    "run": _run,
    "sweep": _sweep,
    "deliveries": _deliveries,
    "resolve": _resolve,
    "forget": _forget,
    "open": _open,
    "check-shop": _check_shop,
    "reconcile": _reconcile,
}
