"""`make bench-docs`: writes the table in the page on performance from bench/results.json; --check only compares.

python bench/docs.py [--check]
"""

import argparse
import sys
from pathlib import Path

from generated_page import REPOSITORY, write_or_check
from results import load, remarks, table

PAGE = REPOSITORY / "docs" / "explanation" / "performance.md"
BEGIN, END = "<!-- results: written by make bench-docs -->", "<!-- end of results -->"


def page(path: Path = PAGE) -> str:
    """Return the page with the part between the marks renewed."""
    head, begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        sys.exit(f"{path} lacks {BEGIN} … {END}")
    results = load()
    what = f"Machine: {results.get('machine', 'none yet')}. Set-up: `{results.get('set_up', {})}`."
    return f"{head}{BEGIN}\n{what}\n\n" + "\n".join([*table(results), "", *remarks(results)]) + f"\n{END}{tail}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    sys.exit(write_or_check(PAGE, page(), check=parser.parse_args().check))
