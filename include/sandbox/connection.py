"""The client's end of a call: read it, answer it, or cut it off."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from sandbox.wire import Call, Reply

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Connection:
    """One request on one connection, under uvicorn."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send

    async def read(self) -> Call:
        """Read the whole request."""
        request = Request(self._scope, self._receive)
        return Call(
            method=request.method,
            path=self._scope["path"],
            query_string=self._scope["query_string"].decode("latin-1"),
            headers=dict(request.headers),
            body=await request.body(),
            origin=f"{request.url.scheme}://{request.url.netloc}",
        )

    async def answer(self, reply: Reply) -> None:
        """Send a whole answer."""
        await Response(reply.body, reply.status, dict(reply.headers))(self._scope, self._receive, self._send)

    async def trickle(self, reply: Reply, hold: Callable[[float], Awaitable[bool]]) -> None:
        """Send an answer byte by byte while the client is connected; if `hold` says so, send the rest at once."""
        headers = {**reply.headers, "content-length": str(len(reply.body))}
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": reply.status, "headers": raw})
        gone = asyncio.ensure_future(self._until_gone())
        sent, released = 0, False
        while sent < len(reply.body) and not gone.done():
            if not released:
                pause = asyncio.ensure_future(hold(reply.pace))
                await asyncio.wait({pause, gone}, return_when=asyncio.FIRST_COMPLETED)
                released = pause.done() and pause.result()
                pause.cancel()
            part = reply.body[sent:] if released else reply.body[sent : sent + 1]
            sent += len(part)
            await self._send({"type": "http.response.body", "body": part, "more_body": True})
        gone.cancel()
        await self._send({"type": "http.response.body", "body": b""})

    async def answer_half(self, reply: Reply) -> None:
        """Announce the whole answer, send half of it and close the connection."""
        headers = {**reply.headers, "content-length": str(len(reply.body))}
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": reply.status, "headers": raw})
        half = reply.body[: len(reply.body) // 2]
        await self._send({"type": "http.response.body", "body": half, "more_body": True})
        self._transport.close()
        await self._until_gone()

    async def cut(self) -> None:
        """Reset the connection without an answer."""
        sock = self._transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self._transport.abort()
        await self._until_gone()

    @property
    def is_gone(self) -> bool:
        """Whether the client has disconnected."""
        return bool(self._cycle.disconnected)

    @property
    def _cycle(self) -> Any:
        # `receive` is a bound method of uvicorn's request cycle; there is no other way to reach the transport.
        return self._receive.__self__  # type: ignore[attr-defined]

    @property
    def _transport(self) -> asyncio.Transport:
        transport: asyncio.Transport = self._cycle.transport
        return transport

    async def _until_gone(self) -> None:
        message: Message = {"type": "http.request"}
        while message["type"] != "http.disconnect":
            message = await self._receive()
