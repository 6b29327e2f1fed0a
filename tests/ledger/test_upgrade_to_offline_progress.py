"""An upgrade of a ledger in which offline orders were skipped ones keeps what every row means."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Engine, MetaData, Table, select

from orderflow.domain.backoff import OPEN
from orderflow.domain.decision import Action
from orderflow.domain.reasons import SKIPPED, Owner, Reason
from orderflow.domain.states import Progress
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import RunRef, Word
from orderflow.ledger.opening import open_ledger
from orderflow.ledger.schema import MIGRATIONS
from support.old_ledgers import ledger_of

THEN = datetime(2026, 11, 22, 12, tzinfo=UTC)
Upgraded = Callable[[], Ledger]
THEN_KNOWN = [progress for progress in Progress if progress is not Progress.OFFLINE]


class Old:
    """A ledger of the version before, to put rows into."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.then = THEN if engine.dialect.name == "postgresql" else THEN.replace(tzinfo=None)

    def add(self, table: str, **values: Any) -> None:
        """Add a row to a table as it is now."""
        with self.engine.begin() as connection:
            connection.execute(
                Table(f"orderflow_{table}", MetaData(), autoload_with=connection).insert().values(values)
            )

    def order(self, order_id: int, progress: Progress, reason: Reason | None, **columns: Any) -> None:
        given = {
            "reference": f"CS{order_id}", "webshop": 1, "decision": "skip", "detail": "why",
            "erp_lines": {"1": 10}, "line_ids": {"1": 70}, "attempts": 2, "first_seen_at": self.then,
            "updated_at": self.then, "partition": "2026-11-21",
        }  # fmt: skip
        self.add("order", **given | {"order_id": order_id, "progress": progress.value, "reason": reason} | columns)

    def event(self, order_id: int, outcome: str, reason: Reason | None, step: str = "select") -> None:
        self.add(
            "event", order_id=order_id, at=self.then, dag_id="d", run_id="r", task_id="t", map_index=-1, try_number=1,
            step=step, outcome=outcome, reason=reason, message="", reference="",
        )  # fmt: skip

    def alert(self, order_id: int, reason: Reason, seen: int) -> None:
        self.add(
            "alert", subject=f"order {order_id}", order_id=order_id, order=f"1/CS{order_id}", reason=reason,
            cause="c", title="", message="said", seen=seen, opened_by="d r", opened_at=self.then,
            last_seen_at=self.then,
        )  # fmt: skip


@pytest.fixture
def old(empty_url: URL) -> Old:
    return Old(ledger_of(empty_url, "0025"))


@pytest.fixture
def upgraded(empty_url: URL, old: Old) -> Upgraded:  # noqa: ARG001 - made before
    return lambda: open_ledger(empty_url, clock=lambda: THEN + timedelta(hours=1))


def standing(ledger: Ledger, order_id: int) -> tuple[Progress, Reason | None, Action | None]:
    known = ledger.get(order_id)
    assert known is not None
    return known.progress, known.reason, known.decision


def test_orders_in_every_state_with_open_alerts_keep_what_they_are(old: Old, upgraded: Upgraded) -> None:
    reasons = dict.fromkeys(THEN_KNOWN, Reason.ERP_REJECTED) | {Progress.SKIPPED: Reason.CANCELLED}
    for order_id, (progress, reason) in enumerate(reasons.items(), start=1):
        old.order(order_id, progress, reason)
        old.alert(order_id, Reason.ERP_REJECTED, seen=order_id)
        old.event(order_id, "decided", Reason.PAID)

    ledger = upgraded()

    for order_id, (progress, reason) in enumerate(reasons.items(), start=1):
        assert standing(ledger, order_id) == (progress, reason, Action.SKIP)
        known = ledger.get(order_id)
        assert known is not None
        assert (known.detail, known.partition, known.attempts, known.erp_lines) == ("why", "2026-11-21", 2, {1: 10})
        assert [event.reason for event in ledger.events(order_id=order_id)] == [Reason.PAID]
    assert {alert.order_id: alert.seen for alert in ledger.alerts.open()} == {n: n for n in range(1, len(reasons) + 1)}
    told = ledger.outbox.take("mail", RunRef(dag_id="d", run_id="r"), owners=frozenset(Owner), settled_for=timedelta())
    assert {alert.order_id for alert in told[0]} == set(range(1, len(reasons) + 1)), "announced as before"


