"""Processes that use one ledger at the same time; prints each result as JSON.

Usage: worker.py open|claim|crash|reserve HOW_MANY URL
"""

import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.synchronize import Barrier

from orderflow.errors import ClaimedElsewhereError
from orderflow.ledger.database.engine import make_engine
from orderflow.ledger.limits import CallLimits, SharedCallGuard
from orderflow.ledger.models.orders import RunRef, Step
from orderflow.ledger.opening import open_ledger

KEY = 12345
PATIENCE = 60


def make_tables(url: str, _answered: Barrier) -> str:
    return "empty" if open_ledger(url).get(KEY) is None else "not empty"


def claim(url: str, answered: Barrier) -> str:
    """Try to claim the order; the winner keeps it until everybody has tried."""
    try:
        with open_ledger(url).claim(KEY, RunRef(dag_id="orderflow_daily", run_id=str(os.getpid()))):
            answered.wait(PATIENCE)
            return "won"
    except ClaimedElsewhereError:
        answered.wait(PATIENCE)
        return "lost"


def crash(url: str, _answered: Barrier) -> str:
    with open_ledger(url).claim(KEY, RunRef(dag_id="orderflow_daily", run_id="killed")) as held:
        held.intend(Step.PUSH)
        os.kill(os.getpid(), signal.SIGKILL)
    return "survived"


def reserve(url: str, _answered: Barrier) -> list[float]:
    """Reserve five calls without waiting; return what the waits would have been."""
    waits: list[float] = []
    gate = SharedCallGuard(make_engine(url), "shop", CallLimits(per_second=0.001), timezone="UTC", sleep=waits.append)
    for _ in range(5):
        gate.enter("GET", "/api/order/")
    return waits


COMMANDS: dict[str, Callable[[str, Barrier], object]] = {
    "open": make_tables,
    "claim": claim,
    "crash": crash,
    "reserve": reserve,
}


def main(command: str, how_many: int, url: str) -> None:
    forking = multiprocessing.get_context("fork")  # as Airflow starts its tasks
    together, answered = forking.Barrier(how_many), forking.Barrier(how_many)
    outcomes = forking.SimpleQueue()

    def work() -> None:
        together.wait(PATIENCE)
        outcomes.put(COMMANDS[command](url, answered))

    workers = [forking.Process(target=work) for _ in range(how_many)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    said = []
    while not outcomes.empty():
        said.append(outcomes.get())
    json.dump({"said": said, "exit_codes": [worker.exitcode for worker in workers]}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
