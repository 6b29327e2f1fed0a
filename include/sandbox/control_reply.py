"""Reading and answering calls of the control API."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.wire import dumps, loads

Answer = Callable[[Request], Awaitable[Response]]
RouteOf = tuple[str, Answer, list[str]]


async def read(request: Request) -> Any:
    """Return the JSON of the body; None without one."""
    body = await request.body()
    return loads(body) if body else None


def to_json(data: object, status: int = 200) -> Response:
    """Answer with JSON."""
    return Response(dumps(data), status, media_type="application/json")
