"""Play many random schedules, or one again.

    python -m faults.soak --count 1000 [--first 1]     many, with a summary
    python -m faults.soak --seed 17 [--times 5]        one again, with its log
    python -m faults.soak --erp tryton --count 100     with a real Tryton as the ERP, every fifth with the demo's day

A seed fixes the plan: orders, faults, runs, crashes, edits. Concurrent runs are real threads, so they may interleave
differently when a seed is played again: `--times` plays it several times.
"""

import argparse
import faulthandler
import logging
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from faults.erp_tryton import TrytonSide
from faults.erps import ErpSide, SandboxErp
from faults.identity import IdentitySchedule
from faults.ledgers import Ledgers, PostgresLedgers, SqliteLedgers
from faults.schedule import Schedule
from postgres import fresh_database, postgres_server
from sandbox.control import SandboxControl
from support.faulty_proxy import faulty
from tryton import RunningTryton, running

POSTGRES_EVERY = 10
"""One in this many schedules has its ledger on PostgreSQL."""
IDENTITY_EVERY = 3
"""One in this many schedules changes names, webshops, lines and states."""
DEMO_EVERY = 5
"""One in this many schedules with a Tryton uses the demo's day."""
KINDS = {
    "LOST": "lost",
    "DOUBLED": "doubled",
    "HALF": "half done",
    "WRONG LINE": "wrong line numbers",
    "REVIVED": "revived",
}
SANDBOX, TRYTON = "sandbox", "tryton"
_TELL_EVERY = 10


class Soak:
    """A sandbox in its own process, ledgers in memory and on PostgreSQL, and the results so far."""

    def __init__(self, stack: ExitStack, tryton: RunningTryton | None = None) -> None:
        self._stack = stack
        self._url = stack.enter_context(sandbox_process())
        self._control = stack.enter_context(SandboxControl(self._url))
        self._files = SqliteLedgers(Path(stack.enter_context(tempfile.TemporaryDirectory(dir=_in_memory()))))
        self._tables: PostgresLedgers | None = None
        self._tryton = tryton
        self._erp: ErpSide = SandboxErp(self._control)
        if tryton:
            self._erp = TrytonSide(tryton, stack.enter_context(faulty(tryton.url)))
        self.seen: Counter[str] = Counter()
        self.failed: dict[int, list[str]] = {}

    def play(self, seed: int) -> list[str]:
        """Play one schedule; return what is wrong in the end."""
        demo = self._tryton is not None and seed % DEMO_EVERY == 0
        kind = Schedule if demo or seed % IDENTITY_EVERY else IdentitySchedule
        schedule = kind(seed, self._control, self._url, self._ledgers(seed), self._erp, demo)
        broken = schedule.play()
        self.seen += schedule.seen
        self.seen["schedules"] += 1
        if broken:
            self.failed.setdefault(seed, broken)
        return broken

    def _ledgers(self, seed: int) -> Ledgers:
        if seed % POSTGRES_EVERY:
            return self._files
        self.seen["schedules on PostgreSQL"] += 1
        if self._tables is None:
            server = self._stack.enter_context(postgres_server())
            self._tables = PostgresLedgers(self._stack.enter_context(fresh_database(server)))
            self._stack.callback(self._tables.close)
        return self._tables

    def summary(self) -> Iterator[str]:
        """Yield the results line by line."""
        for name, number in sorted(self.seen.items()):
            yield f"  {number:8} {name}"
        broken = [what for of_one in self.failed.values() for what in of_one]
        kinds = Counter(
            next((kind for kind in KINDS if what.startswith(kind) or f" {kind}" in what), "") for what in broken
        )
        counted = [f"{kinds[kind]} {said}" for kind, said in KINDS.items()]
        yield ", ".join([*counted, f"{kinds['']} otherwise wrong"])
        for seed in self.failed:
            yield f"play it again: make soak SEED={seed}{' ERP=tryton' if self._tryton else ''}"


def play_many(seeds: Iterable[int], erp: str = SANDBOX) -> Soak:
    """Play schedules, reporting failures as they happen."""
    began = time.monotonic()
    with ExitStack() as stack:
        soak = Soak(stack, _tryton(stack) if erp == TRYTON else None)
        try:
            for n, seed in enumerate(seeds, start=1):
                broken = soak.play(seed)
                if broken:
                    _say(f"seed {seed}: FAILED", *broken)
                if n % _TELL_EVERY == 0:
                    _say(f"{n} schedules, the last one seed {seed}, {time.monotonic() - began:.0f} s")
        finally:
            _say(*soak.summary())  # also for those played before somebody stopped it
    return soak


@contextmanager
def sandbox_process() -> Iterator[str]:
    """Run a sandbox in its own process; yields its URL."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--count", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # this very Python
        assert process.stdout
        ready = process.stdout.readline()
        try:
            yield ready.partition(" control ")[2].partition("/_control")[0]
        finally:
            process.terminate()


def _tryton(stack: ExitStack) -> RunningTryton:
    logs = stack.enter_context(tempfile.TemporaryDirectory())
    return stack.enter_context(running(stack.enter_context(postgres_server()), Path(logs)))


def _in_memory() -> str | None:
    """Return a folder in memory, if there is one: a schedule commits a thousand times."""
    shared = Path("/dev/shm")  # noqa: S108  # a temporary folder is made inside
    return str(shared) if shared.is_dir() else None


def _say(*lines: str) -> None:
    sys.stdout.write("\n  ".join(lines) + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and play."""
    parser = argparse.ArgumentParser(prog="faults.soak", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--erp", choices=(SANDBOX, TRYTON), default=SANDBOX)
    asked = parser.parse_args(arguments)
    faulthandler.register(signal.SIGUSR1)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that everything that was started is stopped then, too
    one = asked.seed is not None
    logging.basicConfig(level=logging.INFO if one else logging.CRITICAL, format="%(threadName)s %(message)s")
    seeds = [asked.seed] * asked.times if one else range(asked.first, asked.first + asked.count)
    _say(f"seeds {seeds[0]} to {seeds[-1]}")
    return 1 if play_many(seeds, asked.erp).failed else 0


if __name__ == "__main__":
    sys.exit(main())
