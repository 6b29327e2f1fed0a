"""TLS against a real HTTPS server on this machine: verified by default, with a custom CA, with clear errors."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from orderflow.cloudsuite.client import CloudSuiteClient
from orderflow.cloudsuite.filters import ShopOrderFilter
from orderflow.cloudsuite.hook import CloudSuiteHook
from orderflow.erp.hook import ErpHook
from orderflow.errors import ConfigurationError
from support.certificates import Authority


@dataclass
class Secure:
    """An HTTPS server that gives out tokens and empty lists, and the requests that arrived."""

    url: str
    seen: list[str] = field(default_factory=list)


@contextmanager
def serving(certificate: Path) -> Iterator[Secure]:
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer({"access_token": "a-token", "expires_in": 300})

        def do_GET(self) -> None:
            self._answer({"count": 0, "next": None, "results": [], "orders": []})

        def _answer(self, document: dict[str, Any]) -> None:
            seen.append(f"{self.command} {self.path.split('?')[0]}")
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield Secure(f"https://127.0.0.1:{server.server_port}", seen)
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _no_ca_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what `requests` would read: what a machine has set must not decide what is proved here."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return a CA that this machine does not know."""
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def trusted(authority: Authority) -> Iterator[Secure]:
    with serving(authority.certificate("127.0.0.1")) as server:
        yield server


@pytest.fixture
def server(trusted: Secure) -> Secure:
    trusted.seen.clear()
    return trusted


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Callable[..., CloudSuiteClient]:
    def make(server: Secure, **extra: Any) -> CloudSuiteClient:
        given = {"conn_type": "http", "host": server.url, "login": "me", "password": "a-secret-of-mine"}
        extra = {"token_url": f"{server.url}/token", **extra}
        monkeypatch.setenv("AIRFLOW_CONN_CLOUDSUITE_DEFAULT", json.dumps(given | {"extra": extra}))
        return CloudSuiteHook().get_client()

    return make


Shop = Callable[..., CloudSuiteClient]


def listed(client: CloudSuiteClient) -> list[int]:
    return [row.id for row in client.list_orders(ShopOrderFilter())]


def test_an_unknown_ca_is_refused_before_anything_is_sent_and_the_error_says_what_to_set(
    server: Secure, shop: Shop
) -> None:
    with pytest.raises(ConfigurationError, match=r"token address: its certificate is not trusted .*set `verify`"):
        listed(shop(server))
    with pytest.raises(ConfigurationError, match=r"^shop: its certificate is not trusted .*set `verify`"):
        listed(shop(server, token="0123456789abcdef"))
    assert server.seen == []


def test_the_erp_is_held_to_the_same(server: Secure, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    def erp(**extra: Any) -> ErpHook:
        given = {"conn_type": "http", "host": server.url, "login": "me", "password": "p", "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_ERP_DEFAULT", json.dumps(given))
        return ErpHook()

    works, said = erp().test_connection()
    assert not works
    assert "set `verify`" in said
    assert server.seen == []
    erp(verify=str(authority.file)).test_connection()
    assert server.seen == ["GET /sales-orders"]


def test_a_ca_of_ones_own_is_trusted_for_the_token_and_for_the_orders(
    server: Secure, authority: Authority, shop: Shop
) -> None:
    assert listed(shop(server, verify=str(authority.file))) == []
    assert server.seen == ["POST /token", "GET /api/order/"]


def test_the_ca_of_the_connection_outranks_one_of_the_environment(
    server: Secure, authority: Authority, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(Authority(tmp_path).file))
    assert listed(shop(server, verify=str(authority.file))) == []


def test_a_ca_of_the_environment_counts_where_the_connection_names_none(
    server: Secure, authority: Authority, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    assert listed(shop(server)) == []


def test_a_certificate_for_another_host_is_refused_although_its_ca_is_known(authority: Authority, shop: Shop) -> None:
    with (
        serving(authority.certificate("127.0.0.2")) as server,
        pytest.raises(
            ConfigurationError, match=r"mismatch.*the certificate must be valid now, and for the connection's host"
        ),
    ):
        listed(shop(server, verify=str(authority.file)))
    assert server.seen == []


def test_a_certificate_that_has_ended_is_refused(authority: Authority, shop: Shop) -> None:
    with (
        serving(authority.certificate("127.0.0.1", ended=True)) as server,
        pytest.raises(ConfigurationError, match=r"expired.*the certificate must be valid now"),
    ):
        listed(shop(server, verify=str(authority.file)))
    assert server.seen == []


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_only_an_explicit_no_switches_the_check_off(server: Secure, shop: Shop) -> None:
    assert listed(shop(server, verify=False)) == []


@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_a_ca_file_that_holds_none_is_named_before_the_first_call(
    server: Secure, shop: Shop, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "ca.pem"
    if content:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"extra `verify`: cannot read CA certificates from .*ca\.pem"):
        shop(server, verify=str(path))


def test_a_missing_client_certificate_is_named_before_the_first_call(server: Secure, shop: Shop) -> None:
    with pytest.raises(ConfigurationError, match=r"extra `cert`: file '/nowhere/me\.key' does not exist"):
        shop(server, cert=[__file__, "/nowhere/me.key"])
