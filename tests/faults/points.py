"""Where a process can be stopped: around every HTTP call and every write to the ledger."""

import re
import threading
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import requests
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

BEFORE, DURING, AFTER = "before", "during", "after"
_WRITES = ("INSERT", "UPDATE", "DELETE")


class Listener(Protocol):
    """Is called at every point before the process passes it; an exception here ends the simulated process."""

    def __call__(self, moment: str, what: str, request: requests.PreparedRequest | None = None) -> None:
        """Receive what is being done; `what` is `PATCH /api/order/1/ {…}` or SQL with its values."""


class WatchedSession(requests.Session):
    """Reports before a request is sent, and when its answer has arrived but nobody has seen it yet."""

    def __init__(self, listener: Listener, writing: AbstractContextManager[Any]) -> None:
        super().__init__()
        self._listener = listener
        self._writing = writing

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
        what = f"{request.method} {request.path_url} {body}"
        self._listener(BEFORE, what, request)
        with self._writing if request.method == "PUT" else nullcontext():
            response = super().send(request, **kwargs)
        self._listener(AFTER, what, request)
        return response


def watch(engine: Engine, listener: Listener) -> None:
    """Report before a statement runs, when it has run but is not committed, and when it is committed."""
    here = threading.local()

    def before(_: Connection, __: Any, statement: str, values: Any, *___: Any) -> None:
        if statement.startswith(_WRITES):
            listener(BEFORE, f"{statement} {values}")

    def during(_: Connection, cursor: Any, statement: str, values: Any, *___: Any) -> None:
        if not statement.startswith(_WRITES):
            return
        here.uncommitted = [*getattr(here, "uncommitted", []), f"{statement} {values}"]
        try:
            listener(DURING, here.uncommitted[-1])
        except BaseException:
            cursor.close()  # the traceback keeps it alive, and with it SQLite's lock, which a dead process does not
            raise

    commit = engine.dialect.do_commit

    def do_commit(connection: Any) -> None:
        statements, here.uncommitted = getattr(here, "uncommitted", []), []
        commit(connection)
        for statement in statements:
            listener(AFTER, statement)

    def forget(_: Connection) -> None:
        here.uncommitted = []

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", during)
    event.listen(engine, "rollback", forget)
    engine.dialect.do_commit = do_commit  # there is no event after a commit


def breaking(moment: str, what: str) -> Listener:
    """Return a listener that breaks the ledger's connection at one point, once; `what` is a regular expression."""
    met: list[str] = []

    def listener(now: str, done: str, request: requests.PreparedRequest | None = None) -> None:  # noqa: ARG001  # its type's
        if not met and now == moment and re.search(what, done, re.DOTALL):
            met.append(done)
            raise OperationalError(None, None, ConnectionError("the ledger's connection broke"))

    return listener
