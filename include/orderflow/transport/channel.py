"""One service over one `requests.Session`: every request of this project goes through `Channel.call`."""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NamedTuple, Protocol

import requests

from orderflow.domain.reasons import Reason
from orderflow.errors import CallDeferredError, PermanentError
from orderflow.transport.answer import Answer
from orderflow.transport.authorization import Authorization
from orderflow.transport.document import write_document
from orderflow.transport.failures import Exchange, RefusedError, Service
from orderflow.transport.faults import fault_of_answer, fault_of_error
from orderflow.transport.meter import NO_METER, Meter
from orderflow.transport.redaction import excerpt
from orderflow.transport.retry import DEFAULT_POLICY, RetryPolicy, retry_after
from orderflow.transport.throttle import Throttle

REPEATABLE = frozenset({"GET", "PATCH", "PUT"})
_TURNED_AWAY = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class Timeouts(NamedTuple):
    """Seconds to connect, and seconds of silence while an answer is awaited."""

    connect: float = 10.0
    read: float = 30.0


DEFAULT_TIMEOUTS = Timeouts()


class CallGuard(Protocol):
    """What every single request has to pass, repeated ones too."""

    def enter(self, method: str, path: str) -> None:
        """Wait until it may be sent; CallDeferredError when it may not for longer than a wait is worth."""

    def refused(self, method: str, path: str, status: int | None, text: str) -> None:
        """Hear that it was refused for good, with what answer; must not raise."""

    def succeeded(self, method: str, path: str) -> None:
        """Hear that it was answered as it should be; must not raise."""

    def throttled(self, seconds: float) -> None:
        """Hear that the other side asks everybody for a pause; must not raise."""


class Channel:
    """Talks to `base_url` and nobody else: no redirects, no cookies, no credentials from a netrc file.

    With `read_only` nothing but GET leaves this process. Safe to share between threads.
    """

    def __init__(
        self,
        session: requests.Session,
        base_url: str,
        *,
        service: Service,
        authorize: Authorization | None = None,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        policy: RetryPolicy = DEFAULT_POLICY,
        read_only: bool = False,
        secrets: Iterable[str] = (),
        gate: CallGuard | None = None,
        meter: Meter = NO_METER,
    ) -> None:
        # A cookie would tie together the threads that share this session, and could outrank the token.
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.service = service
        self._session = session
        self._base_url = base_url.rstrip("/")
        self._authorize = authorize
        self._timeouts = timeouts
        self._policy = policy
        self._read_only = read_only
        self._extra_secrets = tuple(secrets)
        self._gate = gate
        self._throttle = Throttle()
        self._meter = meter

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.service.name})"

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
    ) -> Answer:
        """Send a request, `path` below the base URL; return its 2xx answer, or one whose status is in `accept`.

        The body is `json` (Decimals become numbers as they are written), or `data`: a form, or bytes as they are.
        `retry` repeats it while that may help, for GET, PATCH and PUT only. Without, one request is sent; another one
        only after an answer which means that nothing was done: a renewable token was turned away (401, 403), or the
        other side asked for a short pause (429).
        UnavailableError (transient), RefusedError (permanent); PermanentError for a write on a dry run;
        CallDeferredError when the gate lets nothing through or the other side asked for a long pause: nothing was done.
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
            "data": data if json is None else write_document(json),
            "headers": {
                "Accept": "application/json",
                **({} if json is None else {"Content-Type": "application/json"}),
                **(headers or {}),
            },
        }
        attempt = partial(self._attempt, Exchange(method, path), request, accept)
        if not retry:
            return attempt()
        return self._policy.run(attempt, on_repeat=partial(self._meter.repeated, self.service.name, method))

    def _attempt(self, exchange: Exchange, request: Mapping[str, Any], accept: Collection[int]) -> Answer:
        response = self._send(exchange, request)
        status = response.status_code
        succeeded = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
        if not (succeeded or status in accept):
            fault = fault_of_answer(response, exchange, self.service, self._secrets())
            if self._gate and isinstance(fault, RefusedError) and fault.exchange:
                self._gate.refused(exchange.method, exchange.path, status, fault.exchange.excerpt)
            raise fault
        if self._gate and succeeded:
            self._gate.succeeded(exchange.method, exchange.path)
        body = response.content
        return Answer(status, response.headers, body, partial(self._unreadable, exchange, status, body))

    def _send(self, exchange: Exchange, request: Mapping[str, Any]) -> requests.Response:
        """Send it, as often as the other side asks for a pause that is worth the wait."""
        waited = 0.0
        while True:
            waited += self._wait_for_turn(exchange)
            response = self._send_once(exchange, request)
            if response.status_code != HTTPStatus.TOO_MANY_REQUESTS:
                self._throttle.answered()
                return response
            pause = self._throttle.told(retry_after(response.headers.get("Retry-After")))
            if self._gate:
                self._gate.throttled(pause)
            if pause > self._policy.longest_retry_after or waited + pause > self._policy.deadline:
                raise self._throttled(exchange, pause)
            self._meter.repeated(self.service.name, exchange.method)

    def _wait_for_turn(self, exchange: Exchange) -> float:
        ahead = self._throttle.wait_ahead()
        if ahead > self._policy.longest_retry_after:
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

    def _send_once(self, exchange: Exchange, request: Mapping[str, Any]) -> requests.Response:
        if self._authorize is None:
            return self._transmit(exchange, request, None)
        header = self._authorize.header()
        response = self._transmit(exchange, request, header)
        if response.status_code in _TURNED_AWAY and self._authorize.renew(header):
            if self._gate:
                self._gate.enter(exchange.method, exchange.path)
            response = self._transmit(exchange, request, self._authorize.header())
        return response

    def _transmit(self, exchange: Exchange, request: Mapping[str, Any], header: str | None) -> requests.Response:
        start = time.monotonic()
        try:
            return self._session.request(
                **request,
                auth=partial(_authorized, header),
                timeout=self._timeouts,
                # Said here, for else REQUESTS_CA_BUNDLE in the environment would outrank the connection's CA file.
                verify=self._session.verify,
                allow_redirects=False,
                stream=False,
            )
        except requests.RequestException as error:
            raise fault_of_error(error, exchange, self.service) from error
        finally:
            self._meter.called(self.service.name, exchange.method, time.monotonic() - start)

    def _unreadable(self, exchange: Exchange, status: int, content: bytes, what: str, *, quoted: bool) -> RefusedError:
        text = excerpt(content.decode("utf-8", "replace"), self._secrets()) if quoted else ""
        exchange = exchange._replace(status=status, excerpt=text)
        return RefusedError(
            f"{self.service.name}: the answer {what}: {exchange}", exchange=exchange, reason=self.service.answer_invalid
        )

    def _secrets(self) -> tuple[str, ...]:
        return self._extra_secrets + (self._authorize.secrets() if self._authorize else ())


def _authorized(header: str | None, request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Set the header; an `auth` that is given also keeps `requests` from taking credentials out of a netrc file."""
    if header is not None:
        request.headers["Authorization"] = header
    return request
