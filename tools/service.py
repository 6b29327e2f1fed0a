"""Programs that run beside this process and stop when it ends."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
KEEPER = Path(__file__).parent / "keeper.py"


class ServiceError(RuntimeError):
    """A program did not start, stopped unexpectedly, or was not ready in time; the message quotes its log."""


class ManagedProcess:
    """One program with its log file. It stops at stop(), and in any case when this process ends."""

    def __init__(self, name: str, command: list[str], *, env: Mapping[str, str], log: Path, grace: float = 10) -> None:
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._offset = output.tell()
            self._keeper = subprocess.Popen(
                [sys.executable, str(KEEPER), str(grace), *command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(env),
                start_new_session=True,  # a Ctrl-C in the terminal is meant for us; we stop the service
            )

    def check(self) -> None:
        """ServiceError if the program has stopped."""
        if (code := self._keeper.poll()) is not None:
            raise ServiceError(f"{self.name} ended with exit code {code}; the end of {self.log}:\n{self.tail()}")

    def tail(self, lines: int = 30) -> str:
        """Return the last lines that the program has logged since this start."""
        with self.log.open("rb") as written:
            written.seek(self._offset)
            return "\n".join(written.read().decode(errors="replace").splitlines()[-lines:])

    def ask_to_stop(self) -> None:
        """Ask it to stop; stop() waits until it has."""
        if self._keeper.stdin and not self._keeper.stdin.closed:
            with suppress(BrokenPipeError):  # it has already stopped
                self._keeper.stdin.write(b"\n")
                self._keeper.stdin.close()

    def stop(self) -> None:
        """Stop the program and everything it started."""
        self.ask_to_stop()
        self._keeper.wait()


def wait_until(ready: Callable[[], T | None], timeout: float, what: str, pause: float = 0.25) -> T:
    """Poll until the answer is not None; TimeoutError naming `what` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while (answer := ready()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"no {what} within {timeout:g} seconds")
        time.sleep(pause)
    return answer


def free_port() -> int:
    """Return a port of 127.0.0.1 that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def unusable(port: int) -> str | None:
    """Say why our programs cannot listen on this port of 127.0.0.1; None if they can."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            return "another program listens there"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            return str(error)
    return None


def loopback_environment() -> dict[str, str]:
    """Return our environment without Airflow settings, and without a proxy for 127.0.0.1."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    return kept | dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost")
