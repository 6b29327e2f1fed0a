"""Headless Chromium, and users logged in to the running Airflow."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

import programs
from support.browsing import PATIENCE, Visit
from support.live_airflow import Live

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]  # containers offer little of either


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start this machine's Chromium or Chrome.

    It ends with its module: Playwright's event loop occupies this thread while it runs, so other tests could not start
    their own, and Django even refuses its database there.
    """
    program = programs.browser()
    assert program, "the browser tests need Chromium or Chrome: run `python3 tools/system_packages.py browser`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, live: Live) -> Iterator[Visit]:
    """Return a function that opens a page of Airflow as a user, or anonymously."""
    contexts: list[BrowserContext] = []

    def visit(path: str, *, user: str | None = "admin", **look: object) -> Page:
        context = chromium.new_context(base_url=live.airflow.url, **look)  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        if user:
            answer = context.request.post("/auth/token", data={"username": user, "password": user})
            context.add_cookies(
                [{"name": "_token", "value": answer.json()["access_token"], "url": live.airflow.url, "httpOnly": True}]
            )
        page = context.new_page()
        page.goto(path)
        return page

    yield visit
    for context in contexts:
        context.close()
