"""The checks that every call at the shop passes before it is handled, in REST framework's order."""

import math
import time
from collections import deque

from sandbox import auth
from sandbox.auth import TokenIssuer
from sandbox.config import Config
from sandbox.wire import Call, JsonObject, Refusal, json_reply, loads

_SECONDS = {"second": 1, "minute": 60, "hour": 3600}


class Entrance:
    """Checks the Accept header, the token, the rate and the method."""

    def __init__(self, issuer: TokenIssuer) -> None:
        self._issuer = issuer
        self._recent: deque[float] = deque()

    def admit(self, call: Call, config: Config, methods: tuple[str, ...]) -> str:
        """Return the method, with HEAD as GET; Refusal if the call is not admitted."""
        if not _accepts_json(call.headers.get("accept", "*/*")):
            raise Refusal(json_reply({"detail": "Could not satisfy the request Accept header."}, 406))
        auth.check_shop(call, config, self._issuer)
        self._throttle(config)
        method = "GET" if call.method == "HEAD" else call.method
        if method not in methods:
            said = {"detail": f'Method "{call.method}" not allowed.'}
            raise Refusal(json_reply(said, 405, headers={"allow": ", ".join(methods)}))
        return method

    def _throttle(self, config: Config) -> None:
        if config.rate_limit is None:
            return
        now, period = time.monotonic(), _SECONDS[config.rate_period]
        while self._recent and self._recent[0] <= now - period:
            self._recent.popleft()
        if len(self._recent) < config.rate_limit:
            self._recent.append(now)
            return
        wait = max(1, math.ceil(self._recent[0] + period - now)) if self._recent else period
        said = "Request was throttled."
        if not config.rate_retry_after:
            raise Refusal(json_reply({"detail": said}, 429))
        said += f" Expected available in {wait} second{'s' if wait > 1 else ''}."
        raise Refusal(json_reply({"detail": said}, 429, headers={"retry-after": str(wait)}))


def json_body(call: Call) -> JsonObject:
    """Return the object in the body; Refusal if it is not one."""
    if not call.body:
        return {}
    media_type = call.headers.get("content-type", "")
    if media_type.partition(";")[0].strip() != "application/json":
        raise Refusal(json_reply({"detail": f'Unsupported media type "{media_type}" in request.'}, 415))
    try:
        body = loads(call.body)
    except ValueError as error:
        raise Refusal(json_reply({"detail": f"JSON parse error - {error}"}, 400)) from None
    if not isinstance(body, dict):
        said = f"Invalid data. Expected a dictionary, but got {type(body).__name__}."
        raise Refusal(json_reply({"non_field_errors": [said]}, 400))
    return body


def _accepts_json(accept: str) -> bool:
    kinds = {part.partition(";")[0].strip() for part in accept.split(",")}
    return bool(kinds & {"application/json", "application/*", "*/*", ""})
