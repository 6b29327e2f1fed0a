"""What people do with the page "Orders", in a real browser, in a real Airflow."""

import json
import re
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from filled_ledger import fill
from sandbox.control import SandboxControl
from support.browsing import PATIENCE, Visit, picture
from support.live_airflow import Live
from support.rejected_day import DAY, SCRIPT, counter, name_of, orders_of, run_with_a_rejected_order, violations

LAPTOP = {"width": 1366, "height": 900}
TALL = {"width": 1366, "height": 2000}
PHONE = {"width": 390, "height": 844}

expect.set_options(timeout=PATIENCE)


@pytest.fixture
def rejected(live: Live, control: SandboxControl) -> int:
    return run_with_a_rejected_order(live, control)


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
    assert not violations(page)
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
