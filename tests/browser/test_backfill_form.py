"""Airflow's own form for backfills, which docs/how-to/backfill.md shows."""

from playwright.sync_api import expect

from support.browsing import Visit, picture
from support.live_airflow import DAG


def test_the_daily_orders_can_be_backfilled_from_the_page(visit: Visit) -> None:
    page = visit(f"/dags/{DAG}", viewport={"width": 1280, "height": 1000})
    page.get_by_role("button", name="Trigger").first.click()
    page.get_by_text("Backfill", exact=True).last.click()

    expect(page.get_by_text("Reprocess Behavior")).to_be_visible()
    expect(page.get_by_text("Run Backwards")).to_be_visible()
    picture(page, "backfill-form")
