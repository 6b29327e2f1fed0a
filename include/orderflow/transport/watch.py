"""A time limit for a call: when it expires, the connection is shut down, no matter who is waiting for it.

The timeouts of `requests` measure the silence between two bytes, and a server that trickles is never silent. Neither
headers nor a TLS handshake can be read in pieces, so the only place to stop them is the socket.
"""

import socket
from contextlib import suppress
from contextvars import ContextVar
from functools import cache
from threading import Lock, Timer
from types import TracebackType
from typing import Any, Self

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, PoolManager
from urllib3.connection import HTTPConnection

_watch: ContextVar["Watch | None"] = ContextVar("orderflow_call", default=None)
_POOL = 16


class Watch:
    """One call of this thread, with its total time in seconds."""

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self.sent = False
        """Whether any of the request has left this process; only a watched session can tell."""
        self.connected = False
        """Whether a watched connection was used at all."""
        self._lock = Lock()
        self._socket: socket.socket | None = None
        self._timer = Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._token = _watch.set(self)
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()
        with self._lock:
            if self._socket is not None:
                self._socket.close()
            self._socket = None
        _watch.reset(self._token)

    def follow(self, sock: socket.socket | None) -> None:
        """Note the connection that the call is using."""
        with self._lock:
            self.connected = True
            if self._socket is not None:
                self._socket.close()
            # A duplicate socket: the connection may be released while its answer is still being read.
            self._socket = None if sock is None else sock.dup()
            if self.expired:
                self._shut()

    def _expire(self) -> None:
        with self._lock:
            self.expired = True
            self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # the other side closed it first
                self._socket.shutdown(socket.SHUT_RDWR)


class _Watched(HTTPConnection):
    """A connection that a watch can shut down, and that reports when the first byte of a request is sent."""

    _handle: socket.socket | None = None
    """A second handle to the connection, because TLS takes over the first one."""
    _connecting = False

    def connect(self) -> None:
        self._connecting = True  # the proxy handshake comes before the request
        try:
            super().connect()
        finally:
            self._connecting = False

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        self._drop_handle()
        self._handle = sock.dup()
        self._follow()
        return sock

    def putrequest(self, *args: Any, **kwargs: Any) -> None:
        self._follow()
        super().putrequest(*args, **kwargs)

    def send(self, data: Any) -> None:
        if not self._connecting:
            if self.sock is None:
                self.connect()
            watch = _watch.get()
            if watch is not None:
                watch.sent = True
        super().send(data)

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._drop_handle()

    def _follow(self) -> None:
        watch = _watch.get()
        if watch is not None:
            watch.follow(self._handle)

    def _drop_handle(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None


@cache
def _watched_pool(pool: type[HTTPConnectionPool]) -> type[HTTPConnectionPool]:
    """Return the same kind of pool (TLS, SOCKS), but with connections that are watched."""
    if issubclass(pool.ConnectionCls, _Watched):
        return pool
    connection = type(f"Watched{pool.ConnectionCls.__name__}", (_Watched, pool.ConnectionCls), {})
    return type(f"Watched{pool.__name__}", (pool,), {"ConnectionCls": connection})


class _Adapter(HTTPAdapter):
    """An adapter for `requests` with watched connections, also through a proxy."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        _watched(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> PoolManager:
        return _watched(super().proxy_manager_for(proxy, **kwargs))


def _watched(manager: PoolManager) -> PoolManager:
    pools = {scheme: _watched_pool(pool) for scheme, pool in manager.pool_classes_by_scheme.items()}
    manager.pool_classes_by_scheme = pools
    return manager


def make_watchable(session: requests.Session, *, connections: int = _POOL) -> None:
    """Watch every call of a session; a session that is already watched is left alone."""
    for scheme in ("http://", "https://"):
        if not isinstance(session.get_adapter(scheme), _Adapter):
            session.mount(scheme, _Adapter(pool_maxsize=connections))
