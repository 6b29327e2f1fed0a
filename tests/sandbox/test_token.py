import pytest

from sandbox.config import Config
from sandbox.control import SandboxControl

PATH = "/realms/CloudSuite/protocol/openid-connect/token"
GOOD = {"grant_type": "client_credentials", "client_id": "orderflow", "client_secret": "sandbox-secret"}


def test_client_credentials_in_the_body_give_a_bearer_token_that_opens_the_shop(anyone):
    answer = anyone("POST", PATH, data={**GOOD, "scope": "openid"})

    assert answer.status_code == 200
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["expires_in"] == 300
    token = answer.json()["access_token"]
    assert anyone("GET", "/api/order/", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_a_wrong_secret_is_401_in_keycloaks_words(anyone):
    answer = anyone("POST", PATH, data={**GOOD, "client_secret": "wrong"})

    assert answer.status_code == 401
    assert answer.json() == {
        "error": "unauthorized_client",
        "error_description": "Invalid client or Invalid client credentials",
    }


def test_credentials_in_a_basic_header_are_not_taken(anyone):
    answer = anyone("POST", PATH, data={"grant_type": "client_credentials"}, auth=("orderflow", "sandbox-secret"))

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({**GOOD, "grant_type": "password"}, "unsupported_grant_type"),
        ({"client_id": "orderflow", "client_secret": "sandbox-secret"}, "invalid_request"),
    ],
)
def test_another_or_no_grant_type_is_400(anyone, form, error):
    answer = anyone("POST", PATH, data=form)

    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_the_token_endpoint_takes_only_posted_forms(anyone):
    assert anyone("GET", PATH).status_code == 405
    assert anyone("POST", PATH, json=GOOD).status_code == 415


def test_no_credentials_is_401_with_the_scheme_wanted(anyone):
    answer = anyone("GET", "/api/order/")

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json() == {"detail": "Authentication credentials were not provided."}


def test_an_unknown_token_is_401(anyone):
    answer = anyone("GET", "/api/order/", headers={"Authorization": "Bearer nonsense"})

    assert (answer.status_code, answer.json()) == (401, {"detail": "Invalid token."})


def test_a_token_past_its_lifetime_is_401(anyone, control: SandboxControl):
    control.configure(token_ttl=0)
    token = anyone("POST", PATH, data=GOOD).json()["access_token"]

    assert anyone("GET", "/api/order/", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_expired_by_control_a_live_token_is_401(shop, control: SandboxControl):
    assert shop("GET", "/api/order/").status_code == 200
    control.expire_tokens()
    assert shop("GET", "/api/order/").status_code == 401


def test_the_deprecated_static_token_still_works(anyone):
    def status(value: str) -> int:
        return anyone("GET", "/api/order/", headers={"Authorization": value}).status_code

    assert status(f"Token {Config().legacy_token}") == 200
    assert status("Token 0000") == 401


def test_the_scheme_token_without_a_value_is_named_as_such(anyone):
    answer = anyone("GET", "/api/order/", headers={"Authorization": "Token"})

    assert answer.json() == {"detail": "Invalid token header. No credentials provided."}
    assert answer.headers["WWW-Authenticate"] == "Token"
