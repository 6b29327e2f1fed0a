"""What every benchmark needs: a sandbox in its own process, and the memory of the task processes."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from sqlalchemy import URL, NullPool, create_engine, inspect, text

from sandbox.control import SandboxControl
from service import free_port, wait_until

ROOT = Path(__file__).parent.parent
SAMPLE_SECONDS = 0.2


KINDS = {"airflow worker": "task", "scheduler": "scheduler", "dag-processor": "DAG processor", "api": "API server"}
"""Airflow's process names and our names for them; the first match counts."""


class PeakMemory(threading.Thread):
    """Watches the processes below this one and keeps the largest resident size of each kind, in MB."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peaks: dict[str, float] = {}
        self._done = threading.Event()

    def run(self) -> None:
        """Sample until stopped."""
        me = psutil.Process()
        while not self._done.wait(SAMPLE_SECONDS):
            for process in me.children(recursive=True):
                with suppress(psutil.Error):
                    kind = _kind(" ".join(process.cmdline()))
                    if kind:
                        size = process.memory_info().rss / 1e6
                        self.peaks[kind] = max(self.peaks.get(kind, 0.0), size)

    def stop(self) -> dict[str, float]:
        """Stop sampling; return the peaks by kind."""
        self._done.set()
        self.join()
        return {kind: round(size, 1) for kind, size in sorted(self.peaks.items())}


def _kind(command: str) -> str | None:
    if "airflow" not in command:
        return None
    return next((kind for name, kind in KINDS.items() if name in command), None)


def cpu_seconds() -> float:
    """Sum the processor time of Airflow's processes below this one, including ended ones.

    Unlike the wall time, it hardly depends on the machine's other load.
    """
    used = 0.0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if "airflow" in " ".join(process.cmdline()):
                times = process.cpu_times()
                used += times.user + times.system + times.children_user + times.children_system
    return used


def rows(url: URL) -> int:
    """Count the rows of all tables of a database."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        tables = [f'"{name}"' for name in inspect(connection).get_table_names()]
        return sum(connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables)  # noqa: S608


@contextmanager
def sandbox_process() -> Iterator[SandboxControl]:
    """Run an empty sandbox in its own process."""
    port = free_port()
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--count", "1"]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT / "include")})
    try:
        with SandboxControl(f"http://127.0.0.1:{port}") as control:
            wait_until(lambda: _up(control), 30, "sandbox")
            control.reset()
            yield control
    finally:
        process.terminate()
        process.wait()


def _up(control: SandboxControl) -> bool | None:
    try:
        return control.health()
    except OSError:
        return None
