"""Wherever an order's list is shown, it is the same: on the page, in the command, the digest and the metrics."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import insert

from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.domain.worklist import AT_AN_END, Worklist
from orderflow.flow.reporting.worklists import open_lines, open_state
from orderflow.flow.services import Services
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.tables.orders import OrderRow
from orderflow.settings import Settings
from support.clock import Clock
from support.page import ask, names

BEFORE_IT_FAILS = {
    Progress.UNREAD: Worklist.FAILED,
    Progress.WAITING: Worklist.WAITING,
    Progress.HELD: Worklist.HELD,
    Progress.SKIPPED: Worklist.SKIPPED,
    Progress.OFFLINE: Worklist.IN_PROGRESS,
    Progress.READY: Worklist.IN_PROGRESS,
    Progress.PUSHING: Worklist.IN_DOUBT,
    Progress.IN_DOUBT: Worklist.IN_DOUBT,
    Progress.REJECTED: Worklist.FAILED,
    Progress.PUSHED: Worklist.PARTLY_WRITTEN_BACK,
    Progress.STATE_SET: Worklist.PARTLY_WRITTEN_BACK,
    Progress.NUMBER_SET: Worklist.PARTLY_WRITTEN_BACK,
    Progress.WRITTEN_BACK: Worklist.PROCESSED,
    Progress.SHIPMENT_SENT: Worklist.PROCESSED,
    Progress.RESOLVED: Worklist.SKIPPED,
}
"""The list of an order at each progress, without a reason."""
BEGUN = {Progress.OFFLINE, Progress.READY, Progress.SKIPPED, Progress.RESOLVED}
"""Whose order is on the list of failed ones once something went wrong with it."""


@pytest.fixture
def services(ledger: Ledger, clock: Clock) -> Services:
    """Services of whom only the ledger is asked."""

    def asked() -> None:
        pytest.fail("nobody else is asked")

    return Services(
        connect_shop=asked,  # type: ignore[arg-type]
        connect_messages=asked,  # type: ignore[arg-type]
        connect_erp=asked,  # type: ignore[arg-type]
        ledger=ledger,
        settings=Settings.parse({}),
        now=clock,
    )


@pytest.mark.parametrize("reason", [None, Reason.SHOP_AUTH])
def test_every_progress_is_on_the_same_list_everywhere(
    page: httpx.Client, services: Services, ledger: Ledger, clock: Clock, reason: Reason | None
) -> None:
    failed = dict.fromkeys(BEGUN if reason else (), Worklist.FAILED)
    expected = {f"1/{progress}": listed for progress, listed in (BEFORE_IT_FAILS | failed).items()}
    rows = [
        {
            "order_id": number,
            "webshop": 1,
            "reference": progress,
            "progress": progress,
            "reason": reason,
            "pushed_at": clock() if progress is Progress.SHIPMENT_SENT else None,
            "first_seen_at": clock() - timedelta(hours=1),
            "updated_at": clock(),
            "erp_lines": {},
            "line_ids": {},
        }
        for number, progress in enumerate(Progress, start=1)
    ]
    with ledger._engine.begin() as connection:
        connection.execute(insert(OrderRow), rows)

    shown = {order["name"]: order["worklist"] for order in ask(page, "orders")["orders"]}
    assert shown == expected, "the page's rows"
    filtered = {name: listed for listed in Worklist for name in names(page, worklist=listed)}
    assert filtered == expected, "the page's filter"
    still_open = {name: listed for name, listed in expected.items() if listed not in AT_AN_END}
    printed = {line[19:].split()[0]: line[:19].strip() for line in open_lines(services)}
    assert printed == still_open, "the command"
    counts = {listed: orders for listed, orders in open_state(services).counts.items() if orders}
    assert counts == {listed: [*still_open.values()].count(listed) for listed in set(still_open.values())}, "the digest"
    counters = {cell["worklist"]: cell["orders"] for cell in ask(page, "overview")["open"]}
    assert counters == counts, "the page's counters"
