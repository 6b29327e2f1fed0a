"""The worklists in SQL equal those of the domain."""

from datetime import UTC, datetime, timedelta
from itertools import product

from sqlalchemy import URL, insert, select

from orderflow.domain.backoff import OPEN, due_at
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.domain.worklist import AT_AN_END, Worklist, worklist
from orderflow.ledger.database.engine import make_engine
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.orders.conditions import is_open, on
from orderflow.ledger.schema import bring_to_head
from orderflow.ledger.tables.orders import OrderRow

OLD_BEFORE = datetime(2026, 11, 1, tzinfo=UTC)


NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AGES = [
    timedelta(0),
    *(timedelta(hours=h) + d for h in (1, 24, 72, 168, 900) for d in (timedelta(0), timedelta(seconds=1))),
]
LOOKS = [timedelta(hours=h) for h in (0, 0.9, 1, 5.9, 6, 23.9, 24, 800)]


def test_every_order_is_due_when_the_domain_says_so(ledger_url: URL) -> None:
    engine = make_engine(ledger_url)
    bring_to_head(engine)
    reasons = [None, Reason.NOT_PAID, Reason.SHOP_AUTH, Reason.SHOP_UNAVAILABLE, Reason.BEFORE_GO_LIVE]
    cases = dict(enumerate(product(Progress, reasons, AGES, LOOKS, [False, True])))
    rows = [
        {
            "order_id": number,
            "reference": "",
            "progress": progress,
            "reason": reason,
            "first_seen_at": NOW - age,
            "updated_at": NOW - (timedelta(days=900) if was_looked_at else look),
            "looked_at": NOW - look if was_looked_at else NOW - timedelta(days=901),
            "erp_lines": {},
            "line_ids": {},
        }
        for number, (progress, reason, age, look, was_looked_at) in cases.items()
    ]
    with engine.begin() as connection:
        connection.execute(insert(OrderRow), rows)
    due = {
        number
        for number, (progress, reason, age, look, _) in cases.items()
        if progress in OPEN
        and reason is not Reason.BEFORE_GO_LIVE
        and due_at(progress, reason, first_seen=NOW - age, last_look=NOW - look, now=NOW) <= NOW
    }
    ledger = Ledger(engine)
    assert set(ledger.due_orders(NOW)) == due
    assert 0 < len(due) < len(cases)
    held = {n for n, (progress, reason, *_) in cases.items() if reason is Reason.BEFORE_GO_LIVE and progress in OPEN}
    assert set(ledger.due_orders(NOW, live=NOW - timedelta(days=1))) - due <= held


def test_every_order_is_found_is_found_in_exactly_the_list_that_the_domain_names(ledger_url: URL) -> None:
    engine = make_engine(ledger_url)
    bring_to_head(engine)
    cases = dict(enumerate(product(Progress, [None, *Reason], [False, True], [False, True])))
    rows = [
        {
            "webshop": 1,
            "order_id": number,
            "reference": "",
            "progress": progress,
            "reason": reason,
            "pushed_at": OLD_BEFORE if pushed else None,
            "first_seen_at": OLD_BEFORE - timedelta(days=1 if old else -1),
            "updated_at": OLD_BEFORE,
            "erp_lines": {},
            "line_ids": {},
        }
        for number, (progress, reason, pushed, old) in cases.items()
    ]
    with engine.begin() as connection:
        connection.execute(insert(OrderRow), rows)
        found = {
            name: set(connection.scalars(select(OrderRow.order_id).where(on(name, OLD_BEFORE)))) for name in Worklist
        }
        found_open = set(connection.scalars(select(OrderRow.order_id).where(is_open())))

    named: dict[Worklist, set[int]] = {name: set() for name in Worklist}
    for number, (progress, reason, pushed, old) in cases.items():
        named[worklist(progress, reason, pushed=pushed, old=old)].add(number)
    assert all(named.values())
    assert found == named
    assert found_open == set().union(*(named[name] for name in Worklist if name not in AT_AN_END))
