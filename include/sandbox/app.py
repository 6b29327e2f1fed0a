"""The ASGI application: reads a call, applies faults, answers, and keeps the journal."""

import asyncio
import contextlib
import logging

from starlette.types import Receive, Scope, Send

from sandbox.config import Config, Service
from sandbox.connection import Connection
from sandbox.control_api import control_app
from sandbox.faults import FaultRule
from sandbox.journal import Entry
from sandbox.wire import Call, JsonObject, Reply, html_reply
from sandbox.world import World, service_of

log = logging.getLogger(__name__)

HELD = ("delay", "hang_then_commit")
DONE_ANYHOW = ("behave", "reset_after_commit", "truncated_body", "ignore_fields", *HELD)


class SandboxApp:
    """Shop, ERP and control API on one port."""

    def __init__(self) -> None:
        self.world = World(Config())
        self._control = control_app(self)

    def reset(self, config: Config, orders: list[JsonObject]) -> None:
        """Start over with this config and these orders."""
        self.world.release()
        self.world = World(config)
        for order in orders:
            self.world.insert(order)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request."""
        if scope["type"] != "http":
            return
        if scope["path"].startswith("/_control/"):
            await self._control(scope, receive, send)
            return
        connection = Connection(scope, receive, send)
        call = await connection.read()
        service = service_of(call.path)
        world = self.world
        with world.journal.call(service, call) as entry:
            working = world.underway.working_on(call) if service == "erp" else contextlib.nullcontext()
            with working:
                await asyncio.sleep(world.config.latency_ms.get(service, 0) / 1000)
                await _serve(world, service, call, entry, connection)


async def _serve(world: World, service: Service, call: Call, entry: Entry, connection: Connection) -> None:
    rule = world.faults.pick(service, call)
    entry.fault = (rule.name or rule.action) if rule else None
    if rule and rule.action in HELD:
        await world.hold(rule.seconds)
    reply = _reply(world, service, call, entry, rule)
    if rule and rule.then is not None:
        world.change_order_of(call, rule.then)
    if rule and rule.action.startswith("reset_"):
        await connection.cut()
    elif rule and rule.action == "truncated_body":
        await connection.answer_half(reply)
    elif not connection.is_gone:
        entry.status = reply.status
        await (connection.trickle(reply, world.hold) if reply.pace else connection.answer(reply))


def _reply(world: World, service: Service, call: Call, entry: Entry, rule: FaultRule | None) -> Reply:
    """Do what was requested unless the rule prevents it, and return the reply that the client gets."""
    if rule and not (rule.commit or rule.action in DONE_ANYHOW):
        return rule.canned()
    try:
        reply = world.handle(service, call, rule)
    except Exception:
        log.exception("the sandbox itself failed on %s %s", call.method, call.path)
        reply = html_reply(500, "Server Error (500)")
    entry.committed = reply.committed
    return rule.canned() if rule and rule.action not in DONE_ANYHOW else reply
