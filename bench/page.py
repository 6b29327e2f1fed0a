"""`make bench-page`: how fast the page "Orders" answers with 100,000 orders in PostgreSQL, and with which query plans.

Each request is made 30 times to the whole app, after two to warm up; Airflow's login and the network are excluded.
Writes page-results.md beside this file.
"""

import argparse
import asyncio
import os
import platform
import statistics
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine, text

from filled_ledger import DAYS, RUN, fill
from orderflow.ledger.database.engine import make_engine
from orderflow.ledger.schema import bring_to_head
from orderflow.settings import Settings
from orderflow.web import security
from orderflow.web.app import create_app
from orderflow.web.source import Source, source
from postgres import fresh_database, postgres_server
from statements import statements

RESULTS = Path(__file__).parent / "page-results.md"
TIMES = 30
GOAL = 300
LONGEST_PLAN = 30


def questions(now: datetime) -> dict[str, str]:
    """Return the page's requests, including worst cases: a search in everything, the last page, a long period."""
    day = f"{now - timedelta(days=5):%Y-%m-%d}"
    month = f"first={now - timedelta(days=28):%Y-%m-%d}&last={now:%Y-%m-%d}"
    run = f"dag_id=orderflow_daily&run_id={RUN}{day}"
    return {
        "frame": "frame",
        "four weeks": "overview?days=28",
        "three months": "overview?days=91",
        "orders, first page": "orders",
        "orders, last page": "orders?offset=99950",
        "orders, oldest first": "orders?sort=age",
        "failed": "orders?worklist=failed",
        "processed, oldest first": "orders?worklist=processed&sort=age",
        "search, one hit": "orders?text=CS123456",
        "search, many hits": "orders?text=99",
        "search, no hit": "orders?text=nowhere",
        "largest amounts first": "orders?sort=amount&backwards=true",
        "a file of 10,000": "orders.csv",
        "trends, four weeks": "trends?days=28",
        "trends, three months": "trends?days=91",
        "reason": "orders?reason=cancelled",
        "webshop, a month": f"orders?webshop=2&{month}",
        "one day": f"orders?first={day}&last={day}",
        "one order": "orders/1/100001",
        "orders of a run": f"run?{run}",
        "a run's summary": f"run/summary?{run}",
        "plan of a dry run": "run/plan?dag_id=orderflow_daily&run_id=dry",
        "plan of an order": "orders/1/100001/plan",
        "alerts": "alerts",
        "findings": "findings",
    }


async def measure(engine: Engine, now: datetime) -> list[str]:
    """Return the lines of the result: the table, then the plans."""
    app = create_app()
    for dependency in (security.may_see, security.may_see_named_run):
        app.dependency_overrides[dependency] = lambda: None
    app.dependency_overrides[security.may_retry] = lambda: True
    app.dependency_overrides[source] = lambda: Source(engine, Settings(), now)
    rows, plans = [], []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page/api/") as client:
        for name, path in questions(now).items():
            with statements(engine) as seen:
                answer = await client.get(path)
            assert answer.status_code in {200, 404}, answer.text  # noqa: S101
            await client.get(path)
            taken = []
            for _ in range(TIMES):
                start = time.perf_counter()
                await client.get(path)
                taken.append((time.perf_counter() - start) * 1000)
            p95 = statistics.quantiles(taken, n=20)[-1]
            rows.append(f"| {name} | `{path}` | {statistics.median(taken):.0f} | {p95:.0f} | {len(answer.content):,} |")
            print(rows[-1], flush=True)
            plans += [f"### {name}", *(plan(engine, *statement) for statement in seen)]
    return [*rows, "", "## Query plans", *plans]


def plan(engine: Engine, statement: str, parameters: Any) -> str:
    """Return how PostgreSQL answers a query."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {statement}", parameters)
        lines = [line[:160] for (line,) in rows]
    if len(lines) > LONGEST_PLAN:
        lines[LONGEST_PLAN - 2 : -2] = ["…"]
    return "```\n" + "\n".join(lines) + "\n```"


def main() -> None:
    """Fill, measure, write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=100_000)
    orders = parser.parse_args().orders
    now = datetime.now(UTC)
    with postgres_server() as server, fresh_database(server) as url:
        engine = make_engine(url)
        bring_to_head(engine)
        fill(engine, orders, now)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
            version = connection.execute(text("SHOW server_version")).scalar()
        lines = asyncio.run(measure(engine, now))
        engine.dispose()
    RESULTS.write_text(
        f"# The page with {orders:,} orders\n\n"
        f"Written by `make bench-page`. PostgreSQL {version} with 32 MB of shared buffers, Python "
        f"{platform.python_version()}, {os.cpu_count()} cores, {DAYS} days of orders, six events each. Milliseconds "
        f"for the whole answer without login and network; the goal is {GOAL}.\n\n"
        "| question | path | median | p95 | bytes |\n|---|---|---:|---:|---:|\n" + "\n".join(lines) + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
