"""One service over one `requests.Session`: every request of this project goes through `Channel.call`."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import copy
from functools import partial
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol, Self, TypeVar

import requests

from orderflow.domain.reasons import Reason
from orderflow.errors import CallDeferredError, PermanentError, TurnedAwayError
from orderflow.redaction import excerpt
from orderflow.transport.answer import Answer
from orderflow.transport.authorization import Authorization
from orderflow.transport.document import write_document
from orderflow.transport.failures import Exchange, Received, RefusedError, Service
from orderflow.transport.faults import fault_of_answer
from orderflow.transport.meter import NO_METER, Meter
from orderflow.transport.retry import DEFAULT_POLICY, RetryPolicy, retry_after
from orderflow.transport.sending import Bounds, Sending, Timeouts
from orderflow.transport.throttle import Throttle
from orderflow.transport.watch import make_watchable

Result = TypeVar("Result")
REPEATABLE = frozenset({"GET", "PATCH", "PUT"})
_TURNED_AWAY = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
DEFAULT_TIMEOUTS = Timeouts()
DEFAULT_BOUNDS = Bounds()


class CallGuard(Protocol):
    """Every single request passes through it, including repeated ones."""

    def enter(self, method: str, path: str) -> None:
        """Wait until the call may be sent; CallDeferredError if that would take too long."""

    def refused(self, method: str, path: str, status: int | None, text: str) -> None:
        """Note a final refusal and its answer; must not raise."""

    def succeeded(self, method: str, path: str) -> None:
        """Note a success; must not raise."""

    def throttled(self, seconds: float) -> None:
        """Note that the service asks every client to pause; must not raise."""


class Channel:
    """Talks to `base_url` only: no redirects, no cookies, no credentials from a netrc file.

    With `read_only`, only GET requests are sent. Safe to share between threads.
    """

    def __init__(
        self,
        session: requests.Session,
        base_url: str,
        *,
        service: Service,
        authorize: Authorization | None = None,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        bounds: Bounds = DEFAULT_BOUNDS,
        policy: RetryPolicy = DEFAULT_POLICY,
        read_only: bool = False,
        secrets: Iterable[str] = (),
        gate: CallGuard | None = None,
        meter: Meter = NO_METER,
    ) -> None:
        # A cookie would tie the threads that share this session together, and could override the token.
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # `requests` examines a redirect's target even if it must not follow it, and reads its whole body for that.
        session.get_redirect_target = lambda _response: None  # type: ignore[method-assign,assignment]
        make_watchable(session)
        self.service = service
        self.checks_certificates = session.verify is not False
        self._session = session
        self._sending = Sending(session, timeouts, bounds, service)
        self._base_url = base_url.rstrip("/")
        self._authorize = authorize
        self._policy = policy
        self._read_only = read_only
        self._extra_secrets = tuple(secrets)
        self._gate = gate
        self._throttle = Throttle()
        self._meter = meter

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.service.name})"

    @property
    def address(self) -> str:
        """The base URL."""
        return self._base_url

    @property
    def authorization(self) -> Authorization | None:
        """The source of its credentials."""
        return self._authorize

    def reading_as(self, authorize: Authorization) -> Self:
        """Return a read-only channel to the same service with other credentials."""
        other = copy(self)
        other._authorize, other._read_only = authorize, True  # noqa: SLF001 - a copy of its own
        return other

    def call(
        self,
        method: str,
        path: str,
        *,
        retry: bool,
        params: Mapping[str, str | Sequence[str]] | None = None,
        json: Any = None,
        data: bytes | Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        accept: Collection[int] = (),
        once: bool = False,
    ) -> Answer:
        """Send a request, `path` below the base URL; return its 2xx answer, or one whose status is in `accept`.

        The body is `json` (Decimals become numbers exactly as written), or `data`: a form, or raw bytes. `retry`
        repeats it while that may help, for GET, PATCH and PUT only. Without it, one request is sent, and another one
        only after an answer which means that nothing was done: a renewable token was refused (401, 403), or the other
        side asked for a short pause (429). With `once`, not even then: TurnedAwayError. UnavailableError (transient),
        RefusedError (permanent); PermanentError for a write on a dry run; CallDeferredError if the guard holds the call
        back or the other side asked for a long pause: nothing was done.
        """
        if self._read_only and method != "GET":
            raise PermanentError(
                f"dry run: {method} {path} to the {self.service.name} was stopped", reason=Reason.DRY_RUN_WRITE
            )
        if retry and method not in REPEATABLE:
            raise ValueError(f"{method} is never repeated blindly")
        request = {
            "method": method,
            "url": self._base_url + path,
            "params": params,
            "data": data if json is None else self._document(json),
            "headers": {
                "Accept": "application/json",
                **({} if json is None else {"Content-Type": "application/json"}),
                **(headers or {}),
            },
        }
        attempt = partial(self._attempt, Exchange(method, path.partition("?")[0]), request, accept, once=once)
        if not retry:
            return attempt()
        return self._policy.run(attempt, on_repeat=partial(self._meter.repeated, self.service.name, method))

    def repeating(self, attempt: Callable[[], Result]) -> Result:
        """Repeat a caller's attempt, which makes its own calls, after each UnavailableError that may pass."""
        return self._policy.run(attempt, on_repeat=partial(self._meter.repeated, self.service.name, "attempt"))

    def _attempt(
        self, exchange: Exchange, request: Mapping[str, Any], accept: Collection[int], *, once: bool
    ) -> Answer:
        received = self._send(exchange, request, accept, once=once)
        succeeded = HTTPStatus.OK <= received.status < HTTPStatus.MULTIPLE_CHOICES
        if not (succeeded or received.status in accept):
            fault = fault_of_answer(received, exchange, self.service, self._secrets())
            if self._gate and isinstance(fault, RefusedError) and fault.exchange:
                self._gate.refused(exchange.method, exchange.path, received.status, fault.exchange.excerpt)
            raise fault
        if self._gate and succeeded:
            self._gate.succeeded(exchange.method, exchange.path)
        refusal = partial(self._unreadable, exchange, received)
        return Answer(received.status, received.headers, received.content, refusal, is_whole=received.is_whole)

    def _send(self, exchange: Exchange, request: Mapping[str, Any], accept: Collection[int], *, once: bool) -> Received:
        """Send the request, and again after each pause that the service asks for, if short enough."""
        waited = 0.0
        while True:
            waited += self._wait_for_turn(exchange)
            received = self._send_once(exchange, request, accept, once=once)
            if received.status != HTTPStatus.TOO_MANY_REQUESTS:
                self._throttle.answered()
                return received
            pause = self._throttle.told(retry_after(received.headers.get("Retry-After")))
            if self._gate:
                self._gate.throttled(pause)
            if pause > self._policy.longest_pause or waited + pause > self._policy.deadline:
                raise self._throttled(exchange, pause)
            self._meter.repeated(self.service.name, exchange.method)
            if once:
                raise self._turned_away(exchange, received)

    def _wait_for_turn(self, exchange: Exchange) -> float:
        ahead = self._throttle.wait_ahead()
        if ahead > self._policy.longest_pause:
            raise self._throttled(exchange, ahead)
        wait = self._throttle.take_turn()
        if wait > 0:
            self._policy.sleep(wait)
        if self._gate:
            self._gate.enter(exchange.method, exchange.path)
        return wait

    def _throttled(self, exchange: Exchange, pause: float) -> CallDeferredError:
        return CallDeferredError(
            f"{self.service.name}: {exchange}: asked for a pause of {pause:.0f} s (429); nothing was done",
            reason=Reason.THROTTLED,
            retry_after=pause,
        )

    def _send_once(
        self, exchange: Exchange, request: Mapping[str, Any], accept: Collection[int], *, once: bool
    ) -> Received:
        if self._authorize is None:
            return self._transmit(exchange, request, None, accept)
        header = self._authorize.header()
        received = self._transmit(exchange, request, header, accept)
        if received.status in _TURNED_AWAY and self._authorize.renew(header):
            if once:
                raise self._turned_away(exchange, received)
            if self._gate:
                self._gate.enter(exchange.method, exchange.path)
            received = self._transmit(exchange, request, self._authorize.header(), accept)
        return received

    def _turned_away(self, exchange: Exchange, received: Received) -> TurnedAwayError:
        return TurnedAwayError(fault_of_answer(received, exchange, self.service, self._secrets()))

    def _transmit(
        self, exchange: Exchange, request: Mapping[str, Any], header: str | None, accept: Collection[int]
    ) -> Received:
        start = time.monotonic()
        try:
            return self._sending.send(exchange, request, header, accept)
        finally:
            self._meter.called(self.service.name, exchange.method, time.monotonic() - start)

    def _unreadable(self, exchange: Exchange, received: Received, what: str, *, quoted: bool) -> RefusedError:
        text = excerpt(self.service.quotable(received.text), self._secrets()) if quoted else ""
        exchange = exchange._replace(status=received.status, excerpt=text)
        return RefusedError(
            f"{self.service.name}: the answer {what}: {exchange}", exchange=exchange, reason=self.service.answer_invalid
        )

    def _document(self, json: Any) -> bytes:
        try:
            return write_document(json)
        except ValueError as error:
            raise PermanentError(f"{self.service.name}: the body to be sent {error}") from None

    def _secrets(self) -> tuple[str, ...]:
        return self._extra_secrets + (self._authorize.secrets() if self._authorize else ())
