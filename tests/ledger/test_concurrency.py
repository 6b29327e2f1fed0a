"""Many threads and processes using one ledger at the same time, as in Airflow."""

import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import URL, text
from sqlalchemy.exc import OperationalError

from orderflow.domain.decision import Action, Decision
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.errors import ClaimedElsewhereError
from orderflow.ledger.database.engine import make_engine
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import Outcome, RunRef, Step
from orderflow.ledger.opening import open_ledger
from support.orders import order
from support.processes import processes

KEY = 12345
PROCESS = Decision(action=Action.PROCESS, reason=Reason.PAID)
THREADS = 16


@pytest.mark.parametrize("order_id", range(5))
def test_of_many_threads_one_gets_the_order(ledger: Ledger, run: RunRef, order_id: int) -> None:
    ledger.decide(order(order_id=order_id), PROCESS, run)
    together, answered = Barrier(THREADS, timeout=60), Barrier(THREADS, timeout=60)

    def attempt(_: int) -> str:
        together.wait()
        try:
            with ledger.claim(order_id, run):
                answered.wait()
                return "won"
        except ClaimedElsewhereError:
            answered.wait()
            return "lost"

    with ThreadPoolExecutor(THREADS) as pool:
        outcomes = Counter(pool.map(attempt, range(THREADS)))

    assert outcomes == {"won": 1, "lost": THREADS - 1}


def test_of_many_processes_one_gets_the_order(ledger_url: URL, run: RunRef) -> None:
    open_ledger(ledger_url).decide(order(), PROCESS, run)

    answer = processes("claim", 4, ledger_url)

    assert Counter(answer["said"]) == {"won": 1, "lost": 3}
    assert answer["exit_codes"] == [0] * 4


def test_many_processes_make_the_tables_at_once(empty_url: URL) -> None:
    answer = processes("open", 8, empty_url)

    assert answer == {"said": ["empty"] * 8, "exit_codes": [0] * 8}


def test_a_killed_process_holds_the_order_for_its_lease_and_leaves_its_intent(ledger_url: URL, run: RunRef) -> None:
    ledger = open_ledger(ledger_url)
    ledger.decide(order(), PROCESS, run)
    assert processes("crash", 1, ledger_url) == {"said": [], "exit_codes": [-signal.SIGKILL]}

    with pytest.raises(ClaimedElsewhereError), ledger.claim(KEY, run):
        pass
    later = open_ledger(ledger_url, clock=lambda: datetime.now(UTC) + timedelta(minutes=6))
    with later.claim(KEY, run) as claim:
        assert claim.order.progress is Progress.PUSHING
    assert [event.outcome for event in ledger.events(order_id=KEY)] == [Outcome.DECIDED, Outcome.INTENT]


def test_no_write_of_many_threads_is_lost(ledger: Ledger, run: RunRef) -> None:
    """They also decide about the same new orders: whoever is second must find the first one's row."""
    keys = list(range(10))
    together = Barrier(THREADS, timeout=60)

    def work(thread: int) -> None:
        together.wait()
        for key in keys:
            ledger.decide(order(order_id=key), PROCESS, run.model_copy(update={"map_index": thread}))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))

    assert set(ledger.get_many(keys)) == set(keys)
    assert len(ledger.events(run_id=run.run_id)) == THREADS * len(keys)


def test_readers_are_not_kept_waiting_by_a_writer(ledger: Ledger, run: RunRef) -> None:
    ledger.decide(order(), PROCESS, run)
    with ledger.claim(KEY, run) as claim, claim._recording(Step.PUSH, Outcome.DONE), ThreadPoolExecutor(1) as pool:
        seen = pool.submit(ledger.get, KEY).result(timeout=60)

    assert seen is not None


def test_no_other_run_can_take_the_order_between_the_check_of_a_claim_and_its_write(
    postgres_url: URL, run: RunRef
) -> None:
    """On SQLite a writer locks the whole file; PostgreSQL has to be asked for it."""
    ledger = open_ledger(postgres_url)
    ledger.decide(order(), PROCESS, run)
    lock = text("SELECT 1 FROM orderflow_order WHERE order_id = 12345 FOR UPDATE NOWAIT")

    with (
        ledger.claim(KEY, run) as claim,
        claim._recording(Step.PUSH, Outcome.DONE),
        make_engine(postgres_url).connect() as other,
        pytest.raises(OperationalError, match="could not obtain lock"),
    ):
        other.execute(lock)
