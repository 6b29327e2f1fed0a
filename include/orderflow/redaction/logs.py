"""The gate before log lines, no matter who collects them."""

import logging
import traceback
from collections.abc import Callable
from typing import Any

from orderflow.redaction.gate import all_forms, fit_to_show, remember

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
            record.msg, record.args = fit_to_show(record.getMessage() + _traceback(record)), None
        return record


def _traceback(record: logging.LogRecord) -> str:
    """Take a record's exception out of it: handlers write down all that caused it as it is."""
    told, record.exc_info = record.exc_info, None
    return f"\n{''.join(traceback.format_exception(*told))}" if told and told[0] else ""


def hide(mask: Callable[[Any], None], *secrets: str) -> None:
    """Let no text out that holds one of these, in whatever form: `mask` is how Airflow's own logs are told."""
    known = [secret for secret in secrets if secret]
    remember(*known)
    guard_logs()
    mask([form for secret in known for form in all_forms(secret)])


def guard_logs() -> None:
    """Let every message of this package's loggers pass the gate, in this process; doing it twice changes nothing.

    A filter would have to sit at every logger or at every handler, and the handlers are Airflow's.
    """
    make = logging.getLogRecordFactory()
    if not isinstance(make, _GuardedFactory):
        logging.setLogRecordFactory(_GuardedFactory(make))
