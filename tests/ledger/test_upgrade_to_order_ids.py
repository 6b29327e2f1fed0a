"""Upgrading a ledger that knew orders by webshop and id keeps every row's meaning."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Engine, MetaData, Table, select

from orderflow.domain.reasons import Reason
from orderflow.domain.states import IN_ERP, INTENT_OPEN, Progress
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.alerts import Subject
from orderflow.ledger.models.orders import RunRef, Step
from orderflow.ledger.opening import open_ledger
from orderflow.ledger.schema import MIGRATIONS
from support.old_ledgers import ledger_of

THEN = datetime(2026, 11, 22, 12, tzinfo=UTC)
Upgraded = Callable[[], Ledger]
SENT = sorted((IN_ERP | INTENT_OPEN) - {Progress.RESOLVED, Progress.SHIPMENT_SENT})


class Old:
    """A ledger of the version before, to put rows into."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._tables = {
            name: Table(f"orderflow_{name}", MetaData(), autoload_with=engine)
            for name in ("order", "event", "alert", "planned_call")
        }

    def at(self, hours: int = 0) -> datetime:
        then = THEN + timedelta(hours=hours)
        return then if self.engine.dialect.name == "postgresql" else then.replace(tzinfo=None)

    def order(self, webshop: int, order_id: int, progress: Progress, **columns: Any) -> None:
        given = {
            "reference": f"CS{order_id}", "external_reference": f"{webshop}/CS{order_id}", "decision": "process",
            "detail": "", "erp_lines": {"1": 10}, "line_ids": {"1": 70}, "attempts": 0,
            "first_seen_at": self.at(), "updated_at": self.at(),
        }  # fmt: skip
        self._add("order", given | {"webshop": webshop, "order_id": order_id, "progress": progress.value} | columns)

    def placeholder(self, order_id: int, **columns: Any) -> None:
        gone = {"external_reference": "", "decision": None, "reason": "shop_unavailable", "detail": "GET answered 500"}
        self.order(0, order_id, Progress.UNREAD, **(gone | {"first_seen_at": self.at(-5)} | columns))

    def event(self, webshop: int | None, order_id: int, message: str) -> None:
        self._add("event", {
            "webshop": webshop, "order_id": order_id, "at": self.at(), "dag_id": "d", "run_id": "r", "task_id": "t",
            "map_index": -1, "try_number": 1, "step": "select", "outcome": "decided", "message": message,
            "reference": "",
        })  # fmt: skip

    def alert(
        self, webshop: int, order_id: int, reason: Reason, *, slip: str = "", seen: int = 1, day: int = 0
    ) -> None:
        self._add("alert", {
            "webshop": webshop, "order_id": order_id, "slip": slip, "order": f"{webshop}/CS{order_id}",
            "reason": reason.value, "message": "said", "seen": seen, "opened_at": self.at(24 * day),
            "last_seen_at": self.at(24 * day + 1),
        })  # fmt: skip

    def planned(self, webshop: int | None, order_id: int | None) -> None:
        self._add("planned_call", {
            "webshop": webshop, "order_id": order_id, "at": self.at(), "dag_id": "d", "run_id": "dry", "task_id": "t",
            "map_index": -1, "try_number": 1, "subject": "s", "system": "erp", "method": "POST", "path": "/",
            "body": "",
        })  # fmt: skip

    def _add(self, table: str, values: dict[str, Any]) -> None:
        with self.engine.begin() as connection:
            connection.execute(self._tables[table].insert().values(values))


@pytest.fixture
def old(empty_url: URL) -> Old:
    return Old(ledger_of(empty_url, "0012"))


@pytest.fixture
def upgraded(empty_url: URL, old: Old) -> Upgraded:  # noqa: ARG001 - made before
    return lambda: open_ledger(empty_url)


def why(progress: Progress) -> Reason:
    """Say why an order may be there; one that is skipped for any other reason has failed, and is read again."""
    return Reason.CANCELLED if progress is Progress.SKIPPED else Reason.ERP_REJECTED


