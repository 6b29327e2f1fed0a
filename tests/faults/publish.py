"""docs/reference/fault-matrix.md: written from what the proofs saw, and read back by the tests.

python -m faults.publish [ROW …]
"""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from faults.ledgers import PostgresLedgers, SqliteLedgers
from faults.matrix import IMPATIENT_DATABASE, prove
from faults.mutations import table
from faults.rows import ROWS, Column, Kind
from faults.shipment_matrix import bench_of
from postgres import fresh_database, postgres_server
from sandbox.control import SandboxControl
from sandbox.server import running

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "fault-matrix.md"
_CELLS, _GUARDS, _END = (
    "<!-- cells, by `make fault-matrix` -->\n",
    "<!-- guards, by `make fault-matrix` -->\n",
    "<!-- end -->\n",
)

Cells = Mapping[str, Mapping[str, str]]

_SIGNS = (
    ("C", "call"),
    ("C", "written again at once"),
    ("T", "task again"),
    ("S", "next sweep"),
    ("S6", "sweep after 6 h"),
    ("D", "day run again"),
    ("N", "next run"),
    ("N6", "run after 6 h"),
    ("P", "a person's word"),
)


def published() -> dict[str, dict[str, str]]:
    """Read the cells from the page: row to column to text."""
    cells: dict[str, dict[str, str]] = {}
    row = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("### "):
            row = line.removeprefix("### ")
            cells[row] = {}
        elif row and line.startswith("| ") and line.count(" | ") == 1:
            column, _, text = line.strip("| ").partition(" | ")
            cells[row][column] = text
    return cells


def write(begin: str, written: str) -> None:
    """Put a part into the page, between its marks; what people wrote around it stays."""
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    tail = rest.partition(_END)[2]
    PAGE.write_text(f"{head}{begin}{written}{_END}{tail}", encoding="utf-8")


def _overview(cells: Cells) -> str:
    head = f"| | {' | '.join(Column)} |\n|---|{'---|' * len(Column)}\n"
    return head + "".join(
        f"| {row} | {' | '.join(_sign(texts[column]) for column in Column)} |\n" for row, texts in cells.items()
    )


def _sign(text: str) -> str:
    """Shorten a cell to the letters of what it took."""
    if text.startswith("n/a"):
        return "n/a"
    hit = text.replace("; offline order: day run again", "")
    return " ".join(dict.fromkeys(sign for sign, words in _SIGNS if words in hit))


def _details(cells: Cells) -> str:
    return "".join(
        f"### {row}\n\n| fault | what happens |\n|---|---|\n"
        + "".join(f"| {column} | {text} |\n" for column, text in texts.items())
        + "\n"
        for row, texts in cells.items()
    )


def main(names: Sequence[str] = ()) -> None:
    """Prove every cell, remove every guard, and write the page; the first thing that does not hold ends it.

    With `names` only these rows are proved, and all else stays as it was published.
    """
    cells: dict[str, dict[str, str]] = {}
    before = published()
    with (
        running() as sandbox,
        SandboxControl(sandbox.url) as control,
        postgres_server() as server,
        fresh_database(server) as database,
        tempfile.TemporaryDirectory() as folder,
    ):
        files = SqliteLedgers(Path(folder))
        tables = PostgresLedgers(database.update_query_dict(IMPATIENT_DATABASE))
        for row in ROWS:
            if names and row.name not in names:
                cells |= {row.name: before[row.name]} if row.name in before else {}
                continue
            bench = bench_of(row, control, sandbox.url, tables if row.kind is Kind.LEDGER else files)
            cells[row.name] = {}
            for column in Column:
                cells[row.name][column] = prove(bench, row, column)
                sys.stderr.write(f"{row.name} / {column}: {cells[row.name][column]}\n")
        tables.close()
    write(_CELLS, f"{_overview(cells)}\n{_details(cells)}")
    if not names:
        write(_GUARDS, table())


if __name__ == "__main__":
    main(sys.argv[1:])
