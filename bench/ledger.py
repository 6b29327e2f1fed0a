"""`make bench-ledger`: what one order costs in the ledger, from its decision to its write-back, without any HTTP call.

The steps are those of a run: decide, then four claims, each with what is written before and after a call. Transactions
and statements are counted; the processor time is this process's, so that a busy machine changes little.

    python bench/ledger.py [--orders 300]
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from orderflow.domain.decision import Action, Decision
from orderflow.domain.last_step import LastStep
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.ledger.database.engine import make_engine
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import RunRef, Step
from orderflow.ledger.schema import bring_to_head
from postgres import fresh_database, postgres_server
from support.orders import order as a_confirmed_order

PAID = Decision(action=Action.PROCESS, reason=Reason.PAID)


def live(ledger: Ledger, order: Order, run: RunRef) -> None:
    """Take one order through everything that a run records about it."""
    ledger.decide(order, PAID, run)
    name, lines = order.external_reference, {1: 10, 2: 20}
    with ledger.claim(order.order_id, run) as claim:
        content = {"payload_hash": "0" * 64, "payload_version": 3, "line_ids": {1: 1001, 2: 1002}, "sent_lines": []}
        claim.intend(Step.PUSH, external_reference=name, idempotency_key=f"cloudsuite:{order.order_id}", **content)
        number = f"SO{order.order_id}"
        claim.succeed(Step.PUSH, progress=Progress.PUSHED, message=f"ERP number {number}", external_reference=name,
                      erp_number=number, erp_lines=lines, last=True, **content)  # fmt: skip
    for step, progress in ((Step.PATCH_STATE, Progress.STATE_SET), (Step.PATCH_NUMBER, Progress.NUMBER_SET)):
        with ledger.claim(order.order_id, run) as claim:
            claim.intend(step)
            claim.succeed(step, progress=progress, last=True)
    with ledger.claim(order.order_id, run) as claim:
        claim.intend(Step.PUT_LINES)
        claim.succeed(Step.PUT_LINES, progress=Progress.WRITTEN_BACK, last=True, last_step=LastStep.DESPATCH_ADVICE)


@contextmanager
def counted(engine: Engine) -> Iterator[Counter[str]]:
    """Count the transactions and statements of the block."""
    seen: Counter[str] = Counter()

    def note(_c: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool) -> None:  # noqa: FBT001
        seen["statements"] += 1
        seen[" ".join(statement.split()[:2])[:40]] += 1

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "begin", lambda _c: seen.update(["transactions"]))
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def measure(engine: Engine, orders: int) -> str:
    """Return a row of the table."""
    bring_to_head(engine)
    ledger, run = Ledger(engine), RunRef(dag_id="orderflow_daily", run_id="bench", partition="2026-11-22")
    made = [a_confirmed_order(order_id=n, reference=f"CS{n}") for n in range(1, orders + 51)]
    for order in made[:50]:
        live(ledger, order, run)  # so that every statement is compiled
    began = time.process_time()
    with counted(engine) as seen:
        for order in made[50:]:
            live(ledger, order, run)
    took = (time.process_time() - began) / orders * 1000
    told = ", ".join(f"{what} {count / orders:g}" for what, count in seen.most_common() if " " in what)
    return (
        f"| {engine.dialect.name} | {seen['transactions'] / orders:g} | {seen['statements'] / orders:g} | {took:.1f} | "
        f"{told} |"
    )


def main() -> None:
    """Measure both databases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=300)
    orders = parser.parse_args().orders
    sys.stdout.write("| database | transactions | statements | processor ms | of them |\n|---|--:|--:|--:|---|\n")
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(measure(make_engine(f"sqlite:///{Path(folder) / 'ledger.db'}"), orders) + "\n")
    with postgres_server() as server, fresh_database(server) as url:
        engine = make_engine(url)
        sys.stdout.write(measure(engine, orders) + "\n")
        engine.dispose()


if __name__ == "__main__":
    main()
