"""A SOCKS5 proxy that connects, refuses, disconnects or stays silent, on command."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Literal

from support.raw_server import Visit, raw_server

Temper = Literal["connects", "refuses", "hangs up", "speaks HTTP", "is silent"]

_NO_LOGIN = b"\x05\x00"
_HOST_UNREACHABLE = 4
_NAME = 3


@contextmanager
def socks_server(temper: Temper = "connects") -> Iterator[str]:
    """Run it; yields its address. It resolves names itself (`socks5h`)."""

    def visit(client: Visit) -> None:
        client.sock.recv(65536)
        match temper:
            case "hangs up":
                return
            case "is silent":
                client.wait_until_gone()
                return
            case "speaks HTTP":
                client.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return
        client.send(_NO_LOGIN)
        asked = client.sock.recv(65536)
        if temper == "refuses":
            client.send(struct.pack("!BBBB4sH", 5, _HOST_UNREACHABLE, 0, 1, bytes(4), 0))
            return
        host, port = _target(asked)
        with socket.create_connection((host, port)) as service:
            client.send(struct.pack("!BBBB4sH", 5, 0, 0, 1, bytes(4), 0))
            back = Thread(target=_copy, args=(service, client.sock))
            back.start()
            _copy(client.sock, service)
            back.join()

    with raw_server(visit) as url:
        yield url.replace("http://", "socks5h://")


def _target(asked: bytes) -> tuple[str, int]:
    (port,) = struct.unpack("!H", asked[-2:])
    host = asked[5:-2].decode() if asked[3] == _NAME else socket.inet_ntoa(asked[4:8])
    return host, port


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
