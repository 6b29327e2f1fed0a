"""The app that Airflow's API server mounts: login required everywhere, strict headers, errors in plain words."""

import logging
from collections.abc import Awaitable, Callable

from fastapi import Depends, FastAPI, Request
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.responses import JSONResponse, Response

from orderflow.domain.explanations import EXPLAINED
from orderflow.errors import OrderflowError, TransientError, unforeseen
from orderflow.web import api, files
from orderflow.web.hosts import trusted_hosts
from orderflow.web.security import may_see

log = logging.getLogger(__name__)

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "
    "frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def create_app() -> FastAPI:
    """Build the app; every route, including scripts and style sheets, requires a user who may see the orders."""
    app = FastAPI(title="Orderflow", docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(may_see)])
    app.include_router(api.router)
    app.include_router(files.router)
    app.add_exception_handler(OrderflowError, _in_words)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=trusted_hosts(), www_redirect=False)
    app.middleware("http")(_with_headers)  # the last one added is the outermost: its headers are on refusals, too
    return app


async def _with_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    try:
        answer = await call_next(request)
    except Exception as error:  # noqa: BLE001 - an answer made further out would lack the headers
        log.error("%s: %s", request.url.path, unforeseen(error).message)  # noqa: TRY400 - its text may hold anything
        answer = JSONResponse(
            {"detail": "The page failed. Its log says where; report it as a defect."}, status_code=500
        )
    answer.headers.update(HEADERS)
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


async def _in_words(_request: Request, error: Exception) -> JSONResponse:
    """Say what is wrong with the ledger or the settings and who owns it; the database's own text stays in the log."""
    assert isinstance(error, OrderflowError)  # noqa: S101 - what it is registered for
    meaning, owner, action = EXPLAINED[error.reason]
    said = meaning if isinstance(error, TransientError) else error.message
    return JSONResponse({"detail": f"{said} {action}", "owner": owner, "reason": error.reason}, status_code=503)
