"""Middleware that records every request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

calls: list[tuple[str, str, int]] = []
"""Method, path and status."""


def record(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Return the middleware."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        calls.append((str(request.method), request.path, response.status_code))
        return response

    return middleware
