"""Airflow's own form for our connection types: what a person fills in is saved, and *Test* tests it."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from sandbox.server import RunningSandbox
from sandbox_env import CLIENT_ID, CLIENT_SECRET
from support.browsing import Visit, picture
from support.live_airflow import Live

CONNECTION = "my_shop"


@pytest.fixture(autouse=True)
def no_connection(live: Live) -> Iterator[None]:
    yield
    if CONNECTION in [known["connection_id"] for known in live.airflow.api("GET", "/connections")["connections"]]:
        live.airflow.api("DELETE", f"/connections/{CONNECTION}")


def test_a_shop_is_filled_in_saved_and_tested(visit: Visit, sandbox: RunningSandbox) -> None:
    page = visit("/connections", viewport={"width": 1100, "height": 1250})
    page.get_by_role("button", name="Add Connection").click()
    form = page.get_by_role("dialog")
    form.locator("input[name=connection_id]").fill(CONNECTION)
    form.get_by_role("combobox").first.click()
    page.keyboard.type("CloudSuite")
    page.get_by_role("option", name="CloudSuite").click()

    host = form.locator("input[name=host]")
    expect(host).to_have_attribute("placeholder", "https://api.cloudsuite.io")
    expect(form.get_by_text("Client secret", exact=True)).to_be_visible()
    host.fill(sandbox.url)
    form.locator("input[name=port]").fill(str(urlsplit(sandbox.url).port))
    form.locator("input[name=login]").fill(CLIENT_ID)
    form.locator("input[name=password]").fill(CLIENT_SECRET)
    form.get_by_text("Extra Fields", exact=True).click()
    form.locator("input[name=element_token_url]").fill(sandbox.token_url)
    picture(page, "connection-form")
    form.get_by_role("button", name="Save").click()

    button = page.get_by_role("button", name="Test Connection")
    with page.expect_response("**/connections/test") as answer:
        button.click()
    assert answer.value.json() == {"status": True, "message": "the shop answers"}
    expect(button.locator("svg")).to_have_attribute("color", "green")
