"""Who may call, and how often."""

from typing import Any

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from support.django_shop.switches import TOKEN, switches


class Machine:
    """The one user."""

    is_authenticated = True
    pk = 1


class StaticToken(BaseAuthentication):
    """`Authorization: Token …`, without a token table."""

    def authenticate(self, request: Request) -> tuple[Machine, None] | None:
        scheme, _, token = get_authorization_header(request).decode().partition(" ")
        if scheme.lower() != "token":
            return None
        if token != TOKEN:
            raise AuthenticationFailed("Invalid token.")
        return Machine(), None

    def authenticate_header(self, request: Request) -> str:
        del request
        return "Token"


class Throttle(SimpleRateThrottle):
    """The framework's own, with the rate and the clock of the switches."""

    def __init__(self) -> None:
        self.rate = switches.rate
        self.num_requests, self.duration = self.parse_rate(self.rate)

    def timer(self) -> float:
        return switches.now

    def throttle_failure(self) -> bool:
        wait = self.wait() or 0
        if switches.clients_wait:
            switches.now += wait
        return super().throttle_failure()

    def get_cache_key(self, request: Request, view: Any) -> str:
        del request, view
        return "machine"
