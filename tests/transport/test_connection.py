"""What is read from a connection before any hook."""

import pytest
import requests

from orderflow.errors import ConfigurationError
from orderflow.transport import Timeouts
from orderflow.transport.connection import base_url, given, prepare_session, timeouts, without_headers


@pytest.mark.parametrize(
    ("host", "schema", "port", "address"),
    [
        ("https://api.example.com/", None, None, "https://api.example.com"),
        ("http://localhost:8080/erp/", None, None, "http://localhost:8080/erp"),
        ("api.example.com", None, None, "https://api.example.com"),
        ("localhost", "http", 8080, "http://localhost:8080"),
        ("https://host/erp", None, 8443, "https://host:8443/erp"),
        ("https://host/erp", "", 443, "https://host/erp"),
        ("host", "http", 80, "http://host"),
        ("host", None, 80, "https://host:80"),
        ("http://127.0.0.1:8090/erp", None, 8090, "http://127.0.0.1:8090/erp"),
        ("http://[::1]:8090", None, 8090, "http://[::1]:8090"),
        ("https://host", None, 0, "https://host"),
    ],
)
def test_an_address_is_https_unless_it_says_otherwise(
    host: str, schema: str | None, port: int | None, address: str
) -> None:
    assert base_url(host, schema, port) == address


@pytest.mark.parametrize("host", [None, "", "ftp://host", "https://"])
def test_an_address_that_is_none_is_a_configuration_error(host: str | None) -> None:
    with pytest.raises(ConfigurationError, match="set it"):
        base_url(host, None, None)


@pytest.mark.parametrize(("host", "port"), [("https://host:8443", 443), ("https://host:99999", None)])
def test_a_port_that_contradicts_or_is_none_is_a_configuration_error(host: str, port: int | None) -> None:
    with pytest.raises(ConfigurationError, match=r"port|address"):
        base_url(host, None, port)


def test_a_timeout_is_seconds_of_silence_and_connecting_takes_ten_at_most() -> None:
    assert timeouts({}) == Timeouts(10.0, 30.0)
    assert timeouts({"timeout": "90"}) == Timeouts(10.0, 90.0)
    assert timeouts({"timeout": 2}) == Timeouts(2.0, 2.0)


@pytest.mark.parametrize("value", [0, -1, "soon", None, [1]])
def test_a_timeout_that_is_none_is_a_configuration_error(value: object) -> None:
    """No timeout would mean waiting for ever."""
    with pytest.raises(ConfigurationError, match="timeout"):
        timeouts({"timeout": value})


def test_own_extras_do_not_stay_headers_and_others_do() -> None:
    session = requests.Session()
    session.headers.update({"Token": "t0ken", "X-Tenant": "acme"})
    session.auth = ("login", "password")
    assert prepare_session(session, ("token", "scope"), concurrency=2, name="c") == ("acme",)
    assert "token" not in session.headers
    assert session.headers["X-Tenant"] == "acme"
    assert session.auth is None


def test_an_extra_that_cannot_be_a_header_is_named() -> None:
    session = requests.Session()
    session.headers.update({"retries": 5})  # type: ignore[dict-item]  # what HttpHook does
    with pytest.raises(ConfigurationError, match="retries"):
        prepare_session(session, (), concurrency=2, name="c")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("verify", 5),
        ("verify", ["/etc/ca.pem"]),
        ("verify", "/no/such/file"),
        ("cert", 5),
        ("cert", {"a": "b"}),
        ("cert", [__file__]),
        ("cert", [__file__, __file__, __file__]),
        ("cert", [__file__, 5]),
        ("cert", "/no/such/file"),
        ("proxies", "http://proxy:3128"),
        ("proxies", ["http://proxy:3128"]),
        ("proxies", {"https": 5}),
        ("proxies", {"https": None}),
        ("proxies", {"https": ""}),
        ("proxies", {"https": "proxy:3128"}),
        ("proxies", {"https": "http://"}),
        ("proxies", {"https": "http://["}),
        ("proxies", {"https": "http://proxy:99999"}),
        ("proxies", {"https": "ftp://proxy:3128"}),
    ],
    ids=str,
)
def test_what_no_call_could_go_by_is_refused_by_the_extras_name(name: str, value: object) -> None:
    session = requests.Session()
    setattr(session, name, value)
    with pytest.raises(ConfigurationError, match=f"extra `{name}`: "):
        prepare_session(session, (), concurrency=2, name="c")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("verify", False),
        ("cert", None),
        ("cert", []),
        ("cert", __file__),
        ("cert", [__file__, __file__]),
        ("proxies", None),
        ("proxies", {}),
        ("proxies", {"https": "http://user:secret@proxy:3128", "http": "https://proxy"}),
    ],
    ids=str,
)
def test_what_calls_can_go_by_is_taken(name: str, value: object) -> None:
    session = requests.Session()
    setattr(session, name, value)
    assert set(prepare_session(session, (), concurrency=2, name="c")) <= {"secret"}


@pytest.mark.parametrize("extra", [None, [], ["timeout"], "timeout", 5])
def test_an_extra_that_is_no_object_is_refused(extra: object) -> None:
    with pytest.raises(ConfigurationError, match="not a JSON object"):
        given(extra)


def test_another_host_gets_the_certificates_and_not_the_headers() -> None:
    session = requests.Session()
    session.headers["X-Tenant"] = "acme"
    session.verify, session.proxies = "/etc/ca.pem", {"https": "http://proxy"}
    other = without_headers(session)
    assert "X-Tenant" not in other.headers
    assert (other.verify, other.proxies) == ("/etc/ca.pem", {"https": "http://proxy"})
