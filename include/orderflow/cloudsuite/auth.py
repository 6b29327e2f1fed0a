"""OAuth2 client credentials as CloudSuite expects them (Usage Info page): id and secret in the body, scope `openid`."""

import json
import math
import time
from collections.abc import Callable
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests

from orderflow.domain.reasons import Reason
from orderflow.errors import CallDeferredError, ConfigurationError
from orderflow.transport import (
    DEFAULT_BOUNDS,
    DEFAULT_TIMEOUTS,
    Answer,
    Bounds,
    Channel,
    RetryPolicy,
    Service,
    Timeouts,
    UnavailableError,
)
from orderflow.transport.credentials import token as checked_token


def error_of(body: str) -> str:
    """Return the error fields that RFC 6749 defines for a token endpoint. Nothing else of its answer is quoted."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    said = [document.get(name) for name in ("error", "error_description")] if isinstance(document, dict) else []
    return ": ".join(text for text in said if isinstance(text, str))


TOKEN_SERVICE = Service(
    name="shop's token address",
    unavailable=Reason.SHOP_UNAVAILABLE,
    refused=Reason.SHOP_AUTH,
    auth=Reason.SHOP_AUTH,
    not_found=Reason.SHOP_AUTH,
    answer_invalid=Reason.SHOP_AUTH,
    quotable=error_of,
)
"""A refusal here means that the connection is wrong."""

_UNTOLD_LIFETIME = 60.0
"""Seconds. The page states no lifetime, so a token without one is not kept for long."""
_LONGEST_MARGIN = 30.0
_LONGEST_LIFETIME = 30 * 24 * 3600.0


class Credentials(NamedTuple):
    """Who requests a token, and where."""

    token_url: str
    client_id: str
    client_secret: str
    scope: str = "openid"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.address})"

    @property
    def address(self) -> str:
        """The token URL, without the parts that may be secret."""
        parts = urlsplit(self.token_url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    def secrets(self) -> tuple[str, ...]:
        """Return what no message may show: the secret, and all of the URL except host and path."""
        parts = urlsplit(self.token_url)
        return tuple(text for text in (self.client_secret, parts.password, parts.query) if text)


_ASK_ONCE = RetryPolicy(deadline=0)
"""Never retries, not even after a 429: the channel that needs the token waits and asks again."""


class _Token(NamedTuple):
    header: str
    fresh_until: float
    told: float | None
    """The lifetime in seconds, if the answer stated one."""


class ClientCredentials:
    """An `Authorization` that fetches its token, keeps it until shortly before it expires, and replaces a refused one.

    It asks once and never retries; the channel that needs the token does. Threads wait for one another, so only one
    request replaces an expired token.
    """

    def __init__(
        self,
        session: requests.Session,
        credentials: Credentials,
        *,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        bounds: Bounds = DEFAULT_BOUNDS,
        on_token: Callable[[str], None] = lambda token: None,  # noqa: ARG005  # the default does nothing with it
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        address = urlsplit(credentials.token_url)
        self._path = address._replace(scheme="", netloc="", fragment="").geturl()
        self._channel = Channel(
            session,
            f"{address.scheme}://{address.netloc.rpartition('@')[2]}",
            service=TOKEN_SERVICE,
            timeouts=timeouts,
            bounds=bounds,
            secrets=credentials.secrets(),
            policy=_ASK_ONCE,
        )
        self._credentials = credentials
        self._on_token = on_token
        self._clock = clock
        self._lock = Lock()
        self._token: _Token | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._credentials!r})"

    def header(self) -> str:
        """Return `Bearer <token>`, fetching a token first if there is no fresh one."""
        with self._lock:
            if self._token is None or self._clock() >= self._token.fresh_until:
                self._token = self._fetch()
            return self._token.header

    def renew(self, spent: str) -> bool:
        """Replace the header `spent`, unless another thread has already done so."""
        with self._lock:
            if self._token is None or self._token.header == spent:
                self._token = self._fetch()
            return True

    @property
    def address(self) -> str:
        """Where tokens are fetched, without what may be secret in it."""
        return self._credentials.address

    @property
    def lifetime(self) -> float | None:
        """The stated lifetime of the current token, in seconds; None without a token or a stated lifetime."""
        token = self._token
        return token.told if token else None

    def secrets(self) -> tuple[str, ...]:
        """Return the client secret and the current token."""
        token = self._token
        return (*self._credentials.secrets(), *((token.header.removeprefix("Bearer "),) if token else ()))

    def _fetch(self) -> _Token:
        asked_at = self._clock()
        try:
            answer = self._channel.call("POST", self._path, retry=False, data=self._form())
        except CallDeferredError as error:
            raise UnavailableError(
                error.message, reason=TOKEN_SERVICE.unavailable, retry_after=error.retry_after, not_sent=True
            ) from error
        except UnavailableError as error:
            # Whatever happened to the token request, the call that needed the token was never sent.
            error.not_sent = True
            raise
        token, told = _read(answer)
        lifetime = _UNTOLD_LIFETIME if told is None else told
        self._on_token(token)
        return _Token(f"Bearer {token}", asked_at + lifetime - min(_LONGEST_MARGIN, lifetime / 10), told)

    def _form(self) -> dict[str, str]:
        return {
            "grant_type": "client_credentials",
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret,
            "scope": self._credentials.scope,
        }


def _read(answer: Answer) -> tuple[str, float | None]:
    document: dict[str, Any] = answer.json_object()
    token = document.get("access_token")
    if not isinstance(token, str) or not token:
        raise answer.unreadable("has no access_token")
    try:
        checked_token(token, "access_token")
    except ConfigurationError:
        raise answer.unreadable("has an access_token that no header can carry") from None
    return token, _lifetime(document.get("expires_in"))


def _lifetime(told: object) -> float | None:
    try:
        lifetime = float(told)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return min(lifetime, _LONGEST_LIFETIME) if math.isfinite(lifetime) and lifetime > 0 else None