def test_offline_orders_that_are_not_marked_are_open(old: Old, upgraded: Upgraded) -> None:
    old.order(1, Progress.SKIPPED, Reason.OFFLINE)
    old.order(2, Progress.SKIPPED, Reason.SHOP_AUTH)
    old.event(2, "decided", Reason.NOT_CONFIRMED)
    old.event(2, "decided", Reason.OFFLINE)
    old.event(2, "rejected", Reason.SHOP_AUTH, step="mark_offline_sent")
    old.alert(2, Reason.SHOP_AUTH, seen=3)
    old.order(3, Progress.SHIPMENT_SENT, None)

    ledger = upgraded()

    assert standing(ledger, 1) == (Progress.OFFLINE, None, Action.MARK)
    assert standing(ledger, 2) == (Progress.OFFLINE, Reason.SHOP_AUTH, Action.MARK)
    assert standing(ledger, 3) == (Progress.SHIPMENT_SENT, None, Action.SKIP)
    assert [known.order_id for known in ledger.open_orders()] == [1, 2]
    assert {known.progress for known in ledger.open_orders()} <= OPEN
    assert [(alert.order_id, alert.seen) for alert in ledger.alerts.open()] == [(2, 3)]


@pytest.mark.parametrize("events", [[], [Reason.OFFLINE, Reason.CANCELLED]], ids=["forgotten", "offline no more"])
def test_what_failed_and_is_not_known_as_offline_is_read_again(
    old: Old, upgraded: Upgraded, events: list[Reason]
) -> None:
    old.order(1, Progress.SKIPPED, Reason.SHOP_UNAVAILABLE)
    for reason in events:
        old.event(1, "decided", reason)

    ledger = upgraded()

    assert standing(ledger, 1) == (Progress.UNREAD, Reason.SHOP_UNAVAILABLE, Action.SKIP)
    assert [known.order_id for known in ledger.open_orders()] == [1]


def test_an_offline_order_that_was_resolved_is_read_again_when_that_is_taken_back(old: Old, upgraded: Upgraded) -> None:
    old.order(1, Progress.RESOLVED, Reason.RESOLVED)
    before = {
        "progress": "skipped", "reason": "shop_auth", "detail": "401", "flagged_by": None, "hash": None,
        "version": None, "shop_modified_at": None,
    }  # fmt: skip
    old.add("resolution", order_id=1, at=old.then, by="ann", comment="", before=before)

    ledger = upgraded()
    with ledger.claim(1, RunRef(dag_id="d", run_id="r")) as claim:
        claim.undo(Word("ann", ""))

    assert standing(ledger, 1)[:2] == (Progress.UNREAD, Reason.SHOP_AUTH)
    assert [known.order_id for known in ledger.open_orders()] == [1]


def test_what_was_skipped_for_good_stays_so(old: Old, upgraded: Upgraded) -> None:
    reasons = sorted(SKIPPED - {Reason.OFFLINE})
    for order_id, reason in enumerate(reasons, start=1):
        old.order(order_id, Progress.SKIPPED, reason)
        old.event(order_id, "decided", Reason.OFFLINE)

    ledger = upgraded()

    assert [standing(ledger, n)[:2] for n in range(1, len(reasons) + 1)] == [
        (Progress.SKIPPED, reason) for reason in reasons
    ]
    assert ledger.open_orders() == []


def test_a_day_is_done_when_both_its_lists_were(old: Old, upgraded: Upgraded) -> None:
    for day, orders_at, offline_at in (
        ("2026-11-20", old.then, old.then), ("2026-11-21", old.then, None), ("2026-11-22", None, old.then),
    ):  # fmt: skip
        old.add(
            "day", day=day, scheduled=True, taken_by="r", first_run_at=old.then, orders_at=orders_at,
            offline_at=offline_at,
        )  # fmt: skip

    ledger = upgraded()

    assert ledger.days.done_since("2026-11-01") == {"2026-11-20"}
    assert ledger.days.first_scheduled() == "2026-11-20"


def test_it_can_be_taken_back(old: Old, upgraded: Upgraded) -> None:
    old.order(1, Progress.SKIPPED, Reason.OFFLINE)
    old.add("day", day="2026-11-20", scheduled=True, first_run_at=old.then, orders_at=old.then, offline_at=old.then)
    upgraded()
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    with old.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0022")
        orders, days = (Table(f"orderflow_{name}", MetaData(), autoload_with=connection) for name in ("order", "day"))
        row = connection.execute(select(orders.c.progress, orders.c.reason, orders.c.decision)).one()
        done = connection.execute(select(days.c.orders_at == days.c.offline_at)).scalar()

    assert tuple(row) == ("skipped", "offline", "skip")
    assert done
    assert standing(upgraded(), 1)[0] is Progress.OFFLINE
