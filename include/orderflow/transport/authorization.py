"""What a channel needs to know about credentials: the header to send, and how to get a fresh one."""

from base64 import b64encode
from typing import Protocol, Self


class Authorization(Protocol):
    """Safe to share between threads."""

    def header(self) -> str:
        """Return the value of the Authorization header; UnavailableError or PermanentError if there is none."""

    def renew(self, spent: str) -> bool:
        """Replace the header value `spent`, which was refused; False if there is no replacement."""

    def secrets(self) -> tuple[str, ...]:
        """Return every value that no message may show."""


class FixedAuthorization:
    """A header that never changes: `Token <hex>`, a bearer token that never expires, HTTP Basic."""

    def __init__(self, scheme: str, credential: str, *, secrets: tuple[str, ...] = ()) -> None:
        self._header = f"{scheme} {credential}"
        self._secrets = (credential, *secrets)

    @classmethod
    def basic(cls, login: str, password: str) -> Self:
        """Return HTTP Basic credentials."""
        return cls("Basic", b64encode(f"{login}:{password}".encode()).decode(), secrets=(password,))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(***)"

    def header(self) -> str:
        """Return the value of the Authorization header."""
        return self._header

    def renew(self, spent: str) -> bool:  # noqa: ARG002  # the protocol's
        """Return False: there is no other credential."""
        return False

    def secrets(self) -> tuple[str, ...]:
        """Return the credential, and the password inside it."""
        return self._secrets