def test_orders_in_every_state_with_open_alerts_keep_what_they_are(old: Old, upgraded: Upgraded) -> None:
    for order_id, progress in enumerate(Progress, start=1):
        number = f"ERP-{order_id}" if progress in SENT and progress not in INTENT_OPEN else None
        old.order(order_id % 3, order_id, progress, erp_number=number, reason=why(progress), detail="why")
        old.alert(order_id % 3, order_id, Reason.ERP_REJECTED, seen=order_id)
        old.event(order_id % 3, order_id, f"of {order_id}")

    ledger = upgraded()

    alerts = {alert.order_id: alert.seen for alert in ledger.alerts.open()}
    for order_id, progress in enumerate(Progress, start=1):
        kept = ledger.get(order_id)
        assert kept is not None
        assert (kept.progress, kept.reason, kept.detail) == (progress, why(progress), "why")
        assert (kept.webshop, kept.reference, kept.line_ids) == (order_id % 3, f"CS{order_id}", {1: 70})
        name = f"{order_id % 3}/CS{order_id}"
        assert (kept.external_reference, kept.name) == (name if progress in SENT else None, name)
        assert kept.idempotency_key == (f"cloudsuite:{order_id % 3}/{order_id}" if progress in SENT else None)
        assert [event.message for event in ledger.events(order_id=order_id)] == [f"of {order_id}"]
        assert alerts[order_id] == order_id
    run = RunRef(dag_id="d", run_id="after")
    assert ledger.alerts.see(Subject.of_order(999, "1/CS999"), Reason.ERP_REJECTED, "new rows find new ids", run=run)


@pytest.mark.parametrize("progress", [Progress.SHIPMENT_SENT, Progress.RESOLVED])
@pytest.mark.parametrize("trace", ["pushed_at", "payload_hash", "erp_number"])
def test_an_ended_order_that_was_sent_keeps_its_name(
    old: Old, upgraded: Upgraded, progress: Progress, trace: str
) -> None:
    old.order(1, 7, progress, **{trace: old.at() if trace == "pushed_at" else "x"})
    old.order(1, 8, progress)

    ledger = upgraded()

    assert [known.external_reference for known in ledger.get_many([7, 8]).values()] == ["1/CS7", None]


def test_an_order_that_was_never_read_has_no_webshop_any_more_and_0_is_one_like_any_other(
    old: Old, upgraded: Upgraded
) -> None:
    old.placeholder(7)
    old.order(0, 8, Progress.WAITING)
    old.event(None, 7, "GET answered 500")

    ledger = upgraded()

    assert [known.webshop for known in ledger.get_many([7, 8]).values()] == [None, 0]
    assert ledger.get_many([7])[7].progress is Progress.UNREAD
    assert [event.message for event in ledger.events(order_id=7)] == ["GET answered 500"]


@pytest.mark.parametrize("progress", sorted(set(Progress) - {Progress.OFFLINE}), ids=str)
def test_a_placeholder_and_the_order_itself_become_one(old: Old, upgraded: Upgraded, progress: Progress) -> None:
    old.placeholder(7)
    old.order(2, 7, progress)
    old.alert(0, 7, Reason.SHOP_UNAVAILABLE, seen=3)
    old.alert(2, 7, Reason.SHOP_UNAVAILABLE, seen=4, day=1)

    ledger = upgraded()

    kept = ledger.get(7)
    assert kept is not None
    assert (kept.webshop, kept.progress, kept.first_seen_at) == (2, progress, THEN - timedelta(hours=5))
    assert [(alert.seen, alert.opened_at) for alert in ledger.alerts.open()] == [(7, THEN)]


@pytest.mark.parametrize("later", ["waiting", "ready", "rejected", "resolved", "unread"])
@pytest.mark.parametrize("begun", SENT)
@pytest.mark.parametrize("swapped", [False, True], ids=["first", "second"])
def test_of_an_order_under_two_webshops_the_one_that_came_furthest_is_kept(
    old: Old, upgraded: Upgraded, later: str, begun: Progress, *, swapped: bool
) -> None:
    """`default_webshop` was corrected, or somebody moved the order."""
    one, two = (2, 1) if swapped else (1, 2)
    old.order(one, 7, begun, erp_number=None if begun in INTENT_OPEN else "ERP-7")
    old.order(two, 7, Progress(later), updated_at=old.at(9), first_seen_at=old.at(-3))
    old.event(one, 7, "sent")
    old.event(two, 7, "seen anew")

    ledger = upgraded()

    kept = ledger.get(7)
    assert kept is not None
    assert (kept.progress, kept.external_reference, kept.reason) == (begun, f"{one}/CS7", None)
    assert kept.idempotency_key == f"cloudsuite:{one}/7"
    assert kept.first_seen_at == THEN - timedelta(hours=3)
    assert {event.message for event in ledger.events(order_id=7)} == {"sent", "seen anew"}
    assert ledger.alerts.open() == []


