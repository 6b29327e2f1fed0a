"""Keycloak's token endpoint, and the access checks of shop and ERP."""

import secrets
import time
from base64 import b64decode
from binascii import Error as Base64Error
from urllib.parse import parse_qsl

from sandbox.config import Config
from sandbox.wire import Call, Refusal, Reply, json_reply

FORM = "application/x-www-form-urlencoded"


class TokenIssuer:
    """Issues access tokens for client credentials in the body, and knows which are still valid."""

    def __init__(self) -> None:
        self._expiry: dict[str, float] = {}

    def handle(self, call: Call, config: Config) -> Reply:
        """Answer as Keycloak does."""
        if call.method != "POST":
            return json_reply({"error": "HTTP 405 Method Not Allowed"}, 405, headers={"allow": "POST, OPTIONS"})
        if call.headers.get("content-type", "").partition(";")[0].strip() != FORM:
            return json_reply({"error": "HTTP 415 Unsupported Media Type"}, 415)
        form = dict(parse_qsl(call.body.decode("utf-8", "replace")))
        if "grant_type" not in form:
            return _error(400, "invalid_request", "Missing form parameter: grant_type")
        if form["grant_type"] != "client_credentials":
            return _error(400, "unsupported_grant_type", "Unsupported grant_type")
        if (form.get("client_id"), form.get("client_secret")) != (config.client_id, config.client_secret):
            return _error(401, "unauthorized_client", "Invalid client or Invalid client credentials")
        return self._issue(config.token_ttl)

    def _issue(self, ttl: float) -> Reply:
        token = f"sandbox-access-{secrets.token_urlsafe(48)}"  # recognisable, so that leaks are found
        self._expiry[token] = time.monotonic() + ttl
        answer = {
            "access_token": token,
            "expires_in": int(ttl),
            "refresh_expires_in": 0,
            "token_type": "Bearer",
            "not-before-policy": 0,
            "scope": "openid profile email",
        }
        return json_reply(answer, headers={"cache-control": "no-store", "pragma": "no-cache"})

    def revoke_all(self) -> None:
        """Expire every token issued so far."""
        self._expiry.clear()

    def holds(self, token: str) -> bool:
        """Whether this token was issued and has not expired."""
        return self._expiry.get(token, 0.0) > time.monotonic()


def check_shop(call: Call, config: Config, issuer: TokenIssuer) -> None:
    """Refuse with 401 unless the call carries a live Bearer token or the old static one."""
    scheme, _, value = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "token" and config.legacy_token:
        if not value:
            raise _unauthorised("Invalid token header. No credentials provided.", "Token")
        if value != config.legacy_token:
            raise _unauthorised("Invalid token.", "Token")
        return
    if scheme.lower() != "bearer":
        raise _unauthorised("Authentication credentials were not provided.", "Bearer")
    if not issuer.holds(value):
        raise _unauthorised("Invalid token.", "Bearer")


def check_erp(call: Call, config: Config) -> None:
    """Refuse with 401 unless the call carries the ERP's user and password or its token."""
    scheme, _, value = call.headers.get("authorization", "").partition(" ")
    allowed = {"bearer": config.erp_token, "basic": f"{config.erp_user}:{config.erp_password}"}
    given = _decoded(value) if scheme.lower() == "basic" else value
    if given is None or given != allowed.get(scheme.lower()):
        reply = json_reply({"error": "unauthorized"}, 401, headers={"www-authenticate": 'Basic realm="erp"'})
        raise Refusal(reply)


def _decoded(value: str) -> str | None:
    try:
        return b64decode(value, validate=True).decode()
    except (Base64Error, UnicodeDecodeError):
        return None


def _unauthorised(detail: str, scheme: str) -> Refusal:
    return Refusal(json_reply({"detail": detail}, 401, headers={"www-authenticate": scheme}))


def _error(status: int, error: str, description: str) -> Reply:
    return json_reply({"error": error, "error_description": description}, status)
