"""`python -m orderflow` in its own process, connected only to the sandbox."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.server import RunningSandbox
from sandbox_env import sandbox_environment

ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment(sandbox: RunningSandbox, tmp_path: Path) -> dict[str, str]:
    """Return only what the command needs: no Airflow database, no scheduler."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "include"),
        "AIRFLOW_HOME": str(tmp_path),
        "NO_PROXY": "127.0.0.1",
        **sandbox_environment(sandbox.url),
    }


@pytest.fixture
def own_logging() -> Iterator[None]:
    """Give back the root logger: a command in this process leaves it a handler on a stream that is closed soon."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def command(
    environment: dict[str, str], *arguments: str, cwd: Path | None = None, typed: str = ""
) -> tuple[int, list[str], str]:
    """Run the command; return its exit code, the lines of its standard output, and its standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "orderflow", *arguments],
        env=environment,
        cwd=cwd,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.splitlines(), done.stderr
