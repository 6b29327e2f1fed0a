"""docs/explanation/security.md: each row of the threat model names its tests, and those tests exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "explanation" / "security.md").read_text(encoding="utf-8")
TRUSTED = {"those who edit Variables and connections", "those who may read the ledger's database"}
"""Rows that say who is trusted, which no test can hold."""


def _rows(text: str) -> list[str]:
    """Return the rows of the tables in a text, without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [line for line in lines if "| what |" not in line and "| from |" not in line]


ROWS = _rows(PAGE.partition("## What is kept about people")[0])


def test_there_is_a_model() -> None:
    assert len(ROWS) > 15


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_a_row_names_tests_that_exist(row: str) -> None:
    if row.split("|")[1].strip() in TRUSTED:
        return
    named = re.findall(r"`((?:tests|deploy)/[\w/.]+)`", row.partition("Test:")[2])
    assert named, "a row without a test"
    for path in named:
        found = [ROOT / path] if path.endswith(".py") else sorted((ROOT / path).rglob("test_*.py"))
        assert found
        assert all("\ndef test_" in file.read_text(encoding="utf-8") for file in found), path
