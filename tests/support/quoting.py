"""A service that quotes every secret back, in every form, and the adapters' connections with those secrets."""

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from support.canaries import forms
from support.raw_server import Visit, http, raw_server

PASSWORD = "canary+pass/word=<&>\"'\\é-7731"
TOKEN = "canary-tok3n.ABC~def+ghi/jkl=mno"
TENANT = "canary tenant/key=<&>0123"
SHORT = "c4n!y"
BASIC = b64encode(f"me:{PASSWORD}".encode()).decode()
"""What HTTP Basic makes of login and password."""
SECRETS = (PASSWORD, TOKEN, TENANT, BASIC)
SAID = "; ".join(form for secret in SECRETS for form in forms(secret)) + f"; pin {SHORT}, '{SHORT}'"

LOGIN = {"login": "me", "password": PASSWORD}
TRYTON = {"adapter": "tryton", "database": "d", "web_shop": {"1": "Shop"}}
ADAPTERS: dict[str, dict[str, Any]] = {
    "REST, password": {**LOGIN, "extra": {"X-Tenant": TENANT, "X-Pin": SHORT}},
    "REST, token": {"extra": {"token": TOKEN, "X-Tenant": TENANT, "X-Pin": SHORT}},
    "Tryton, token": {"extra": {"token": TOKEN, "X-Tenant": TENANT, "X-Pin": SHORT, **TRYTON}},
    "Tryton, password": {**LOGIN, "extra": {"X-Tenant": TENANT, "X-Pin": SHORT, **TRYTON}},
}
QUOTED: dict[str, Any] = {
    **dict.fromkeys(("error", "error_description", "reason", "message", "description", "number"), SAID),
    SAID: SAID,
    "results": SAID,
}
ANSWERS: dict[str, tuple[str, bytes]] = {
    "400 JSON": ("400 Bad Request", json.dumps(QUOTED).encode()),
    "401 JSON": ("401 Unauthorized", json.dumps([SAID, SAID], ensure_ascii=False).encode()),
    "403 page": ("403 Forbidden", f"<html><title>{SAID}</title>{SAID}</html>".encode()),
    "409 JSON": ("409 Conflict", json.dumps({**QUOTED, "error": "duplicate"}).encode()),
    "422 JSON": ("422 Unprocessable", json.dumps({**QUOTED, "error": "rejected", "lines": [1]}).encode()),
    "422 text": ("422 Unprocessable", SAID.encode()),
    "200 JSON": ("200 OK", json.dumps(QUOTED).encode()),
    "200 Latin-1": ("200 OK", f'{{"results": "{PASSWORD}é"}}'.encode("latin-1")),
    "302": ("302 Found", b""),
}


@contextmanager
def quoting_server() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the answer `chosen["answer"]` to the calls of `chosen["methods"]`, and find nothing for the others.

    Yields the address and `chosen`.
    """
    chosen: dict[str, Any] = {}

    def serve(visit: Visit) -> None:
        while request := visit.read_request():
            method, path = request.split(b" ", 2)[:2]
            if method.decode() in chosen["methods"]:
                status, body = chosen["answer"]
                header = _quote_of(request)
                visit.send(
                    http(body, status, location=f"/{header}?{header}", www_authenticate=f'Basic realm="{header}"')
                )
            elif b"capabilities" in path:
                visit.send(http(b"{}", "404 Not Found"))
            else:
                visit.send(http(b'{"results": []}'))

    with raw_server(serve) as address:
        yield address, chosen


def _quote_of(request: bytes) -> str:
    """Return the credentials that a request came with, as a proxy's error page does."""
    lines = request.decode("latin-1").split("\r\n")
    return next((line.partition(": ")[2] for line in lines if line.lower().startswith("authorization")), "")


def secrets_of(given: dict[str, Any]) -> list[str]:
    """Return the secrets of a connection."""
    used = [secret for secret in SECRETS if json.dumps(secret)[1:-1] in json.dumps(given)]
    if "password" in given and "token" not in given["extra"]:
        used.append(BASIC)
    return used
