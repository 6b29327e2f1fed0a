"""From an Airflow connection to a client: nothing leaks, and everything missing is named."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orderflow.cloudsuite.client import CloudSuiteClient
from orderflow.cloudsuite.filters import ShopOrderFilter
from orderflow.cloudsuite.hook import CloudSuiteHook
from orderflow.cloudsuite.messages import Sent
from orderflow.cloudsuite.order_status import OrderStatus
from orderflow.domain.reasons import Reason
from orderflow.errors import ConfigurationError, InDoubtError, PermanentError
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox
from support.certificates import Authority

Connect = Callable[..., CloudSuiteHook]


@pytest.fixture
def connect(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Return a function that sets the connection, right but for what is said, and makes the hook."""

    def make(extra: dict[str, Any] | None = None, **changes: Any) -> CloudSuiteHook:
        given = {
            "conn_type": "http",
            "host": sandbox.url,
            "login": "orderflow",
            "password": "sandbox-secret",
            "extra": {"token_url": sandbox.token_url, **(extra or {})},
            **changes,
        }
        monkeypatch.setenv("AIRFLOW_CONN_CLOUDSUITE_DEFAULT", json.dumps(given))
        return CloudSuiteHook()

    return make


def _headers(client: CloudSuiteClient) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in client._channel._session.headers.items()}


def test_a_connection_makes_a_client_that_works(control: SandboxControl, connect: Connect) -> None:
    (order_id,) = control.add_orders({"reference": "CS1"})
    client = connect().get_client(page_size=7)
    assert [row.id for row in client.list_orders(ShopOrderFilter())] == [order_id]
    assert control.journal(service="shop")[0]["query"]["limit"] == "7"


def test_the_old_token_works_alone(control: SandboxControl, connect: Connect) -> None:
    hook = connect({"token": control.config()["legacy_token"], "token_url": None}, login=None, password=None)
    assert list(hook.get_client().list_orders(ShopOrderFilter())) == []
    assert not control.journal(service="token")


def test_a_dry_run_client_writes_nothing(connect: Connect) -> None:
    with pytest.raises(PermanentError) as caught:
        connect().get_client(read_only=True).patch_order(1, {"state": "processing"})
    assert caught.value.reason is Reason.DRY_RUN_WRITE


def test_own_extras_and_credentials_never_become_headers(connect: Connect) -> None:
    """HttpHook makes a header of every extra it does not know, and Basic credentials of the login."""
    own = {"scope": "openid", "proxy_base_url": "https://p", "timeout": 5, "token": "0123456789abcdef" * 2}
    client = connect({**own, "X-Tenant": "acme"}).get_client()
    headers = _headers(client)
    assert headers["x-tenant"] == "acme"
    assert not {*own, "token_url", "authorization"} & set(headers)
    assert client._channel._session.auth is None


