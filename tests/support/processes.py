"""Real processes that use one ledger at the same time."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import URL

WORKER = Path(__file__).with_name("processes_worker.py")


def processes(command: str, how_many: int, url: URL) -> dict[str, Any]:
    """Start real processes, release them at the same moment, and return the result of each."""
    arguments = [command, str(how_many), url.render_as_string(hide_password=False)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, str(WORKER), *arguments], stdout=subprocess.PIPE, env=environment, check=True, timeout=120
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
