"""The page over real HTTP."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import uvicorn
from fastapi import FastAPI

from orderflow.ledger.ledger import Ledger
from orderflow.settings import Settings
from orderflow.web import security
from orderflow.web.app import create_app
from orderflow.web.source import Source, source
from support.ledgers import clock, ledger, ledger_url, postgres_url  # noqa: F401 - fixtures

PATIENCE = 60.0
"""Seconds a request may take: a busy machine is not a failure, but a page that hangs is."""


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an app on a free port of 127.0.0.1; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def app_of(of: Ledger, now: Callable[[], datetime], settings: object, *, may_retry: bool) -> FastAPI:
    """Build the page's app on a ledger, for a user who may see it."""
    app = create_app()
    app.dependency_overrides |= {
        security.may_see: lambda: None,
        security.may_see_named_run: lambda: None,
        security.may_retry: lambda: may_retry,
        source: lambda: Source(of._engine, Settings.parse(settings), now()),
    }
    return app


Decide = Callable[..., int]
