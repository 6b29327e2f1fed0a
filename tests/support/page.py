"""The page over real HTTP."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from support.ledgers import clock, ledger, ledger_url, postgres_url  # noqa: F401 - fixtures


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an app on a free port of 127.0.0.1; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


Decide = Callable[..., int]
