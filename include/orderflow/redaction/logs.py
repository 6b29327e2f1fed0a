"""The gate for log lines, whoever collects them."""

import logging
import traceback
from collections.abc import Callable
from typing import Any

from orderflow.redaction.gate import fit_to_show, remember, usual_forms

_PACKAGE = "orderflow"


class GuardedFormatter(logging.Formatter):
    """Formats a record with its traceback, passing everything through the gate."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the finished lines."""
        return fit_to_show(super().format(record))


class _GuardedFactory:
    """Creates records with a redacted message, for this package's loggers."""

    def __init__(self, make: Callable[..., logging.LogRecord]) -> None:
        self._make = make

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = self._make(*args, **kwargs)
        # A record created from another record has no name yet.
        if (record.name or "").partition(".")[0] == _PACKAGE:
            record.msg, record.args = fit_to_show(record.getMessage() + _traceback(record)), None
        return record


def _traceback(record: logging.LogRecord) -> str:
    """Remove a record's exception: handlers write its whole chain of causes unredacted."""
    told, record.exc_info = record.exc_info, None
    return f"\n{''.join(traceback.format_exception(*told))}" if told and told[0] else ""


def hide(mask: Callable[[Any], None], *secrets: str) -> None:
    """Hide these values in every text, in any form; `mask` also registers them with Airflow's own logs."""
    known = [secret for secret in secrets if secret]
    remember(*known)
    guard_logs()
    mask([form for secret in known for form in usual_forms(secret)])


def guard_logs() -> None:
    """Pass every message of this package's loggers through the gate, in this process; repeating it changes nothing.

    A filter would have to be on every logger or on every handler, and the handlers are Airflow's. A handler that cannot
    write, as on a full disk, says nothing: it would print the exception being handled, with its causes, unredacted.
    """
    logging.raiseExceptions = False
    make = logging.getLogRecordFactory()
    if not isinstance(make, _GuardedFactory):
        logging.setLogRecordFactory(_GuardedFactory(make))
