"""REST framework's behaviour: the answer to each wrong call, and the order of the checks."""

import pytest

from sandbox.control import SandboxControl

DETAIL = "/api/order/7/"


@pytest.fixture(autouse=True)
def order(control: SandboxControl) -> None:
    control.add_orders({"id": 7, "key": "K-7", "state": "confirmed"})


@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/api/order", "/api/order/7"])
def test_without_the_trailing_slash_every_verb_is_redirected(shop, control: SandboxControl, method, path):
    answer = shop(method, path, json={"state": "done"})

    assert (answer.status_code, answer.headers["Location"], answer.text) == (301, f"{path}/", "")
    assert control.order(7)["state"] == "confirmed"


@pytest.mark.parametrize("path", ["/api/order/ext:K-7", "/api/order/ext:K-7/"])
def test_an_order_is_found_by_its_external_key(shop, path):
    assert shop("GET", path).json()["id"] == 7


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/api/order/99/", "No Order matches the given query."),
        ("/api/order/ext:none", "No Order matches the given query."),
        ("/api/order/seven/", "Not found."),
    ],
)
def test_a_missing_order_is_404_in_json(shop, path, detail):
    answer = shop("GET", path)

    assert (answer.status_code, answer.json()) == (404, {"detail": detail})


def test_an_unknown_route_is_404_in_html_even_without_a_token(anyone):
    answer = anyone("GET", "/api/orders/")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


def test_filters_apply_to_detail_calls_too(shop):
    assert shop("GET", f"{DETAIL}?state=confirmed").status_code == 200
    assert shop("PATCH", f"{DETAIL}?state=done", json={}).status_code == 404


def test_a_verb_that_is_not_offered_is_405_with_those_that_are(shop):
    answer = shop("DELETE", DETAIL)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, PUT, PATCH")
    assert answer.json() == {"detail": 'Method "DELETE" not allowed.'}


def test_who_accepts_no_json_gets_406_before_being_asked_for_a_token(anyone):
    assert anyone("GET", DETAIL, headers={"Accept": "text/csv"}).status_code == 406


def test_a_token_is_wanted_before_the_verb_is_judged(anyone):
    assert anyone("DELETE", DETAIL).status_code == 401


def test_the_order_is_looked_for_before_the_body_is_read(shop):
    assert shop("PATCH", "/api/order/99/", data="{").status_code == 404


def test_another_media_type_is_415(shop):
    answer = shop("PATCH", DETAIL, data="state=done", headers={"Content-Type": "text/plain"})

    assert answer.status_code == 415
    assert answer.json() == {"detail": 'Unsupported media type "text/plain" in request.'}


def test_broken_json_is_400_and_says_so(shop):
    answer = shop("PATCH", DETAIL, data="{", headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("JSON parse error - ")


def test_a_body_that_is_no_object_is_400(shop):
    answer = shop("PATCH", DETAIL, json=[1])

    assert answer.json() == {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}


def test_above_the_rate_limit_calls_are_429_with_the_time_to_wait(shop, control: SandboxControl):
    control.configure(rate_limit=1)

    refused = next(answer for answer in (shop("GET", DETAIL) for _ in range(50)) if answer.status_code == 429)

    assert refused.headers["Retry-After"] == "1"
    assert refused.json() == {"detail": "Request was throttled. Expected available in 1 second."}
