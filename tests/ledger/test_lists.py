"""The lists in SQL are those of the domain."""

from datetime import UTC, datetime, timedelta
from itertools import product

from sqlalchemy import URL, insert, select

from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.domain.worklist import AT_AN_END, Worklist, worklist
from orderflow.ledger.database.engine import make_engine
from orderflow.ledger.orders.conditions import is_open, on
from orderflow.ledger.schema import bring_to_head
from orderflow.ledger.tables.orders import OrderRow

OLD_BEFORE = datetime(2026, 11, 1, tzinfo=UTC)


def test_every_order_is_found_in_exactly_the_list_that_the_domain_names(ledger_url: URL) -> None:
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
