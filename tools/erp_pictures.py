"""`make erp-pictures`: what the demo's day looks like to people who work in Tryton, into docs/screenshots.

Runs the day of `make erp-demo`, and opens one of its sales, its shipment and its invoice in Tryton's own web client,
which npm installs into `.local` on first use. Needs npm and Chromium. npm has no client of series 8.2 yet; that of 8.0
speaks the same protocol, and is told that it fits.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from playwright.sync_api import Page, ViewportSize, sync_playwright

import programs
from erp_demo import ORDERS, demo_environment, run_demo_day
from postgres import postgres_server
from sandbox.server import running as sandbox_running
from sandbox_env import sandbox_environment
from service import loopback_environment
from tryton import RunningTryton, running
from tryton_database import ADMIN_PASSWORD, LOCAL

CLIENT, SERIES = "tryton-sao@8.0.11", "8.2"
PICTURES = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
LINES = range(3, 6)
"""The sale in the pictures has this many lines, a shipment and an invoice."""
SALE = "sale.sale"
OPEN = """model => {
    const tab = Sao.Tab.tabs.get_current();
    return tab && tab.attributes.model === model && tab.el.find(".treeview tbody tr").length > 0;
}"""
"""Whether the tab of this model is shown, with the lines of its record."""
WINDOW = ViewportSize(width=1280, height=900)


class Shown(NamedTuple):
    """A record whose form is opened, and the name of its tab."""

    title: str
    model: str
    id: int


def main() -> int:
    """Retake the pictures; returns the exit code."""
    day = date.today() - timedelta(days=1)  # noqa: DTZ011  # any day that is over
    with (
        tempfile.TemporaryDirectory(prefix="orderflow-erp-pictures-") as home,
        postgres_server() as postgres,
        running(postgres, Path(home), client=client()) as tryton,
        sandbox_running(day, ORDERS) as sandbox,
    ):
        run_demo_day(
            day,
            loopback_environment() | sandbox_environment(sandbox.url) | demo_environment(tryton, Path(home)),
        )
        with logged_in(tryton) as page:
            for shown in records(tryton):
                take(page, tryton, shown)
    return 0


def client() -> Path:
    """Install Tryton's web client, unless it is there; return its folder."""
    folder = LOCAL / CLIENT.replace("@", "-")
    root = folder / "node_modules" / "tryton-sao"
    if not (folder / ".installed").exists():
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit("npm is needed to install Tryton's web client")
        folder.mkdir(parents=True, exist_ok=True)
        options = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps"]
        subprocess.run([npm, "install", "--prefix", str(folder), *options, CLIENT], check=True)
        (root / "node_modules").symlink_to(folder / "node_modules")
        (root / "custom.js").write_text(f'Sao.__version__ = "{SERIES}.0";\n')
        (folder / ".installed").touch()
    return root


def records(tryton: RunningTryton) -> list[Shown]:
    """Return a sale, its shipment and its invoice."""
    fields = ["lines", "shipments", "invoices"]
    sales = tryton.rpc(f"model.{SALE}.search_read", [], 0, None, [["id", "ASC"]], fields)
    sale = next(sale for sale in sales if len(sale["lines"]) in LINES and sale["shipments"] and sale["invoices"])
    return [
        Shown("Sale", SALE, sale["id"]),
        Shown("Shipment", "stock.shipment.out", sale["shipments"][0]),
        Shown("Invoice", "account.invoice", sale["invoices"][0]),
    ]


@contextmanager
def logged_in(tryton: RunningTryton) -> Iterator[Page]:
    """Open the client as Tryton's administrator, without the questions that Tryton asks after an installation."""
    wizards = "model.ir.module.config_wizard.item"
    tryton.rpc(f"{wizards}.write", tryton.rpc(f"{wizards}.search", [], 0, None, None), {"state": "done"})
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=programs.browser(), args=["--no-sandbox"])
        page = browser.new_page(viewport=WINDOW)
        page.goto(f"{tryton.url}/#{tryton.database.database}")
        page.fill("#login", "admin")
        page.click("button[type=submit]")
        page.fill("input[type=password]", ADMIN_PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Orderflow demo company")
        page.click("[data-toggle=menu]")  # closes the menu, which leaves room for the form
        yield page
        browser.close()


def take(page: Page, tryton: RunningTryton, shown: Shown) -> None:
    """Open a record's form and take its picture."""
    name = quote(f'"{shown.title}"')
    page.evaluate(f"Sao.open_url('{tryton.database.database}/model/{shown.model}/{shown.id};name={name}')")
    page.wait_for_function(OPEN, arg=shown.model)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / f"tryton-{shown.title.lower()}.png")


if __name__ == "__main__":
    sys.exit(main())
