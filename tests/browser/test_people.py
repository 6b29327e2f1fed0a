"""What people do with an order that no run can finish: resolve it, undo that, comment on it."""

from playwright.sync_api import expect

from browser.conftest import PATIENCE, Visit
from orderflow.domain.states import Progress
from sandbox.control import SandboxControl
from support.browsing import picture
from support.live_airflow import Live
from support.shipments import slip_in_doubt

ORDER = {"confirm_date": "2026-05-01T12:00:00", "webshop": 1, "payment_status": "paid", "currency": None}


def test_an_order_is_resolved_with_a_comment_taken_back_and_commented_on(
    live: Live, control: SandboxControl, visit: Visit
) -> None:
    (order_id,) = control.add_orders({**ORDER, "reference": "CS7"})
    assert live.run(dag_id="orderflow_orders", order_ids=[order_id])[1] == "failed"
    page = visit(f"/orderflow/order?id={order_id}")

    def say(what: str, text: str) -> None:
        page.get_by_role("button", name=what, exact=True).click()
        page.get_by_role("dialog").get_by_role("textbox").fill(text)
        page.get_by_role("dialog").get_by_role("button", name=what, exact=True).click()
        expect(page.locator("#retry-state")).to_contain_text("Done.", timeout=3 * PATIENCE)
        expect(page.locator(".timeline").first).to_contain_text(f"admin: {text}")

    say("Resolve", "entered by hand")
    expect(page.locator(".facts .badge")).to_have_text("Skipped")
    assert live.ledger.get_many([order_id])[order_id].progress is Progress.RESOLVED
    assert live.ledger.alerts.open() == []

    say("Take back", "wrong order")
    expect(page.locator(".facts .badge")).to_have_text("Failed")
    assert len(live.ledger.alerts.open()) == 1

    say("Comment", "the shop completes it")
    expect(page.get_by_role("button", name="Take back")).to_have_count(0)
    expect(page.get_by_role("button", name="Retry")).to_be_visible()

    page.goto("/orderflow/")
    page.locator("#alerts-list").get_by_role("button", name="Snooze the cause of 1/CS7?").click()
    page.get_by_role("dialog").get_by_role("button", name="Snooze", exact=True).click()
    expect(page.locator("#retry-state")).to_contain_text("Done.", timeout=3 * PATIENCE)
    expect(page.locator("#alerts-list")).to_contain_text("snoozed until")


def test_a_packing_slip_in_doubt_is_decided_about_on_its_orders_page(
    live: Live, control: SandboxControl, visit: Visit
) -> None:
    """At once: nobody but a person can know, so nothing is waited for."""
    (order_id,) = control.add_orders({**ORDER, "reference": "CS8", "currency": "EUR"})
    assert live.run(dag_id="orderflow_orders", order_ids=[order_id])[1] == "success"
    erp_number = live.ledger.get_many([order_id])[order_id].erp_number
    slip_in_doubt(live.ledger, "PS-9", str(erp_number))

    page = visit("/orderflow/")
    page.locator("#alerts-list").get_by_role("link", name="packing slip PS-9").click()
    doubt = page.locator(".panel", has_text="Packing slip PS-9 is in doubt")
    expect(doubt).to_contain_text("no answer after 20 s")
    expect(doubt.get_by_role("button")).to_have_text(["The shop has it", "The shop does not have it: send it"])
    picture(page, "slip-in-doubt-light")
    doubt.get_by_role("button", name="The shop has it").click()
    page.get_by_role("dialog").get_by_role("button", name="The shop has it").click()
    expect(page.locator("#retry-state")).to_contain_text("Done.", timeout=3 * PATIENCE)
    expect(doubt).to_have_count(0)
    expect(page.locator(".timeline").first).to_contain_text("PS-9: admin says that the shop has it")
    assert live.ledger.alerts.open() == []
    assert control.desadv_messages() == []
