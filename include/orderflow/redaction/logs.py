"""The gate before log lines, no matter who collects them."""

import logging
from collections.abc import Callable
from typing import Any

from orderflow.redaction.gate import fit_to_show

_PACKAGE = "orderflow"


class GuardedFormatter(logging.Formatter):
    """Formats a record with its traceback, and lets nothing out that may not be shown."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the finished lines."""
        return fit_to_show(super().format(record))


class _GuardedFactory:
    """Makes records whose message is fit to be shown, for this package's loggers."""

    def __init__(self, make: Callable[..., logging.LogRecord]) -> None:
        self._make = make

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = self._make(*args, **kwargs)
        # A record made from another record has no name yet.
        if (record.name or "").partition(".")[0] == _PACKAGE:
            record.msg, record.args = fit_to_show(record.getMessage()), None
        return record


def guard_logs() -> None:
    """Let every message of this package's loggers pass the gate, in this process; doing it twice changes nothing.

    A filter would have to sit at every logger or at every handler, and the handlers are Airflow's.
    """
    make = logging.getLogRecordFactory()
    if not isinstance(make, _GuardedFactory):
        logging.setLogRecordFactory(_GuardedFactory(make))
