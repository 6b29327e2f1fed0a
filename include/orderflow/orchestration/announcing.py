"""From a task to the channels: within a minute while it runs, and immediately at the end of a run."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from threading import Event, Thread
from typing import ParamSpec, TypeVar

from orderflow.environment import number_of
from orderflow.errors import OrderflowError
from orderflow.flow.reporting.announce import announce
from orderflow.flow.reporting.messages import Writer
from orderflow.ledger.hook import ledger_from_connection
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.alerts import Alert
from orderflow.orchestration.alert_settings import alert_settings
from orderflow.orchestration.channels import channels
from orderflow.orchestration.links import links
from orderflow.orchestration.run_context import RunContext

EVERY = timedelta(seconds=number_of("ORDERFLOW_ANNOUNCE_SECONDS", 20))
"""How often a running task announces new failures."""

Given = ParamSpec("Given")
Result = TypeVar("Result")

log = logging.getLogger(__name__)


def announce_now(ledger: Ledger, here: RunContext, *, settled_for: timedelta = timedelta()) -> list[Alert]:
    """Send every channel what it has not received yet; return the new alerts that one refused."""
    configured = alert_settings(ledger)
    return announce(
        ledger,
        channels(configured.alerts),
        writer_of(ledger, here, configured.timezone),
        here.run,
        about=here.title,
        settled_for=settled_for,
    )


def writer_of(ledger: Ledger, here: RunContext, timezone: str) -> Writer:
    """Return the writer for this run's messages."""
    return Writer(timezone, ledger.now(), links(here))


def announces(work: Callable[Given, Result]) -> Callable[Given, Result]:
    """Let a running task announce failures, no matter how long it takes."""

    @wraps(work)
    def announced(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        with _announcing():
            return work(*args, **kwargs)

    return announced


@contextmanager
def _announcing() -> Iterator[None]:
    over = Event()
    thread = Thread(target=_announce_until, args=(over,), name="announce", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=EVERY.total_seconds())


def _announce_until(over: Event) -> None:
    """Announce at intervals; a short task ends before the first one."""
    while not over.wait(EVERY.total_seconds()):
        try:
            here = RunContext()
            if not here.dry_run:
                announce_now(ledger_from_connection(), here, settled_for=EVERY)
        except (OrderflowError, RuntimeError):
            log.warning("nothing could be announced now", exc_info=True)
