"""From an Airflow connection to an ERP."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.erp.hook import ErpHook
from orderflow.erp.models import SalesOrderRequest
from orderflow.erp.rest import RestErp
from orderflow.errors import ConfigurationError, PermanentError
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox

Connect = Callable[..., ErpHook]
REFERENCE = "1/CS48193"


@pytest.fixture
def connect(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Return a function that sets the connection, right but for what is said, and makes the hook."""

    def make(extra: dict[str, Any] | None = None, **changes: Any) -> ErpHook:
        given = {
            "conn_type": "http",
            "host": sandbox.erp_url,
            "login": "orderflow",
            "password": "sandbox-secret",
            "extra": extra or {},
            **changes,
        }
        monkeypatch.setenv("AIRFLOW_CONN_ERP_DEFAULT", json.dumps(given))
        return ErpHook()

    return make


def test_login_and_password_are_basic_credentials(
    control: SandboxControl, connect: Connect, request_for: Callable[..., SalesOrderRequest]
) -> None:
    erp = connect().get_erp()
    created = erp.create(request_for())
    assert erp.find(REFERENCE) == created
    assert len(control.erp_orders()) == 1


@pytest.mark.parametrize("login", [None, "somebody-else"])
def test_an_extra_token_is_a_bearer_token_and_goes_before_the_login(connect: Connect, login: str | None) -> None:
    erp = connect({"token": "sandbox-erp-token"}, login=login, password=login).get_erp()
    assert erp.find(REFERENCE) is None


def test_other_extras_are_headers_and_own_ones_are_not(connect: Connect) -> None:
    erp = connect({"adapter": "rest", "token": "sandbox-erp-token", "timeout": 4, "X-Tenant": "acme"}).get_erp()
    assert isinstance(erp, RestErp)
    headers = {name.lower() for name in erp._channel._session.headers}
    assert "x-tenant" in headers
    assert not {"adapter", "token", "timeout", "authorization"} & headers
    assert tuple(erp._channel._sending.timeouts) == (4.0, 4.0)


def test_an_adapter_nobody_knows_is_named_with_those_there_are(connect: Connect) -> None:
    with pytest.raises(ConfigurationError, match=r"extra `adapter` is unknown.*`rest`"):
        connect({"adapter": "sap"}).get_erp()


def test_a_dry_run_creates_nothing(connect: Connect, request_for: Callable[..., SalesOrderRequest]) -> None:
    with pytest.raises(PermanentError) as caught:
        connect().get_erp(read_only=True).create(request_for())
    assert caught.value.reason is Reason.DRY_RUN_WRITE


def test_a_missing_connection_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_ERP_DEFAULT", raising=False)
    with pytest.raises(ConfigurationError, match=r"`erp_default` is missing.*token"):
        ErpHook().get_erp()


def test_the_connection_test_is_a_look_up(control: SandboxControl, connect: Connect) -> None:
    """HttpHook's own would POST to the address."""
    assert connect().test_connection() == (True, "the ERP answers")
    assert [entry["method"] for entry in control.journal()] == ["GET"]


def test_a_failing_connection_test_says_why_and_no_secret(connect: Connect) -> None:
    works, said = connect(password="wrong-secret").test_connection()
    assert not works
    assert "answered 401" in said
    assert "wrong-secret" not in said


def test_credentials_are_masked_in_the_logs_of_airflow(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    masked: list[list[str]] = []
    monkeypatch.setattr("orderflow.erp.hook.mask_secret", masked.append)
    connect().get_erp()
    connect({"token": "sandbox-erp-token"}).get_erp()
    forms = {form for some in masked for form in some}
    assert {"b3JkZXJmbG93OnNhbmRib3gtc2VjcmV0", "sandbox-secret", "sandbox-erp-token"} <= forms
