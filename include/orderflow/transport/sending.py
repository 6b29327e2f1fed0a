"""One request on the wire: sent once, timed, and its answer read within the limits."""

import logging
from collections.abc import Collection, Mapping
from functools import partial
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, NamedTuple

import requests
from urllib3.exceptions import HTTPError

from orderflow.transport.failures import Exchange, Received, Service
from orderflow.transport.faults import fault_of_error, fault_of_time
from orderflow.transport.time_limit import seconds_left
from orderflow.transport.watch import Watch

_PIECE = 65_536
_ENOUGH_TO_QUOTE = 65_536
"""Bytes read of a failing answer."""


def _is_no_quotation(record: logging.LogRecord) -> bool:
    """Drop what urllib3 warns of in an answer: it quotes the peer's bytes, with a stack trace.

    An answer with a broken header line is judged by what could be read of it, as any other.
    """
    return record.levelno < logging.WARNING


logging.getLogger("urllib3.connection").addFilter(_is_no_quotation)


class Timeouts(NamedTuple):
    """Seconds to connect, and seconds of silence while waiting for an answer."""

    connect: float = 10.0
    read: float = 30.0


class Bounds(NamedTuple):
    """Limits of one call: seconds in total, no matter how busy the connection is, and bytes after decompression."""

    seconds: float = 60.0
    bytes: int = 32 * 1024 * 1024


class Sending(NamedTuple):
    """How requests are sent."""

    session: requests.Session
    timeouts: Timeouts
    bounds: Bounds
    service: Service

    def send(
        self,
        exchange: Exchange,
        request: Mapping[str, Any],
        header: str | None,
        accept: Collection[int],
    ) -> Received:
        """Send a request and read its answer, completely if it is a success or its status is in `accept`.

        Raises only this project's errors, without their cause, which may hold the request.
        """
        seconds = min(self.bounds.seconds, seconds_left())
        if not seconds:
            raise fault_of_time(exchange, self.service, seconds, sent=False)
        with Watch(seconds) as watch:
            try:
                received = self._exchanged(request, header, accept, seconds)
            except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError, OverflowError) as error:
                if watch.expired:
                    raise fault_of_time(exchange, self.service, seconds, sent=watch.sent) from None
                sent = watch.sent if watch.connected else None
                raise fault_of_error(error, exchange, self.service, sent=sent) from None
        if watch.expired:  # a connection that was shut down looks like one that simply ended
            raise fault_of_time(exchange, self.service, seconds, sent=True)
        return received

    def _exchanged(
        self, request: Mapping[str, Any], header: str | None, accept: Collection[int], seconds: float
    ) -> Received:
        response = self.session.request(
            **request,
            auth=partial(_authorized, header),
            timeout=Timeouts(*(min(timeout, seconds) for timeout in self.timeouts)),
            # Set here, otherwise REQUESTS_CA_BUNDLE in the environment would override the connection's CA file.
            verify=self.session.verify,
            allow_redirects=False,
            stream=True,
        )
        with response:
            is_wanted = response.status_code < HTTPStatus.MULTIPLE_CHOICES or response.status_code in accept
            most = self.bounds.bytes if is_wanted else min(_ENOUGH_TO_QUOTE, self.bounds.bytes)
            content = bytearray()
            for piece in response.iter_content(_PIECE):
                content += piece
                if len(content) > most:
                    break
            return Received(response.status_code, response.headers, bytes(content[:most]), len(content) <= most)


def _authorized(header: str | None, request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Set the header. Passing an `auth` also keeps `requests` from reading credentials from a netrc file."""
    if header is not None:
        request.headers["Authorization"] = header
    return request
