"""Real receivers on loopback: for StatsD datagrams, webhook messages, and mail."""

import gzip
import html
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from service import free_port, wait_until


class StatsdReceiver:
    """Keeps every line sent to its UDP port."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        Thread(target=self._receive, daemon=True).start()

    def names(self) -> set[str]:
        """Return the names of all metrics received."""
        return {line.partition(":")[0] for line in list(self.lines)}

    def of(self, name: str) -> list[str]:
        """Return the values of one metric, as `value|type`."""
        return [line.partition(":")[2] for line in list(self.lines) if line.partition(":")[0] == name]

    def wait_for(self, name: str, timeout: float = 30) -> list[str]:
        """Wait until a metric arrives; a datagram may still be on its way when its sender has ended."""
        return wait_until(lambda: self.of(name) or None, timeout, f"metric {name}")

    def _receive(self) -> None:
        while True:
            self.lines += self._socket.recv(65_536).decode().splitlines()


Arrived = list[tuple[datetime, str]]
"""What has arrived, and when: kept although the messages themselves are cleared."""


class Inbox(list[Any]):
    """The messages that a webhook has accepted; while `is_down` it answers 503 and accepts none."""

    def __init__(self) -> None:
        super().__init__()
        self.is_down = False
        self.arrived: Arrived = []


@contextmanager
def webhook_receiver() -> Iterator[tuple[str, Inbox]]:
    """Receive messages; yields the address and the list of messages."""
    received = Inbox()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not received.is_down:
                received.append(message)
                received.arrived.append((datetime.now(UTC), str(message.get("text", message))))
            self.send_response(503 if received.is_down else 200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hook", received
    server.shutdown()
    server.server_close()


class OtlpReceiver:
    """Keeps what it receives through OTLP over HTTP: spans, and the names of metrics."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.metrics: set[str] = set()
        receiver = self

        class Collector(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                receiver._keep(self.path, body)
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Log nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def _keep(self, path: str, body: bytes) -> None:
        if path == "/v1/traces":
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                self.spans += [span for scope in resource.scope_spans for span in scope.spans]
        elif path == "/v1/metrics":
            for resource_metrics in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                self.metrics |= {metric.name for scope in resource_metrics.scope_metrics for metric in scope.metrics}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Mailbox:
    """Keeps the mails that a server has accepted; while `is_down` it refuses every mail."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.is_down = False
        self.arrived: Arrived = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802
        if self.is_down:
            return "451 try again later"
        self.mails.append(message_from_bytes(envelope.content))
        self.arrived.append((datetime.now(UTC), html.unescape(self.text())))
        return "250 OK"

    def to(self, address: str) -> list[Any]:
        """Return the mails to an address."""
        return [mail for mail in self.mails if address in mail["To"]]

    def text(self, number: int = -1) -> str:
        """Return the body of a mail."""
        body = next(part for part in self.mails[number].walk() if part.get_content_type() == "text/html")
        return str(body.get_payload(decode=True).decode())


@contextmanager
def mail_server() -> Iterator[tuple[str, Mailbox]]:
    """Receive mail; yields the Airflow connection to the server, as JSON, and its mailbox."""
    mailbox, port = Mailbox(), free_port()
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    extra = {"disable_tls": True, "disable_ssl": True, "from_email": "airflow@example.org", "retry_limit": 1}
    yield json.dumps({"conn_type": "smtp", "host": "127.0.0.1", "port": port, "extra": extra}), mailbox
    server.stop()
