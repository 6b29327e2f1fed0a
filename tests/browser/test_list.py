"""The page in a real browser, without Airflow: how its scripts handle good and bad answers."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import URL

from filled_ledger import fill
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.shop_check import KeptCheck, KeptVerdict
from orderflow.ledger.opening import open_ledger
from support.page import app_of, serving

AXE = Path(__file__).parent / "axe.min.js"
WIDTHS = (390, 1024, 1440)
LOCALES = {"light": "en-GB", "dark": "nl-NL"}
GOALS = {"light": "95% within 4h", "dark": "95% binnen 4 u"}

Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    path = tmp_path_factory.mktemp("page") / "ledger.db"
    ledger = open_ledger(URL.create("sqlite", database=str(path)))
    fill(ledger._engine, 3_000, datetime.now(UTC))
    return ledger


@pytest.fixture(scope="module")
def address(ledger: Ledger) -> Iterator[str]:
    settings = {"webshops": {"1": {"name": "Wholesale"}}, "alerts": {"service_level": "95 % within 4 h"}}
    with serving(app_of(ledger, lambda: datetime.now(UTC), settings, may_retry=True)) as url:
        yield url


@pytest.fixture
def opened(chromium: Browser, address: str) -> Iterator[Opened]:
    """Return a function that opens the page at a path, in a browser of its own."""
    contexts = []

    def opened(path: str = "/", *, prepare: Callable[[Page], object] = lambda _: None, **look: object) -> Page:
        context = chromium.new_context(base_url=address, **look)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        prepare(page)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


def rows(page: Page) -> Page:
    expect(page.locator("#orders table, #orders .empty").first).to_be_visible()
    return page


def test_what_is_asked_for_is_an_address_that_back_leads_out_of(opened: Opened) -> None:
    page = rows(opened(viewport={"width": 1024, "height": 700}))
    page.locator(".counter.list-failed").click()
    expect(page).to_have_url(re.compile(r"/\?worklist=failed$"))
    expect(page.locator("#orders-title")).to_be_in_viewport()
    expect(page.locator("#orders tbody .badge").first).to_have_text("Failed")
    expect(page.locator("#orders tbody .message").first).to_have_text("422 unknown product 124_STUK")
    page.get_by_role("button", name="Amount", exact=True).last.click()
    expect(page.get_by_role("columnheader", name="Amount")).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("columnheader", name="Amount").get_by_role("button").click()
    expect(page.get_by_role("columnheader", name="Amount")).to_have_attribute("aria-sort", "descending")
    expect(page).to_have_url(re.compile("sort=amount&backwards=true"))

    page.go_back()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/\?worklist=failed$"))
    expect(page.locator("#filter-sort")).to_have_value("")
    page.go_back()
    expect(page.locator("#filter-worklist")).to_have_value("")
    page.go_forward()
    expect(page.locator("#filter-worklist")).to_have_value("failed")
    with page.expect_download() as csv:
        page.get_by_role("link", name="CSV").click()
    assert "422 unknown product" in csv.value.path().read_text(encoding="utf-8-sig")


def test_a_filter_that_cannot_be_is_left_out_and_the_rest_holds(opened: Opened) -> None:
    page = rows(opened("/?worklist=lost&webshop=1&first=2026-13-01"))

    expect(page.locator("#refused")).to_contain_text("“lost” cannot be asked for under “List”")
    expect(page.locator("#refused")).to_contain_text("“2026-13-01” cannot be asked for under “From”")
    expect(page.locator("#filter-webshop option:checked")).to_have_text("Wholesale (1)")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    assert {name[0] for name in page.locator("#orders tbody .strong").all_inner_texts()} == {"1"}


def test_a_part_that_fails_spoils_no_other_and_the_page_does_not_say_that_it_is_live(opened: Opened) -> None:
    def prepare(page: Page) -> None:
        page.route("**/api/findings*", lambda route: route.fulfill(status=500, json={"detail": "broken"}))

    page = rows(opened(prepare=prepare))

    expect(page.locator("#findings .problem")).to_contain_text("broken")
    expect(page.locator("#alerts-list li").first).to_be_visible()
    expect(page.locator("#live")).to_have_attribute("data-state", "live.partly")


def test_a_difference_is_compared_again_by_airflow(opened: Opened) -> None:
    asked: list[object] = []
    path = "**/api/v2/dags/orderflow_reconcile/dagRuns"

    def start(route: Route) -> None:
        asked.append(route.request.post_data_json)
        route.fulfill(json={"dag_run_id": "manual"})

    def prepare(page: Page) -> None:
        page.route(path, start)
        page.route(f"{path}/manual", lambda route: route.fulfill(json={"state": "success"}))

    page = rows(opened(prepare=prepare))
    page.locator("#findings-again").click()

    expect(page.locator("#retry-state .good")).to_contain_text("compared again")
    assert asked == [{"logical_date": None, "conf": {"order_ids": [100_000, 100_001, 100_002]}}]


def test_the_last_check_is_shown_and_airflow_starts_another(opened: Opened, ledger: Ledger) -> None:
    def verdict(name: str, outcome: str, **more: str) -> KeptVerdict:
        told = {"seen": "<b>9</b> rows", "follows": "", "todo": "", **more}
        return KeptVerdict(
            id=name, sentence=f"`{name}` is as assumed, {'whatever a shop may do ' * 3}", outcome=outcome, **told
        )

    asked: list[object] = []
    path = "**/api/v2/dags/orderflow_check/dagRuns"

    def start(route: Route) -> None:
        asked.append(route.request.post_data_json)
        verdicts = (
            verdict("count", "holds"),
            verdict("next", "does not hold", todo="set `limits.page_size`"),
            verdict("slash", "does not hold", was="holds"),
        )
        kept = {"proposed": {"limits": {"page_size": 20}}, "reasons": {"limits.page_size": "no more rows came"}}
        kept |= {"unsafe": {"not_before": "set `not_before`"}, "known": {}, "compared_with": {}}
        ledger.checks.keep(KeptCheck(at=datetime.now(UTC), run="manual", verdicts=verdicts, **kept))
        route.fulfill(json={"dag_run_id": "manual"})

    def prepare(page: Page) -> None:
        page.route(path, start)
        page.route(f"{path}/manual", lambda route: route.fulfill(json={"state": "success"}))

    page = rows(opened(prepare=prepare))
    expect(page.locator("#check-when")).to_have_text("not checked yet")
    page.locator("#check-now").click()

    expect(page.locator("#retry-state .good")).to_contain_text("Shop and ERP were checked")
    assert asked == [{"logical_date": None, "conf": {}}]
    expect(page.locator("#check-sum")).to_have_text("1 hold, 2 do not, 1 to do")
    expect(page.locator("#check-unsafe")).to_contain_text("Unsafe for the first run: set not_before")
    page.locator("#check summary").click()
    table = page.locator("#check-table tbody tr")
    expect(table.locator("th code.small")).to_have_text(["slash", "next", "count"])
    expect(table.first).to_contain_text("at the last check: holds")
    expect(table.first).to_contain_text("<b>9</b> rows")
    expect(page.locator("#check-json")).to_contain_text('"page_size": 20')
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("#check-sum")).to_be_visible()
    assert page.locator("#check .scroll").evaluate("box => box.scrollWidth <= box.clientWidth"), "cut off on a phone"


def test_a_cause_is_one_line_that_opens_its_orders_and_has_them_done_again(opened: Opened, ledger: Ledger) -> None:
    asked: list[Any] = []
    path = "**/api/v2/dags/orderflow_orders/dagRuns"

    def start(route: Route) -> None:
        if route.request.method == "POST":
            asked.append(route.request.post_data_json)
        route.fulfill(json={"dag_run_id": "manual", "dag_runs": [], "total_entries": 0})

    def prepare(page: Page) -> None:
        page.route(f"{path}**", start)
        page.route(f"{path}/manual", lambda route: route.fulfill(json={"state": "success"}))

    having: dict[str, set[int]] = {}
    for alert in ledger.alerts.open():
        if alert.order_id is not None:
            having.setdefault(alert.cause, set()).add(alert.order_id)
    cause, order_ids = max(having.items(), key=lambda item: len(item[1]))
    page = rows(opened(prepare=prepare))
    expect(page.locator("#alerts-list li").first).to_be_visible()
    if page.locator("#alerts-more").is_visible():
        page.locator("#alerts-more").click()
    line = page.locator(f'#alerts-list li[data-cause="{cause}"]')

    expect(line.get_by_role("button", name=f"Snooze the cause of {len(order_ids)} orders?")).to_be_visible()
    line.get_by_role("button", name="Retry these").click()
    page.get_by_role("dialog").get_by_role("button", name="Retry").click()
    expect(page.locator("#retry-state .good")).to_be_visible()
    assert {order_id for body in asked for order_id in body["conf"]["order_ids"]} == order_ids

    line.get_by_role("link", name=f"{len(order_ids)} orders").click()
    expect(page).to_have_url(re.compile(f"cause={cause}"))
    expect(page.locator("#orders tbody tr")).to_have_count(len(order_ids))


def test_a_server_that_hangs_is_said_to_be_slow_and_then_not_to_answer(opened: Opened) -> None:
    page = opened(prepare=lambda page: page.clock.install())
    rows(page)
    page.route("**/api/**", lambda _route: None)  # never answered
    page.get_by_role("button", name="Refresh").click()

    page.clock.run_for(4_000)
    expect(page.locator("#live")).to_have_attribute("data-state", "live.slow")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_is_cut_off_and_axe_finds_nothing_serious(opened: Opened, width: int, look: str) -> None:
    page = rows(
        opened("/?worklist=failed", viewport={"width": width, "height": 900}, color_scheme=look, locale=LOCALES[look])
    )
    expect(page.locator("#live")).to_have_attribute("data-state", "live")

    cut = page.evaluate(
        """() => [...document.querySelectorAll("button, a.button, select, input:not([type=hidden])")]
            .filter((part) => part.checkVisibility())
            .filter((part) => {
                const end = part.closest(".scroll")?.getBoundingClientRect().right ?? innerWidth;
                return part.getBoundingClientRect().right > Math.min(end, innerWidth) + 1;
            })
            .map((part) => part.outerHTML)"""
    )
    assert cut == []
    expect(page.locator("#trends-figures .missed")).to_contain_text(GOALS[look])
    assert page.evaluate("document.body.scrollWidth <= document.documentElement.clientWidth")
    assert "`" not in page.locator("main").inner_text()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    assert [violation["id"] for violation in found if violation["impact"] in {"serious", "critical"}] == []
