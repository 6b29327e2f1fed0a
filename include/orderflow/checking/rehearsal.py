"""Where writes may be tried: in an environment that calls itself a test environment."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from orderflow.cloudsuite.auth import ClientCredentials
from orderflow.errors import ConfigurationError
from orderflow.transport import Channel

_TESTS = frozenset({"test", "sandbox", "localhost"})
_LIVE_REALM = re.compile(r"//id\.cloudsuite\.io/realms/CloudSuite/", re.IGNORECASE)


def refuse_live(shop: Channel) -> None:
    """ConfigurationError unless the shop's host and token address belong to a test environment."""
    host = urlsplit(shop.address).hostname or ""
    if not _is_test(host):
        raise ConfigurationError(
            f"writes are tried in a test environment only, and {host} does not say that it is one: "
            "point `cloudsuite_default` at https://test-api.cloudsuite.io"
        )
    tokens_from = shop.authorization.address if isinstance(shop.authorization, ClientCredentials) else ""
    if _LIVE_REALM.search(tokens_from):
        raise ConfigurationError(
            "writes are tried in a test environment only, and extra `token_url` of `cloudsuite_default` is that of "
            "the live one"
        )


def _is_test(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return not _TESTS.isdisjoint(re.split(r"[.-]", host.lower()))
