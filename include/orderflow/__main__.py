"""One day, or a look at the ledger, without a scheduler: `python -m orderflow --help`.

Airflow creates a home folder when it is imported. So the command line is read first, and Airflow is imported only once
it is known where it may write.
"""

import json
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from orderflow.command_line import parser

LOCAL = os.environ.get("ORDERFLOW_LOCAL", ".local")
"""Where `make up` keeps its state. Commands that run in the repository find its connections there."""
_SHOP = "AIRFLOW_CONN_CLOUDSUITE_DEFAULT"
_LOGS = "AIRFLOW__LOGGING__BASE_LOG_FOLDER"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    asked = parser().parse_args(arguments)
    _connect_as_make_up_did()
    with ExitStack() as until_the_end:
        if "AIRFLOW_HOME" not in os.environ and not Path("~/airflow").expanduser().exists():
            logs = until_the_end.enter_context(tempfile.TemporaryDirectory(prefix="orderflow-logs-"))
            os.environ.setdefault(_LOGS, logs)
        from orderflow.commands import execute  # noqa: PLC0415 - imports Airflow, which looks at the environment

        return execute(asked)


def _connect_as_make_up_did() -> None:
    """Use the home and the sandbox of `make up`, unless a home or another shop is set."""
    file = Path(LOCAL) / "environment.json"
    if "AIRFLOW_HOME" in os.environ or not file.exists():
        return
    kept: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    if _SHOP in kept and _SHOP in os.environ:
        return
    sys.stderr.write(f"Using the connections of `make up` ({file}); set AIRFLOW_HOME to use another Airflow.\n")
    for name, value in kept.items():
        os.environ.setdefault(name, value)


if __name__ == "__main__":
    sys.exit(main())
