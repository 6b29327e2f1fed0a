"""What a spreadsheet may read as a formula is written as text, however it is disguised."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.domain.spreadsheet import safe_cell


@pytest.mark.parametrize(
    "disguise", ["", " ", "\ufeff", "\u00a0", "\u2009", "\u200b", "\u2060", "\0", "\x0b", "\r", "\t"]
)
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_a_formula_gets_an_apostrophe_and_loses_its_nul(disguise: str, sign: str) -> None:
    cell = str(safe_cell(f'{disguise}{sign}HYPERLINK("http://evil.example")'))
    assert cell.startswith("'")
    assert "\0" not in cell


@pytest.mark.parametrize("value", ["1/CS1", "10.00 EUR", "", "a=b", 7, None, "\u00e9t\u00e9", "#1", "a; b", "a\nb"])
def test_what_is_no_formula_stays(value: object) -> None:
    assert safe_cell(value) == value


@given(st.lists(st.text(alphabet=";,\"=+\t\r\n 'a\uff1d\u200b"), min_size=1))
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_of_a_row_is_a_formula_however_a_spreadsheet_separates_cells(separator: str, row: list[str]) -> None:
    """Where the list separator is `;`, as in Dutch, `CS1;=1+1` is two cells, also between quotes."""
    written = io.StringIO(newline="")
    csv.writer(written).writerow(["1", *map(safe_cell, row)])
    text = written.getvalue()
    lines = [io.StringIO(text, newline="")] if separator == "," else [[line] for line in text.splitlines()]
    for cell in (cell for line in lines for cells in csv.reader(line, delimiter=separator) for cell in cells):
        shown = unicodedata.normalize("NFKC", cell.replace("\u200b", "").strip(' "'))
        assert not shown.startswith(("=", "+")), (row, cell)