def test_an_order_that_was_exported_twice_keeps_the_first_and_names_the_second(old: Old, upgraded: Upgraded) -> None:
    old.order(1, 7, Progress.WRITTEN_BACK, erp_number="ERP-1", pushed_at=old.at(1))
    old.order(2, 7, Progress.SHIPMENT_SENT, erp_number="ERP-2", pushed_at=old.at(2))

    ledger = upgraded()

    kept = ledger.get(7)
    assert kept is not None
    assert (kept.progress, kept.erp_number, kept.external_reference) == (Progress.WRITTEN_BACK, "ERP-1", "1/CS7")
    assert kept.reason is Reason.EXPORTED_TWICE
    assert "ERP-1" in kept.detail
    assert "ERP-2" in kept.detail
    (alert,) = ledger.alerts.open()
    assert (alert.order_id, alert.reason, alert.message) == (7, Reason.EXPORTED_TWICE, kept.detail)
    assert ledger.events(order_id=7)[-1].message == kept.detail
    with ledger.claim(7, RunRef(dag_id="d", run_id="r")) as claim:
        claim.succeed(Step.FINISH)
        assert claim.order.reason is Reason.EXPORTED_TWICE, "only a person takes it down"
        claim.resolve(None, None)
        assert claim.order.reason is None


def test_a_second_push_whose_end_nobody_knows_is_named_too(old: Old, upgraded: Upgraded) -> None:
    old.order(1, 7, Progress.WRITTEN_BACK, erp_number="ERP-1", pushed_at=old.at(1))
    old.order(2, 7, Progress.IN_DOUBT)

    kept = upgraded().get(7)

    assert kept is not None
    assert (kept.progress, kept.reason) == (Progress.WRITTEN_BACK, Reason.EXPORTED_TWICE)
    assert "2/CS7, in_doubt" in kept.detail


def test_two_orders_under_one_name_keep_their_state_and_the_second_is_named(old: Old, upgraded: Upgraded) -> None:
    """What the ledger could not see before: both were given the one ERP order."""
    for order_id, hours in ((7, 1), (8, 2), (9, 3)):
        old.order(
            1, order_id, Progress.WRITTEN_BACK if order_id < 9 else Progress.IN_DOUBT, external_reference="1/CS777",
            erp_number="ERP-1" if order_id < 9 else None, pushed_at=old.at(hours) if order_id < 9 else None,
        )  # fmt: skip

    ledger = upgraded()

    first, second, third = ledger.get_many([7, 8, 9]).values()
    assert (first.external_reference, first.reason) == ("1/CS777", None)
    assert (second.external_reference, second.reason) == (None, Reason.REFERENCE_TAKEN)
    assert "order id 7" in second.detail
    assert (third.external_reference, third.progress, third.reason) == (None, Progress.IN_DOUBT, None)
    assert {alert.order_id for alert in ledger.alerts.open()} == {8, 9}
    assert [known.order_id for known in ledger.by_erp_number("ERP-1")] == [7, 8]


def test_alerts_of_packing_slips_whose_orders_nobody_knows_are_about_no_order(old: Old, upgraded: Upgraded) -> None:
    old.alert(0, 0, Reason.SLIP_INCOMPLETE, slip="DS-1")
    old.alert(0, 0, Reason.SLIP_INCOMPLETE, slip="DS-2")

    ledger = upgraded()

    assert [(alert.order_id, alert.shipment) for alert in ledger.alerts.open()] == [(None, "DS-1"), (None, "DS-2")]
    assert not ledger.alerts.see(Subject.of_shipment("DS-1", "slip DS-1", None), Reason.SLIP_INCOMPLETE, "again")


def test_planned_calls_are_found_by_the_id(old: Old, upgraded: Upgraded) -> None:
    old.planned(2, 7)
    old.planned(None, None)

    assert [call.order_id for call in upgraded().plans.of_order(7, limit=10).calls] == [7]


def test_it_can_be_taken_back(old: Old, upgraded: Upgraded) -> None:
    old.placeholder(7)
    old.order(2, 8, Progress.PUSHED, erp_number="ERP-8")
    old.alert(2, 8, Reason.ERP_REJECTED)
    old.alert(0, 0, Reason.SLIP_INCOMPLETE, slip="DS-1")
    upgraded()
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    with old.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0012")
        orders = Table("orderflow_order", MetaData(), autoload_with=connection)
        rows = connection.execute(select(orders.c.webshop, orders.c.order_id, orders.c.external_reference)).all()
        alerts = Table("orderflow_alert", MetaData(), autoload_with=connection)
        about = connection.execute(select(alerts.c.webshop, alerts.c.order_id)).all()

    assert sorted(rows) == [(0, 7, ""), (2, 8, "2/CS8")]
    assert sorted(about) == [(0, 0), (2, 8)]
    assert upgraded().get(8) is not None
