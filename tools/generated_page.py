"""A page under docs/ that is generated from the code: write it, or check whether it is up to date."""

import difflib
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def write_or_check(page: Path, text: str, *, check: bool) -> int:
    """Write `text`, or with `check` compare it and print the difference; returns the exit code."""
    name = str(page.relative_to(REPOSITORY))
    kept = page.read_text(encoding="utf-8") if page.exists() else ""
    if text == kept:
        return 0
    if check:
        lines = kept.splitlines(keepends=True), text.splitlines(keepends=True)
        sys.stdout.writelines(difflib.unified_diff(*lines, name, "the code"))
        print(f"{name} is out of date: run `make docs`")
        return 1
    page.write_text(text, encoding="utf-8")
    print(f"wrote {name}")
    return 0


def cell(text: str) -> str:
    """Return a text as one line that fits into a table cell."""
    return " ".join(text.split()).replace("|", "\\|")
