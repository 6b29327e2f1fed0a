"""Chromium, headless, and people logged in to the running Airflow."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

import programs
from support.live_airflow import Live

SCREENSHOTS = Path(__file__).parent.parent.parent / "docs" / "screenshots"
PATIENCE = 60_000
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]  # containers lend little of either


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start this machine's Chromium or Chrome.

    It ends with its module: Playwright's event loop stays in this thread as long as it runs, and other tests could
    start none of their own; Django even refuses its database there.
    """
    program = programs.browser()
    assert program, "the browser tests need Chromium or Chrome: run `python3 tools/system_packages.py browser`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, live: Live) -> Iterator[Visit]:
    """Return a function that opens a page of Airflow as a user, or as nobody."""
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


def picture(page: Page, name: str) -> None:
    """Take a screenshot; it is kept, in docs/, only by `make screenshots`."""
    keep = "ORDERFLOW_SCREENSHOTS" in os.environ
    page.screenshot(path=SCREENSHOTS / f"{name}.png" if keep else None)
