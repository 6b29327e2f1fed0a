"""A day on which the ERP rejects one order, and what a browser sees of it."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import FrameLocator, Page, expect

from sandbox.control import SandboxControl
from support.live_airflow import Live

TODAY = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
DAY = (TODAY - timedelta(days=1)).isoformat()
AXE = Path(__file__).parents[1] / "browser" / "axe.min.js"
SCRIPT = "<script>document.title = 'run'</script><img src=x onerror=\"document.title='run'\">"


def run_with_a_rejected_order(live: Live, control: SandboxControl) -> int:
    """Let the day run; the rejected order's product is named like a script. Returns the order's id."""
    control.reset(day=DAY, count=40)
    order = next(o for o in control.orders() if o["payment_status"] == "paid" and not o["offline"])
    line = order["order_lines"][0]
    order_id = int(order["id"])
    control.edit_order(order_id, order_lines=[{**line, "product": {"origin": "x", "key": f"UNKNOWN-{SCRIPT}"}}])
    live.run(DAY)
    return order_id


def name_of(control: SandboxControl, order_id: int) -> str:
    order = control.order(order_id)
    return f"{order['webshop']}/{order['reference']}"


def orders_of(page: Page) -> FrameLocator:
    """Return the page inside Airflow's frame, with its table."""
    frame = page.frame_locator("iframe[title=Orders]")
    expect(frame.locator("#orders table, #orders .empty").first).to_be_visible()
    return frame


def counter(frame: FrameLocator, name: str) -> Any:
    return frame.locator(".counter", has=frame.locator(".counter-name", has_text=re.compile(f"^{name}$")))


def violations(page: Page) -> list[Any]:
    """Return what axe finds serious on a page."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    return [violation for violation in found if violation["impact"] in {"serious", "critical"}]
