"""Run the sandbox: in this process for the command line, in a thread for tests."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import uvicorn

from sandbox.app import SandboxApp
from sandbox.catalogue import orders_for_day
from sandbox.config import Config
from sandbox.keeping import Keeper
from sandbox.wire import JsonObject

START_TIMEOUT = 20
TICKS_PER_SECOND = 10  # uvicorn's


@dataclass(frozen=True)
class RunningSandbox:
    """Where a sandbox listens."""

    url: str

    @property
    def token_url(self) -> str:
        """The OAuth2 token endpoint."""
        return f"{self.url}/realms/CloudSuite/protocol/openid-connect/token"

    @property
    def erp_url(self) -> str:
        """The ERP's base URL."""
        return f"{self.url}/erp"


class SandboxServer(uvicorn.Server):
    """uvicorn that reports when it is ready."""

    def __init__(self, app: SandboxApp, keeper: Keeper | None = None) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                lifespan="off",
                loop="asyncio",
                timeout_keep_alive=75,
                timeout_graceful_shutdown=1,
            )
        )
        self.ready = threading.Event()
        self._app = app
        self._keeper = keeper

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening."""
        await super().startup(sockets)
        self.ready.set()

    async def on_tick(self, counter: int) -> bool:
        """Save the data about once a second."""
        if self._keeper and counter % TICKS_PER_SECOND == 0:
            self._keeper.keep(self._app.world)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop, releasing held calls first."""
        self._app.world.release()
        await super().shutdown(sockets)
        if self._keeper:
            self._keeper.keep(self._app.world)


def build(
    day: date | None = None,
    count: int = 40,
    config: Config | None = None,
    parts: Sequence[str] = (),
    dress: Callable[[list[JsonObject]], list[JsonObject]] = list,
) -> SandboxApp:
    """Build a sandbox with the orders of a day, modified by `dress`, or with none."""
    app = SandboxApp()
    config = config or Config()
    app.reset(config, dress(orders_for_day(day, count, api_timezone=config.api_timezone, parts=parts)) if day else [])
    return app


def listen(host: str, port: int) -> socket.socket:
    """Bind a port; 0 means any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio disables Nagle's algorithm (40 ms per answer) only if the protocol is given.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((host, port))
    sock.listen(512)
    return sock


def url_of(sock: socket.socket) -> str:
    """Return the URL of a listening socket."""
    host, port = sock.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


@contextmanager
def running(
    day: date | None = None, count: int = 40, config: Config | None = None, parts: Sequence[str] = ()
) -> Iterator[RunningSandbox]:
    """Run a sandbox in a thread on a free loopback port for the duration of the block."""
    app = build(day, count, config, parts)
    server = SandboxServer(app)
    with listen("127.0.0.1", 0) as sock:
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([sock])), name="sandbox", daemon=True)
        thread.start()
        if not server.ready.wait(START_TIMEOUT):
            raise RuntimeError("the sandbox did not start")
        try:
            yield RunningSandbox(url_of(sock))
        finally:
            server.should_exit = True
            thread.join()
