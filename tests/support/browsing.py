"""A browser that visits the page, and screenshots of it."""

import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

SCREENSHOTS = Path(__file__).parents[2] / "docs" / "screenshots"
PATIENCE = 60_000
"""Milliseconds."""
Visit = Callable[..., Page]


def picture(page: Page, name: str) -> None:
    """Take a screenshot; only `make screenshots` keeps it, in docs/."""
    keep = "ORDERFLOW_SCREENSHOTS" in os.environ
    page.screenshot(path=SCREENSHOTS / f"{name}.png" if keep else None)
