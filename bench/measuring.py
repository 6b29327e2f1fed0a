"""What every benchmark needs: a sandbox in its own process, and the memory of the task processes."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from sandbox.control import SandboxControl
from service import free_port, wait_until

ROOT = Path(__file__).parent.parent
SAMPLE_SECONDS = 0.2


class PeakMemory(threading.Thread):
    """Watches the task processes of this machine and keeps the largest resident size seen, in MB."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_mb = 0.0
        self._done = threading.Event()

    def run(self) -> None:
        """Sample until stopped."""
        while not self._done.wait(SAMPLE_SECONDS):
            for process in psutil.process_iter(["cmdline", "memory_info"]):
                command = " ".join(process.info["cmdline"] or [])
                if command.startswith("airflow worker") and process.info["memory_info"]:
                    self.peak_mb = max(self.peak_mb, process.info["memory_info"].rss / 1e6)

    def stop(self) -> float:
        """Stop sampling; returns the peak."""
        self._done.set()
        self.join()
        return round(self.peak_mb, 1)


@contextmanager
def sandbox_process() -> Iterator[SandboxControl]:
    """Run a sandbox in a process of its own, empty."""
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
