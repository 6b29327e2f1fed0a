"""`make docs`: writes docs/explanation/assumptions.md from the assumptions in the code; --check only compares.

python tools/assumption_docs.py [--check]
"""

import argparse
import sys

from generated_page import REPOSITORY, cell, write_or_check
from orderflow.checking.assumptions import ASSUMPTIONS

PAGE = REPOSITORY / "docs" / "explanation" / "assumptions.md"
HEAD = """# What is assumed about CloudSuite's API

Written by `make docs` from `include/orderflow/checking`. Do not edit.

The vendor's public pages leave gaps. This table lists what is assumed, where that comes from, what guards it, and how
`python -m orderflow check-shop` (`make check-shop`) checks it against the connected shop and ERP. What only a write can
tell is tried with `--with-order` or `--with-message`, in a test environment. DOCUMENTED: a page of the vendor, or the
ERP contract, says so. SEEN: a sample on such a page shows it. ASSUMED: nothing says so.

| id | assumed | source | guarded by | checked by |
|---|---|---|---|---|
"""


def page() -> str:
    """Return the whole page."""
    rows = (
        (
            f"`{one.id}`",
            one.sentence,
            f"{one.mark}: {one.source}",
            one.guard,
            one.check or one.trial or f"not checked: {one.no_check}",
        )
        for one in ASSUMPTIONS
    )
    return HEAD + "".join(f"| {' | '.join(map(cell, row))} |\n" for row in rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    sys.exit(write_or_check(PAGE, page(), check=parser.parse_args().check))
