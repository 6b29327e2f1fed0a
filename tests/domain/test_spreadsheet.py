"""What a spreadsheet may read as a formula is written as text, however it is disguised."""

import pytest

from orderflow.domain.spreadsheet import safe_cell


@pytest.mark.parametrize(
    "disguise", ["", " ", "\ufeff", "\u00a0", "\u2009", "\u200b", "\u2060", "\0", "\x0b", "\r", "\t"]
)
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_a_formula_gets_an_apostrophe_and_loses_its_nul(disguise: str, sign: str) -> None:
    cell = str(safe_cell(f'{disguise}{sign}HYPERLINK("http://evil.example")'))
    assert cell.startswith("'")
    assert "\0" not in cell


@pytest.mark.parametrize("value", ["1/CS1", "10.00 EUR", "", "a=b", 7, None, "\u00e9t\u00e9", "#1"])
def test_what_is_no_formula_stays(value: object) -> None:
    assert safe_cell(value) == value
