"""The host names under which the page answers: a request that a browser was tricked into sending is refused."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from airflow.configuration import conf

from orderflow.environment import TRUSTED_HOSTS

LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")


def trusted_hosts() -> Sequence[str]:
    """Return the configured names, otherwise that of Airflow's own address and this machine's; all if it has none."""
    if TRUSTED_HOSTS:
        return TRUSTED_HOSTS
    host = urlsplit(conf.get("api", "base_url", fallback=None) or "").hostname
    return (host, *LOOPBACK) if host else ("*",)
