"""What people read on the pages of one day, which no test here changes: it runs once for all of them."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Dialog, expect

from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox
from support.browsing import PATIENCE, Visit
from support.live_airflow import Live, emptied
from support.rejected_day import SCRIPT, counter, name_of, orders_of, run_with_a_rejected_order, violations

LAPTOP = {"width": 1366, "height": 900}

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def control(sandbox: RunningSandbox) -> Iterator[SandboxControl]:
    with SandboxControl(sandbox.url) as control:
        yield control


@pytest.fixture(scope="module")
def live(whole: Live, control: SandboxControl) -> Live:
    control.reset()
    return emptied(whole)


@pytest.fixture(scope="module")
def rejected(live: Live, control: SandboxControl) -> int:
    return run_with_a_rejected_order(live, control)


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


def test_a_run_has_a_tab_with_its_orders(rejected: int, live: Live, control: SandboxControl, visit: Visit) -> None:
    run_id = live.airflow.runs("orderflow_daily")[-1]["dag_run_id"]
    page = visit(f"/dags/orderflow_daily/runs/{run_id}", viewport=LAPTOP)
    page.get_by_role("link", name="Orders", exact=True).click()
    frame = orders_of(page)

    frame.locator("#filter-text").fill(name_of(control, rejected))
    row = frame.locator("#orders tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("rejected")


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing_serious(rejected: int, live: Live, control: SandboxControl, visit: Visit, look: str) -> None:
    of_order = urlencode({"webshop": control.order(rejected)["webshop"], "id": rejected})
    of_run = urlencode({"dag_id": "orderflow_daily", "run_id": live.airflow.runs("orderflow_daily")[-1]["dag_run_id"]})
    for path in ("", f"order?{of_order}", f"run?{of_run}"):
        page = visit(f"/orderflow/{path}", color_scheme=look)
        expect(page.locator("#orders table, .timeline").first).to_be_visible()
        assert not violations(page), path
