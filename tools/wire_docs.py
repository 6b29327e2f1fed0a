"""Write docs/reference/wire-errors.md from the table in the code; `--check` only compares."""

import sys
from pathlib import Path

from orderflow.transport.classification import CASES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "wire-errors.md"
_HEAD = """# How a call can fail

Every call to the shop or the ERP ends in an answer or in one of these errors. The table comes from
`include/orderflow/transport/classification.py`, and a test plays every row on a real connection.

*Done?* says whether the other side may have done what was asked. If the answer is *perhaps*, the order is read, or
looked up in the ERP, before anything is sent again. *Repeated* applies to GET, PATCH and PUT where the caller allows
it; a POST is never repeated.

| what happens | error | reason | done? | repeated |
|---|---|---|---|---|
"""


def content() -> str:
    """Return the page."""
    rows = [
        f"| {case.what} | `{case.error.__name__}` | {case.reason.replace('_', ' ')} | {case.done} "
        f"| {'yes' if case.repeated else 'no'} |"
        for case in CASES
    ]
    return _HEAD + "\n".join(rows) + "\n"


def main(arguments: list[str]) -> int:
    """Write or check the page; returns the exit code."""
    if "--check" in arguments:
        if PAGE.exists() and PAGE.read_text(encoding="utf-8") == content():
            return 0
        print(f"{PAGE.name} is not up to date: run `make docs`")
        return 1
    PAGE.write_text(content(), encoding="utf-8")
    print(f"wrote docs/reference/{PAGE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