def test_extra_headers_go_to_the_shop_and_not_to_the_token_address(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token address is another host, run by somebody else."""
    seen: list[tuple[str, bool]] = []
    client = connect({"X-Tenant": "acme"}).get_client()

    def note(response: Any, *_: Any, **__: Any) -> None:
        seen.append((response.request.path_url.split("?")[0], "X-Tenant" in response.request.headers))

    authorize: Any = client._channel._authorize
    for channel in (client._channel, authorize._channel):
        monkeypatch.setitem(channel._session.hooks, "response", [note])
    list(client.list_orders(ShopOrderFilter()))
    assert seen == [("/realms/CloudSuite/protocol/openid-connect/token", False), ("/api/order/", True)]


def test_timeout_and_certificates_come_from_the_extra(connect: Connect, tmp_path: Path) -> None:
    ca = str(Authority(tmp_path).file)
    client = connect({"timeout": 3, "verify": ca, "proxies": {"https": "http://proxy:1"}}).get_client()
    authorize: Any = client._channel._authorize
    for channel in (client._channel, authorize._channel):
        assert tuple(channel._sending.timeouts) == (3.0, 3.0)
        assert channel._session.verify == ca
        assert channel._session.proxies == {"https": "http://proxy:1"}


def test_as_many_connections_are_kept_as_threads_may_use(connect: Connect) -> None:
    client = connect().get_client(concurrency=24)
    assert client._channel._session.get_adapter("https://x")._pool_maxsize == 24  # type: ignore[attr-defined]  # requests has no getter


def test_a_host_without_a_scheme_is_reached_by_https(connect: Connect) -> None:
    assert connect(host="api.cloudsuite.io").get_client()._channel._base_url == "https://api.cloudsuite.io"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"login": None, "password": None}, "login, password"),
        ({"password": None}, "password"),
        ({"extra": {"token_url": None}}, "extra token_url"),
        ({"extra": {"token_url": "https://id", "timeout": "soon"}}, "timeout"),
        ({"host": None}, "host"),
    ],
)
def test_what_a_connection_lacks_is_named(connect: Connect, changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        connect(**changes).get_client()


def test_a_missing_connection_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_CLOUDSUITE_DEFAULT", raising=False)
    with pytest.raises(ConfigurationError, match=r"`cloudsuite_default` is missing.*token_url"):
        CloudSuiteHook().get_client()


def test_the_connection_test_is_one_small_read(control: SandboxControl, connect: Connect) -> None:
    """HttpHook's own would POST to the address."""
    control.add_orders(*[{}] * 3)
    assert connect().test_connection() == (True, "the shop answers")
    (entry,) = control.journal(service="shop")
    assert (entry["method"], entry["query"]["limit"]) == ("GET", "1")


def test_a_failing_connection_test_says_why_and_no_secret(connect: Connect) -> None:
    works, said = connect(password="wrong-secret").test_connection()
    assert not works
    assert "Invalid client" in said
    assert "wrong-secret" not in said


def test_a_connection_that_lacks_something_fails_its_test(connect: Connect) -> None:
    works, said = connect(password=None).test_connection()
    assert not works
    assert "lacks password" in said


def test_secrets_are_masked_in_the_logs_of_airflow(
    control: SandboxControl, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    masked: list[list[str]] = []
    monkeypatch.setattr("orderflow.cloudsuite.hook.mask_secret", masked.append)
    client = connect().get_client()
    list(client.list_orders(ShopOrderFilter()))
    authorize: Any = client._channel._authorize
    token = authorize.header().removeprefix("Bearer ")
    assert {"sandbox-secret", "c2FuZGJveC1zZWNyZXQ=", token} <= {form for forms in masked for form in forms}
    connect({"token": control.config()["legacy_token"]}).get_client()
    assert control.config()["legacy_token"] in masked[-1]


def test_messages_go_to_the_host_unless_another_address_is_set(connect: Connect, sandbox: RunningSandbox) -> None:
    assert connect().get_messages()._channel._base_url == sandbox.url
    elsewhere = connect({"proxy_base_url": "https://proxy.example/base/"})
    assert elsewhere.get_messages()._channel._base_url == "https://proxy.example/base"
    assert elsewhere.get_client()._channel._base_url == sandbox.url


def test_messages_are_sent_with_the_same_credentials(control: SandboxControl, connect: Connect) -> None:
    control.add_orders({"reference": "CS1"})
    status = OrderStatus(reference="CS1", at=datetime(2026, 11, 23, tzinfo=UTC), texts={"nl_NL": "Onderweg"})
    hook = connect({"proxy_base_url": connect().get_messages()._channel._base_url}, host="https://api.example")
    assert hook.get_messages().send_order_status(status, shop=1, api_timezone="UTC") is Sent.TAKEN
    assert len(control.order_statuses()) == 1


def test_the_token_goes_to_the_two_addresses_of_the_connection_only(
    control: SandboxControl, connect: Connect, sandbox: RunningSandbox
) -> None:
    """A message that is redirected is not followed, so nobody else is called, with a token or without."""
    other = sandbox.url.replace("127.0.0.1", "localhost")
    control.fault("status", path="/proxy/", status=307, headers={"Location": f"{other}/proxy/v1/orderstatus/?shop=1"})
    status = OrderStatus(reference="CS1", at=datetime(2026, 11, 23, tzinfo=UTC), texts={"nl_NL": "Onderweg"})
    with pytest.raises(InDoubtError, match="not followed"):
        connect().get_messages().send_order_status(status, shop=1, api_timezone="UTC")
    assert [call["path"] for call in control.journal(service="shop")] == ["/proxy/v1/orderstatus/"]


@pytest.mark.parametrize("address", ["ftp://proxy.example", "https://"])
def test_a_wrong_message_address_is_named(connect: Connect, address: str) -> None:
    with pytest.raises(ConfigurationError, match="proxy_base_url"):
        connect({"proxy_base_url": address}).get_messages()


def test_a_dry_run_client_sends_no_message(connect: Connect) -> None:
    status = OrderStatus(reference="CS1", at=datetime(2026, 11, 23, tzinfo=UTC), texts={"nl_NL": "Onderweg"})
    with pytest.raises(PermanentError) as caught:
        connect().get_messages(read_only=True).send_order_status(status, shop=1, api_timezone="UTC")
    assert caught.value.reason is Reason.DRY_RUN_WRITE
