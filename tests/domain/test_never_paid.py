"""When an unpaid order is put aside."""

from datetime import UTC, datetime, timedelta

import pytest

from orderflow.domain.decision import Action, Decision
from orderflow.domain.never_paid import put_aside
from orderflow.domain.reasons import Reason
from support.orders import order as confirmed

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PATIENCE = timedelta(days=90)
UNPAID = Decision(action=Action.WAIT, reason=Reason.NOT_PAID, detail="payment_status is None")


def days_ago(days: float | None) -> datetime | None:
    return None if days is None else NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("decision", "found", "changed", "seen_as", "ends"),
    [
        (UNPAID, 91, 91, 91, True),
        (UNPAID, 91, 2000, 2000, True),
        (UNPAID, 89, 2000, 2000, False),
        (UNPAID, 2000, 89, 89, False),
        (UNPAID, 91, 91, 95, False),
        (UNPAID, 91, 91, None, False),
        (UNPAID, 91, None, None, False),
        (UNPAID, 2000, -3, -3, False),
        (Decision(action=Action.WAIT, reason=Reason.WEBSHOP_UNKNOWN), 2000, 2000, 2000, False),
        (Decision(action=Action.HOLD, reason=Reason.PAYMENT_UNKNOWN), 2000, 2000, 2000, False),
        (Decision(action=Action.PROCESS, reason=Reason.PAID), 2000, 2000, 2000, False),
    ],
)
def test_only_what_is_unpaid_and_unchanged_for_long_is_put_aside(
    decision: Decision, found: float, changed: float | None, seen_as: float | None, *, ends: bool
) -> None:
    since = days_ago(found)
    assert since is not None
    order = confirmed(modified_at=days_ago(changed))
    left = put_aside(decision, order, seen_as=days_ago(seen_as), since=since, patience=PATIENCE, now=NOW)
    assert (left.reason is Reason.NEVER_PAID) is ends
    assert left == decision or left.action is Action.SKIP
