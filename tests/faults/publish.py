"""docs/reference/fault-matrix.md: generated from the results of the proofs, and read back by the tests.

python -m faults.publish [ROW or GUARD …]
"""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from faults.identity_matrix import IDENTITY_ROWS, IdentityBench, Moment
from faults.ledgers import PostgresLedgers, SqliteLedgers
from faults.matrix import IMPATIENT_DATABASE, prove
from faults.mutations import MUTATIONS, chosen, table
from faults.rows import ROWS, Column, Kind
from faults.shipment_matrix import bench_of
from postgres import fresh_database, postgres_server
from sandbox.control import SandboxControl
from sandbox.server import running

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "fault-matrix.md"
_CELLS, _IDENTITY, _GUARDS, _END = (
    "<!-- cells, by `make fault-matrix` -->\n",
    "<!-- identity, by `make fault-matrix` -->\n",
    "<!-- guards, by `make fault-matrix` -->\n",
    "<!-- end -->\n",
)

_HEAD = "| fault | what happens |"

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
    for line in _part(_CELLS).splitlines():
        if line.startswith("### "):
            row = line.removeprefix("### ")
            cells[row] = {}
        elif row and line.startswith("| ") and line.count(" | ") == 1 and line != _HEAD:
            column, _, text = line.strip("| ").partition(" | ")
            cells[row][column] = text
    return cells


def published_identity() -> dict[str, dict[str, str]]:
    """Read the cells about identity from the page: row to moment to text."""
    return {name: dict(zip(Moment, texts, strict=True)) for name, *texts in _rows(_IDENTITY)}


def _rows(begin: str) -> list[list[str]]:
    """Read a table from the page: the contents of each of its rows."""
    return [line.strip("| ").split(" | ") for line in _part(begin).splitlines()[2:]]


def _part(begin: str) -> str:
    """Read the generated part of the page after this mark."""
    return PAGE.read_text(encoding="utf-8").partition(begin)[2].partition(_END)[0]


def write(begin: str, written: str) -> None:
    """Write a part into the page, between its marks; hand-written text around it stays."""
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    tail = rest.partition(_END)[2]
    PAGE.write_text(f"{head}{begin}{written}{_END}{tail}", encoding="utf-8")


def _overview(cells: Cells) -> str:
    head = f"| | {' | '.join(Column)} |\n|---|{'---|' * len(Column)}\n"
    return head + "".join(
        f"| {row} | {' | '.join(_sign(texts[column]) for column in Column)} |\n" for row, texts in cells.items()
    )


def _sign(text: str) -> str:
    """Abbreviate a cell to the letters of what it took."""
    if text.startswith("n/a"):
        return "n/a"
    hit = text.replace("; offline order: day run again", "")
    return " ".join(dict.fromkeys(sign for sign, words in _SIGNS if words in hit))


def _identity_table(cells: Cells) -> str:
    head = f"| | {' | '.join(Moment)} |\n|---|{'---|' * len(Moment)}\n"
    return head + "".join(f"| {name} | {' | '.join(texts.values())} |\n" for name, texts in cells.items())


def _details(cells: Cells) -> str:
    return "".join(
        f"### {row}\n\n{_HEAD}\n|---|---|\n"
        + "".join(f"| {column} | {text} |\n" for column, text in texts.items())
        + "\n"
        for row, texts in cells.items()
    )


def main(names: Sequence[str] = ()) -> None:
    """Prove every cell, remove every guard, and write the page; the first failure stops it.

    With `names` only these rows are proved and these guards removed, and everything else stays as published.
    """
    cells: dict[str, dict[str, str]] = {}
    of_identity: dict[str, dict[str, str]] = {}
    before, identity_before = published(), published_identity()
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
        for identity in IDENTITY_ROWS:
            if names and identity.name not in names and identity.name in identity_before:
                of_identity[identity.name] = identity_before[identity.name]
                continue
            proofs = IdentityBench(control, sandbox.url, files)
            of_identity[identity.name] = {moment: proofs.prove(identity, moment) for moment in Moment}
            sys.stderr.write(f"{identity.name}: {of_identity[identity.name]}\n")
    write(_CELLS, f"{_overview(cells)}\n{_details(cells)}")
    write(_IDENTITY, _identity_table(of_identity))
    write(_GUARDS, table(names, {row[0]: row[1] for row in _rows(_GUARDS)}))


if __name__ == "__main__":
    parts = {*(row.name for row in (*ROWS, *IDENTITY_ROWS)), *(mutation.guard for mutation in MUTATIONS)}
    main(chosen("Prove the fault matrix, remove its guards, write the page.", parts))
