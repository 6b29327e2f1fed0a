"""Every cell of the fault matrix: proved again, and equal to the published page. `make fault-matrix` rewrites it."""

import pytest

from faults.identity_matrix import IDENTITY_ROWS, IdentityBench, IdentityRow, Moment
from faults.ledgers import PostgresLedgers, SqliteLedgers
from faults.matrix import Bench, prove
from faults.publish import published, published_identity
from faults.rows import ROWS, Column, Kind, Row
from faults.shipment_matrix import bench_of
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox


@pytest.fixture
def bench(
    row: Row,
    control: SandboxControl,
    sandbox: RunningSandbox,
    sqlite_ledgers: SqliteLedgers,
    postgres_ledgers: PostgresLedgers,
) -> Bench:
    """Return what the row is proved with."""
    return bench_of(row, control, sandbox.url, postgres_ledgers if row.kind is Kind.LEDGER else sqlite_ledgers)


@pytest.mark.parametrize("column", Column, ids=str)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_nothing_is_lost_doubled_or_left_half_done(row: Row, column: Column, bench: Bench) -> None:
    assert prove(bench, row, column) == published()[row.name][column]


def test_no_cell_is_empty() -> None:
    assert all(published()[row.name][column] for row in ROWS for column in Column)


@pytest.mark.parametrize("moment", Moment, ids=str)
@pytest.mark.parametrize("identity", IDENTITY_ROWS, ids=lambda row: row.name)
def test_each_order_keeps_its_own_erp_order_and_each_line_its_number(
    identity: IdentityRow,
    moment: Moment,
    control: SandboxControl,
    sandbox: RunningSandbox,
    sqlite_ledgers: SqliteLedgers,
) -> None:
    bench = IdentityBench(control, sandbox.url, sqlite_ledgers)
    assert bench.prove(identity, moment) == published_identity()[identity.name][moment]
