"""A proxy in front of a real server that loses, on command, a request, or the answer to a completed one."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import urlsplit

Fate = Literal["pass", "lose request", "lose answer", "refuse"]
"""What happens to a request: `refuse` answers 503 and does nothing, the losses close the connection."""

Rule = Callable[[str, str], Fate]
"""Decides by method and path; called once per request, from several threads."""

UPSTREAM_TIMEOUT = 60


def every_request_passes(_method: str, _path: str) -> Fate:
    return "pass"


class Lossy:
    """The proxy's address and its rule, which may be changed at any time."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.rule: Rule = every_request_passes
        self.seen: list[tuple[str, str, Fate]] = []

    def lose(self, number: int, fate: Fate, *, method: str = "POST") -> None:
        """Give the n-th request with this method, counted from now, this fate; all others pass."""
        counted = iter(range(1, 1_000_000))

        def rule(asked: str, _path: str) -> Fate:
            return fate if asked == method and next(counted) == number else "pass"

        self.rule = rule


@contextmanager
def lossy(upstream: str) -> Iterator[Lossy]:
    """Run a proxy in front of `upstream` on a free loopback port for the duration of the block."""
    target = urlsplit(upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fate = proxy.rule(self.command, self.path)
            proxy.seen.append((self.command, self.path, fate))
            if fate == "lose request":
                self.close_connection = True
                return
            if fate == "refuse":
                self._answer(503, [], b"")
                return
            connection = HTTPConnection(target.hostname or "", target.port, timeout=UPSTREAM_TIMEOUT)
            try:
                kept = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
                connection.request(self.command, self.path, body or None, kept)
                answer = connection.getresponse()
                content = answer.read()
            finally:
                connection.close()
            if fate == "lose answer":
                self.close_connection = True
                return
            self._answer(answer.status, answer.getheaders(), content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815  # the names are the library's

        def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in {"connection", "transfer-encoding", "content-length"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    proxy = Lossy(f"http://127.0.0.1:{server.server_port}{target.path}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
