"""What people do with the page "Orders", in a real browser, in a real Airflow."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Dialog, FrameLocator, Page, expect

from filled_ledger import fill
from sandbox.control import SandboxControl
from support.browsing import PATIENCE, Visit, picture
from support.live_airflow import Live

TODAY = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
DAY = (TODAY - timedelta(days=1)).isoformat()
AXE = Path(__file__).parent / "axe.min.js"
SCRIPT = "<script>document.title = 'run'</script><img src=x onerror=\"document.title='run'\">"
LAPTOP = {"width": 1366, "height": 900}
TALL = {"width": 1366, "height": 2000}
PHONE = {"width": 390, "height": 844}

expect.set_options(timeout=PATIENCE)


@pytest.fixture
def rejected(live: Live, control: SandboxControl) -> int:
    """Let a day run in which the ERP rejects one order, whose product is named like a script; returns its id."""
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


def test_a_day_can_be_seen_filtered_opened_retried_and_then_it_is_done(
    rejected: int, live: Live, control: SandboxControl, visit: Visit
) -> None:
    name = name_of(control, rejected)
    page = visit("/", viewport=LAPTOP)
    page.get_by_role("button", name="Browse").click()
    page.get_by_role("menuitem", name="Orders").click()
    frame = orders_of(page)
    expect(counter(frame, "Failed").locator(".counter-value")).to_have_text("1")
    expect(frame.locator("#chart-table tbody tr").nth(1)).to_contain_text(str(len(control.erp_orders())))
    expect(frame.locator("#alerts-list")).to_contain_text(name)

    counter(frame, "Failed").click()
    row = frame.locator("#orders tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(name)
    expect(row).to_contain_text("ERP master data")

    expect(page).to_have_url(re.compile(r"/plugin/orders/orderflow/\?worklist=failed$"))
    page.reload()
    frame = orders_of(page)
    expect(frame.locator("#filter-worklist")).to_have_value("failed")
    frame.locator("#filter-reason").select_option("erp_rejected")
    expect(page).to_have_url(re.compile(r"worklist=failed&reason=erp_rejected$"))
    page.go_back()
    expect(page).to_have_url(re.compile(r"/plugin/orders/orderflow/\?worklist=failed$"))
    expect(frame.locator("#filter-reason")).to_have_value("")

    frame.locator("#filter-text").fill("no such order")
    expect(frame.locator("#orders .empty")).to_be_visible()
    frame.get_by_role("button", name="Clear filters").click()
    frame.locator("#filter-text").fill(name)
    frame.get_by_role("link", name=name, exact=True).first.click()
    expect(frame.locator(".timeline li")).to_have_count(2)
    expect(frame.locator(".why-panel")).to_contain_text(SCRIPT)
    expect(page).to_have_url(re.compile(r"/plugin/orders/orderflow/order\?id="))

    control.edit_order(rejected, order_lines=[{**control.order(rejected)["order_lines"][0], "product": PRODUCT}])
    before = live.airflow.runs("orderflow_orders")
    frame.get_by_role("button", name="Retry").click()
    dialog = frame.get_by_role("dialog")
    expect(dialog).to_contain_text(name)
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    assert live.airflow.runs("orderflow_orders") == before
    frame.get_by_role("button", name="Retry").click()
    dialog.get_by_role("button", name="Retry").click()
    expect(frame.locator("#retry-state")).to_contain_text("The retry is done", timeout=3 * PATIENCE)
    expect(frame.locator(".facts .badge")).to_have_text("Processed")
    expect(frame.locator(".timeline").first).to_contain_text("Written to the shop: ERP line numbers")
    picture(page, "order-light")

    frame.locator(".timeline").first.get_by_role("link", name="Task log").first.click()
    expect(page).to_have_url(re.compile(r"/dags/orderflow_orders/runs/.+/tasks/select_payable"))


PRODUCT = {"origin": "myorigin", "key": "124_STUK"}


def test_a_script_in_an_order_is_shown_and_not_run(rejected: int, control: SandboxControl, visit: Visit) -> None:
    asked: list[Dialog] = []
    webshop = control.order(rejected)["webshop"]
    page = visit(f"/orderflow/order?webshop={webshop}&id={rejected}")
    page.on("dialog", lambda dialog: asked.append(dialog))  # noqa: PLW0108 - Playwright takes no built-in method

    expect(page.locator(".why-panel")).to_contain_text(SCRIPT)

    assert page.title() != "run"
    assert not page.locator("img, .message script").count()
    assert not asked


def test_a_viewer_sees_everything_and_cannot_retry(rejected: int, live: Live, visit: Visit) -> None:
    before = live.airflow.runs("orderflow_orders")
    page = visit("/plugin/orders", user="viewer")
    frame = orders_of(page)

    expect(counter(frame, "Failed").locator(".counter-value")).to_have_text("1")
    expect(frame.locator("#retry-forbidden")).to_be_visible()
    expect(frame.get_by_role("button", name="Retry")).to_have_count(0)
    body = {"logical_date": None, "conf": {"order_ids": [rejected]}}
    assert page.request.post("/api/v2/dags/orderflow_orders/dagRuns", data=body).status == 403
    assert live.airflow.runs("orderflow_orders") == before


def test_anonymous_gets_nothing(visit: Visit) -> None:
    page = visit("/orderflow/", user=None)

    for path in (
        "",
        "order",
        "run",
        "assets/page.css",
        "api/orders",
        "api/overview",
        "api/orders/1/1",
        "api/run/plan",
        "api/orders/1/1/plan",
    ):
        assert page.request.get(f"/orderflow/{path}").status == 401, path


def test_a_run_has_a_tab_with_its_orders(rejected: int, live: Live, control: SandboxControl, visit: Visit) -> None:
    run_id = live.airflow.runs("orderflow_daily")[-1]["dag_run_id"]
    page = visit(f"/dags/orderflow_daily/runs/{run_id}", viewport=LAPTOP)
    page.get_by_role("link", name="Orders", exact=True).click()
    frame = orders_of(page)

    frame.locator("#filter-text").fill(name_of(control, rejected))
    row = frame.locator("#orders tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("rejected")


def test_a_dry_run_shows_what_would_be_written_on_its_tab_and_at_its_orders(
    live: Live, control: SandboxControl, visit: Visit
) -> None:
    shown = {"confirm_date": f"{DAY}T12:00:00", "payment_status": "paid", "webshop": 1, "reference": "CS7"}
    (order_id,) = control.add_orders({**shown, "description": SCRIPT})
    run_id, state = live.run(DAY, dry_run=True)
    assert state == "success"
    page = visit(f"/orderflow/run?{urlencode({'dag_id': 'orderflow_daily', 'run_id': run_id})}", viewport=LAPTOP)
    rows = page.locator("#plan-calls tbody tr")
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text("POST /sales-orders")
    expect(page.locator("#written")).to_be_hidden()
    rows.last.locator("summary").click()
    expect(rows.last.locator("pre")).to_contain_text(json.dumps(SCRIPT))
    assert page.title() != "run"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    assert not [violation for violation in found if violation["impact"] in {"serious", "critical"}]
    picture(page, "dry-run-light")

    rows.first.get_by_role("link", name="1/CS7").click()
    expect(page.locator("#order")).to_contain_text("it was only part of a dry run")
    expect(page.locator("#plan-calls tbody tr")).to_have_count(4)
    assert control.order(order_id)["state"] == "confirmed"


def test_selected_orders_are_retried_together_by_keyboard_alone(
    rejected: int, live: Live, control: SandboxControl, visit: Visit
) -> None:
    page = visit("/orderflow/?worklist=failed")
    box = page.get_by_role("checkbox", name=f"Select {name_of(control, rejected)}")
    box.focus()
    page.keyboard.press("Space")
    button = page.get_by_role("button", name="Retry selected (1)")
    button.focus()
    live.airflow.api("PATCH", "/dags/orderflow_orders", {"is_paused": True})
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # the dialog's button is where the keyboard is

    expect(page.locator("#retry-state")).to_contain_text("paused")
    other = visit("/orderflow/?worklist=failed", user="viewer")
    expect(other.locator("#orders")).to_contain_text("Retry queued by admin at")
    live.airflow.unpause("orderflow_orders")
    expect(page.locator("#retry-state")).to_contain_text("1 of these orders is still open", timeout=3 * PATIENCE)
    assert live.airflow.runs("orderflow_orders")[-1]["conf"] == {"order_ids": [rejected]}
    other.goto(f"/orderflow/order?id={rejected}")
    expect(other.locator("#asked")).to_contain_text("Retry failed: admin")


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing_serious(rejected: int, live: Live, control: SandboxControl, visit: Visit, look: str) -> None:
    of_order = urlencode({"webshop": control.order(rejected)["webshop"], "id": rejected})
    of_run = urlencode({"dag_id": "orderflow_daily", "run_id": live.airflow.runs("orderflow_daily")[-1]["dag_run_id"]})
    for path in ("", f"order?{of_order}", f"run?{of_run}"):
        page = visit(f"/orderflow/{path}", color_scheme=look)
        expect(page.locator("#orders table, .timeline").first).to_be_visible()
        page.evaluate(AXE.read_text(encoding="utf-8"))

        found = page.evaluate("axe.run()")["violations"]

        assert not [violation for violation in found if violation["impact"] in {"serious", "critical"}], path


LOOKS = {
    "orders-light": ("/plugin/orders", {"viewport": TALL, "color_scheme": "light"}),
    "orders-dark": ("/plugin/orders", {"viewport": LAPTOP, "color_scheme": "dark"}),
    "orders-phone": ("/orderflow/", {"viewport": PHONE, "color_scheme": "light", "is_mobile": True}),
}


@pytest.mark.parametrize("name", LOOKS)
def test_a_page_fits_its_screen_and_is_kept_as_a_picture_for_the_documentation(
    live: Live, visit: Visit, name: str
) -> None:
    path, look = LOOKS[name]
    fill(live.ledger._engine, 3_000, datetime.now(UTC))
    page = visit(path, **look)
    framed = path.startswith("/plugin")
    shown = page.frame_locator("iframe[title=Orders]").locator("body") if framed else page.locator("body")

    expect(shown.locator("#orders table, .timeline").first).to_be_visible()

    assert shown.evaluate("body => body.scrollWidth <= document.documentElement.clientWidth")
    picture(page, name)
