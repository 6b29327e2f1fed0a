"""One day, or a look at the ledger, without a scheduler: `python -m orderflow --help`.

Airflow creates a home folder when it is imported. So the command line is read first, and Airflow is imported only once
it is known where it may write.
"""

import json
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from io import TextIOWrapper
from pathlib import Path
from threading import current_thread, main_thread
from types import FrameType
from typing import TextIO

from orderflow.command_line import parser

LOCAL = os.environ.get("ORDERFLOW_LOCAL", ".local")
"""Where `make up` keeps its state. Commands that run in the repository find its connections there."""
_UNUSABLE = 2
"""The exit code of a command that could not be carried out at all."""
_SHOP = "AIRFLOW_CONN_CLOUDSUITE_DEFAULT"
_OWN_VARIABLE = "ORDERFLOW_"
"""An error that mentions one of these has our own wording (environment.py)."""
_LOGS = "AIRFLOW__LOGGING__BASE_LOG_FOLDER"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    sys.stdout, sys.stderr = _stream(sys.stdout), _stream(sys.stderr)
    asked = parser().parse_args(arguments)
    _connect_as_make_up_did()
    with ExitStack() as until_the_end:
        try:
            _end_as_interrupted(until_the_end)
            if "AIRFLOW_HOME" not in os.environ and not Path("~/airflow").expanduser().exists():
                logs = until_the_end.enter_context(tempfile.TemporaryDirectory(prefix="orderflow-logs-"))
                os.environ.setdefault(_LOGS, logs)
            from orderflow.commands import execute  # noqa: PLC0415 - imports Airflow, which looks at the environment
        except KeyboardInterrupt:
            sys.stderr.write("Interrupted before anything was begun.\n")
            return _UNUSABLE
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the environment
            sys.stderr.write(f"The command cannot start: {_in_words(error)}\n")
            return _UNUSABLE
        return execute(asked)


def _end_as_interrupted(until_the_end: ExitStack) -> None:
    """Let SIGTERM, by which services are stopped, end the command as Ctrl-C does, with its claims released."""
    if current_thread() is main_thread():
        before = signal.signal(signal.SIGTERM, _interrupt)
        until_the_end.callback(signal.signal, signal.SIGTERM, before)


def _interrupt(number: int, _: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # the end is on its way: a second one would break it off
    raise KeyboardInterrupt


def _stream(stream: TextIO | None) -> TextIO:
    """Return a stream that accepts any text; the calling process may have closed it."""
    if stream is None:
        return Path(os.devnull).open("w", encoding="utf-8")
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return stream


def _in_words(error: Exception) -> str:
    """Say why Airflow cannot be imported here; not in its own words, which may quote a connection."""
    if _OWN_VARIABLE in str(error):
        return str(error)
    if isinstance(error, OSError) and error.filename:
        return f"{error.strerror}: {error.filename}; check AIRFLOW_HOME and the AIRFLOW__ variables"
    return f"{type(error).__name__} while Airflow was being imported; check AIRFLOW_HOME and the AIRFLOW__ variables"


def _connect_as_make_up_did() -> None:
    """Use the home and the sandbox of `make up`, unless a home or another shop is set."""
    file = Path(LOCAL) / "environment.json"
    if "AIRFLOW_HOME" in os.environ or not file.exists():
        return
    try:
        kept: dict[str, str] = {**json.loads(file.read_text(encoding="utf-8"))}
    except (OSError, ValueError, TypeError) as error:
        sys.stderr.write(f"{file} cannot be read ({type(error).__name__}): `make down` and `make up` write it anew.\n")
        return
    if _SHOP in kept and _SHOP in os.environ:
        return
    sys.stderr.write(f"Using the connections of `make up` ({file}); set AIRFLOW_HOME to use another Airflow.\n")
    for name, value in kept.items():
        os.environ.setdefault(name, str(value))


if __name__ == "__main__":
    sys.exit(main())
