"""A server that answers with exactly these bytes, at exactly this speed, over plain TCP or TLS."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Script = Callable[["Visit"], None]


class Visit:
    """One connection of a client."""

    def __init__(self, sock: socket.socket, stopped: threading.Event) -> None:
        self.sock = sock
        self._stopped = stopped

    def read_request(self) -> bytes:
        """Read one request with its body; empty if the client is gone."""
        read = b""
        while b"\r\n\r\n" not in read:
            piece = self.sock.recv(65536)
            if not piece:
                return b""
            read += piece
        head, _, body = read.partition(b"\r\n\r\n")
        length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0)
        while len(body) < length:
            body += self.sock.recv(65536)
        return head + b"\r\n\r\n" + body

    def send(self, content: bytes) -> None:
        """Send immediately."""
        self.sock.sendall(content)

    def trickle(self, content: bytes, pause: float = 0.02) -> None:
        """Send byte by byte, repeatedly, until the client disconnects or the server ends."""
        while not self._stopped.is_set():
            for byte in content:
                self.sock.sendall(bytes([byte]))
                if self._stopped.wait(pause):
                    return

    def wait_until_gone(self) -> None:
        """Send nothing until the client disconnects."""
        while self.sock.recv(65536):
            pass


@contextmanager
def raw_server(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Run `script` for every connection; yields the address."""
    stopped = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    visits: list[threading.Thread] = []
    socks: list[socket.socket] = []

    def visit(sock: socket.socket) -> None:
        with suppress(OSError, ssl.SSLError):
            if tls is not None:
                sock = tls.wrap_socket(sock, server_side=True)
                socks.append(sock)
            script(Visit(sock, stopped))
        with suppress(OSError):
            sock.close()

    def accept() -> None:
        with suppress(OSError):
            while True:
                sock, _ = listener.accept()
                socks.append(sock)
                visits.append(threading.Thread(target=visit, args=(sock,), daemon=True))
                visits[-1].start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stopped.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for sock in socks:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        acceptor.join()
        for thread in visits:
            thread.join()


def answering(content: bytes) -> Script:
    """Give the same answer to every request on every connection."""

    def script(visit: Visit) -> None:
        while visit.read_request():
            visit.send(content)

    return script


def http(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """Return a complete HTTP answer."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Length: {len(body)}",
        *(f"{n.replace('_', '-')}: {v}" for n, v in headers.items()),
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
