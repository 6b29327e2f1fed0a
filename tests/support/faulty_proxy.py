"""A proxy in front of a real server, applying the sandbox's fault rules on real connections."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from starlette.types import Receive, Scope, Send

from sandbox.app import DONE_ANYHOW, HELD
from sandbox.behaviour import as_sent
from sandbox.config import Config
from sandbox.connection import Connection
from sandbox.faults import FaultRule, Faults
from sandbox.server import START_TIMEOUT, listen, url_of
from sandbox.wire import Call, JsonObject, Reply

PATIENCE = 60
_OF_THE_CONNECTION = frozenset({"connection", "transfer-encoding", "content-length", "host", "date", "server"})


class FaultyProxy:
    """Forwards calls, those of service `erp`, unless a rule says otherwise.

    `seen` counts the calls by outcome, `methods` by method.
    """

    def __init__(self, upstream: str) -> None:
        self.url = ""
        self.seen: Counter[str] = Counter()
        self.methods: Counter[str] = Counter()
        self._upstream = upstream
        self._faults = Faults()
        self._underway = 0
        self._idle = threading.Condition()

    def faults(self, rules: list[JsonObject]) -> None:
        """Append rules."""
        self._faults.add(rules)

    def clear_faults(self) -> None:
        """Remove all rules."""
        self._faults = Faults()

    def settle(self) -> None:
        """Wait until no call is in progress, including calls whose client has given up."""
        with self._idle:
            if not self._idle.wait_for(lambda: not self._underway, PATIENCE):
                raise TimeoutError("calls are underway for too long")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request."""
        if scope["type"] != "http":
            return
        connection = Connection(scope, receive, send)
        self._count(1)
        try:
            await self._serve(await connection.read(), connection)
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        with self._idle:
            self._underway += change
            self._idle.notify_all()

    async def _serve(self, call: Call, connection: Connection) -> None:
        rule = self._faults.pick("erp", call)
        self.seen["calls"] += 1
        self.methods[call.method] += 1
        if rule:
            self.seen[rule.action] += 1
        if rule and rule.action in HELD:
            await asyncio.sleep(rule.seconds)
        try:
            reply = await self._reply(call, rule)
        except httpx.TransportError:
            self.seen["cut by the server itself"] += 1
            await connection.cut()
            return
        if rule and rule.action.startswith("reset_"):
            await connection.cut()
        elif rule and rule.action == "truncated_body":
            await connection.answer_half(reply)
        elif reply.pace:
            await connection.trickle(reply, _pause)
        elif not connection.is_gone:
            await connection.answer(reply)

    async def _reply(self, call: Call, rule: FaultRule | None) -> Reply:
        """Do what was requested unless the rule prevents it, and return the reply that the client gets."""
        if rule and not (rule.commit or rule.action in DONE_ANYHOW):
            return rule.canned()
        reply = await self._passed_on(call)
        if rule:
            reply = as_sent(reply, call, Config().behaving("erp", rule.manners))
        return rule.canned() if rule and rule.action not in DONE_ANYHOW else reply

    async def _passed_on(self, call: Call) -> Reply:
        kept = {name: value for name, value in call.headers.items() if name not in _OF_THE_CONNECTION}
        # A connection per call: the server may just have closed a kept one.
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False, verify=False) as client:  # noqa: S501  # loopback
            url = f"{self._upstream}{call.path}?{call.query_string}"
            answer = await client.request(call.method, url, content=call.body, headers=kept)
        unlike = _OF_THE_CONNECTION | {"content-encoding"}
        headers = {name: value for name, value in answer.headers.items() if name not in unlike}
        return Reply(answer.status_code, answer.content, headers)


async def _pause(seconds: float) -> bool:
    await asyncio.sleep(seconds)
    return False


class _Server(uvicorn.Server):
    """uvicorn that reports when it is ready."""

    def __init__(self, proxy: FaultyProxy) -> None:
        super().__init__(
            uvicorn.Config(
                proxy, log_level="critical", access_log=False, lifespan="off", loop="asyncio", timeout_keep_alive=75
            )
        )
        self.ready = threading.Event()

    async def startup(self, sockets: list | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def faulty(upstream: str) -> Iterator[FaultyProxy]:
    """Run a proxy in front of `upstream` on a free loopback port for the duration of the block."""
    proxy = FaultyProxy(upstream)
    server = _Server(proxy)
    with listen("127.0.0.1", 0) as sock:
        proxy.url = url_of(sock)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([sock])), name="proxy", daemon=True)
        thread.start()
        if not server.ready.wait(START_TIMEOUT):
            raise RuntimeError("the proxy did not start")
        try:
            yield proxy
        finally:
            server.should_exit = server.force_exit = True
            thread.join()
