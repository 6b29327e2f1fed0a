"""Run a command; end it, and all it started, as soon as our standard input closes or receives anything.

    python tools/keeper.py GRACE_SECONDS COMMAND ARGUMENT...

Whoever starts a keeper holds the other end of its standard input. When that process ends, however it ends (also by
`kill -9`), the pipe closes and the keeper cleans up: nothing is left running, and nobody needs signal handlers.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

import psutil


def main(grace: float, command: list[str]) -> int:
    """Return the command's exit code once it and all processes of its session have ended."""
    signal.signal(signal.SIGTERM, _leave)
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    threading.Thread(target=_end_on_input, args=(child, grace), daemon=True).start()
    try:
        return child.wait()
    finally:
        _kill_session(child.pid)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + signal.SIGTERM)


def _end_on_input(child: subprocess.Popen[bytes], grace: float) -> None:
    os.read(0, 1)
    child.terminate()
    try:
        child.wait(grace)
    except subprocess.TimeoutExpired:
        child.kill()


def _kill_session(session: int) -> None:
    """Kill what is left of a session. A process group is not enough: Airflow gives each task its own."""
    while members := [pid for pid in psutil.pids() if _session_of(pid) == session]:
        for pid in members:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.02)


def _session_of(pid: int) -> int | None:
    """Return the session of a living process; None for a zombie."""
    try:
        if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return None
        return os.getsid(pid)
    except (psutil.Error, OSError):
        return None


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
