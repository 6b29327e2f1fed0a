"""`make bench-years`: what the ledger's queries read after years, in PostgreSQL, and with which plans.

    python bench/years.py [--orders 1000000] [--unpaid 50000] [--days 730]

A million orders have six million events. The figures are the database's own (rows and pages read, its own time), so
they are meaningful even on a busy machine. The page's times are in page-results.md. Writes years-results.md.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine, text

from filled_ledger import RUN, fill
from orderflow.domain.reasons import Reason
from orderflow.domain.retention import Retention
from orderflow.domain.worklist import Worklist
from orderflow.ledger.database.engine import make_engine
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.orders import queries
from orderflow.ledger.orders.conditions import OrderFilter
from orderflow.ledger.orders.trends import open_ages, trends
from orderflow.ledger.schema import bring_to_head
from orderflow.web.asked import days_between
from postgres import fresh_database, postgres_server
from statements import statements

RESULTS = Path(__file__).parent / "years-results.md"
TIMES = 5
GOAL = 200
"""Milliseconds."""


class Read(NamedTuple):
    """What a query cost: the database's own time (ms, median), pages of 8 KB, rows returned, and its plan."""

    ms: float
    pages: int
    rows: int
    lines: list[str]


def questions(ledger: Ledger, engine: Engine, now: datetime) -> dict[str, Callable[[], object]]:
    """Return the queries of sweep, report, page and housekeeping."""
    day = now - timedelta(days=5)
    old_before = now - timedelta(days=30)
    month = days_between((now - timedelta(days=27)).date(), now.date(), "UTC")
    run = (f"{RUN}{day:%Y-%m-%d}", "orderflow_daily")

    def page(wanted: OrderFilter, sort: queries.Sort = queries.Sort.NEWEST_CHANGE) -> object:
        return queries.orders(engine, wanted, old_before=old_before, sort=sort, limit=50)

    return {
        "sweep: what is due": lambda: ledger.due_orders(now),
        "sweep: without their last step": lambda: ledger.without_last_step([9]),
        "sweep: which of 500 are known": lambda: ledger.get_many(range(100_000, 100_500)),
        "day: what was begun": lambda: ledger.unfinished(f"{day:%Y-%m-%d}"),
        "report: orders of a run": lambda: ledger.run_orders(run[0], dag_id=run[1]),
        "report: counts of what is open": lambda: queries.open_groups(engine, old_before=old_before),
        "digest: never paid": ledger.count_never_paid,
        "page: webshops": lambda: queries.webshops(engine),
        "page: four weeks": lambda: queries.per_day(engine, month, old_before=old_before),
        "page: trends": lambda: trends(engine, month, within=timedelta(hours=1), now=now),
        "page: ages": lambda: open_ages(engine, now),
        "page: first page": lambda: page(OrderFilter()),
        "page: oldest first": lambda: page(OrderFilter(), queries.Sort.OLDEST),
        "page: overdue": lambda: page(OrderFilter(worklist=Worklist.OVERDUE)),
        "page: failed": lambda: page(OrderFilter(worklist=Worklist.FAILED)),
        "page: processed": lambda: page(OrderFilter(worklist=Worklist.PROCESSED)),
        "page: a reason": lambda: page(OrderFilter(reason=Reason.PAYMENT_UNKNOWN)),
        "page: search, one hit": lambda: page(OrderFilter("CS123456")),
        "page: search, no hit": lambda: page(OrderFilter("nowhere")),
        "page: orders of a run": lambda: page(OrderFilter(run=(run[1], run[0]))),
        "page: an order's log": lambda: ledger.events(order_id=100_001),
        "housekeeping": lambda: ledger.housekeeping.purge(Retention().ages),
    }


def read(engine: Engine, statement: str, parameters: Any) -> Read:
    """Ask PostgreSQL for a query's cost."""
    times, plan = [], {}
    with engine.connect() as connection:
        for _ in range(TIMES):
            rows = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters)
            (told,) = rows.scalar_one()
            times.append(told["Execution Time"])
            plan = told["Plan"]
    pages = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return Read(statistics.median(times), pages, plan["Actual Rows"], list(shape(plan)))


def shape(plan: dict[str, Any], depth: int = 0) -> Iterator[str]:
    """Summarise a plan: what is read, with which index, and how many rows."""
    index = f" by {plan['Index Name']}" if "Index Name" in plan else ""
    table = f" on {plan['Relation Name']}" if "Relation Name" in plan else ""
    yield f"{'  ' * depth}{plan['Node Type']}{index}{table}: {plan['Actual Rows']} rows x {plan['Actual Loops']}"
    for below in plan.get("Plans", []):
        yield from shape(below, depth + 1)


def measure(engine: Engine, now: datetime) -> Iterator[str]:
    """Yield the lines of the result: the table, then the plans."""
    plans: list[str] = []
    for name, ask in questions(Ledger(engine, clock=lambda: now), engine, now).items():
        began = time.process_time()
        with statements(engine) as seen:
            ask()
        ours = (time.process_time() - began) * 1000
        reads = [read(engine, *statement) for statement in seen]
        slowest = max((one.ms for one in reads), default=0.0)
        mark = " **over**" if slowest > GOAL else ""
        row = (
            f"| {name} | {len(reads)} | {sum(one.ms for one in reads):.0f}{mark} | {sum(one.pages for one in reads):,} "
            f"| {sum(one.rows for one in reads):,} | {ours:.0f} |"
        )
        print(row, flush=True)
        yield row
        plans += [f"### {name}", *("```\n" + "\n".join(one.lines) + "\n```" for one in reads)]
    yield from ["", "## Query plans", *plans]


def main() -> None:
    """Fill, measure, write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--unpaid", type=int, default=50_000)
    parser.add_argument("--days", type=int, default=730)
    asked = parser.parse_args()
    now = datetime.now(UTC)
    with postgres_server() as server, fresh_database(server) as url:
        engine = make_engine(url)
        bring_to_head(engine)
        fill(engine, asked.orders, now, days=asked.days, unpaid=asked.unpaid)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
            version = connection.execute(text("SHOW server_version")).scalar()
            counts = [
                connection.execute(text(f"SELECT count(*) FROM orderflow_{t}")).scalar_one()  # noqa: S608
                for t in ("order", "event")
            ]
        load = os.getloadavg()[0]
        lines = list(measure(engine, now))
        engine.dispose()
    RESULTS.write_text(
        f"# The ledger after {asked.days} days\n\n"
        f"{counts[0]:,} orders, {counts[1]:,} events; {asked.unpaid:,} orders are unpaid. By `make bench-years`.\n"
        f"PostgreSQL {version} with 32 MB of shared buffers, {os.cpu_count()} cores, load average {load:.1f}.\n"
        f"Milliseconds are the database's own (median of {TIMES}); the goal is {GOAL} a query. The last column:\n"
        "the processor time of this process, for building the answer.\n\n"
        "| question | queries | ms | pages | rows | our ms |\n|---|--:|--:|--:|--:|--:|\n" + "\n".join(lines) + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
