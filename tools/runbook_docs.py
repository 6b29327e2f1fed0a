"""`make docs`: writes docs/how-to/runbook.md from runbook_head.md and the table of reasons; --check only compares.

python tools/runbook_docs.py [--check]
"""

import argparse
import sys
from collections.abc import Iterator

from generated_page import REPOSITORY, write_or_check
from orderflow.domain.explanations import EXPLAINED
from orderflow.domain.reasons import Owner, Reason

PAGE = REPOSITORY / "docs" / "how-to" / "runbook.md"
HEAD = (REPOSITORY / "tools" / "runbook_head.md").read_text(encoding="utf-8")


def _sections() -> Iterator[str]:
    for owner in (Owner.SHOP, Owner.ERP_MASTER_DATA, Owner.FINANCE, Owner.INTEGRATION, Owner.NOBODY):
        yield f"### {'Resolves itself' if owner is Owner.NOBODY else f'Owner: {owner}'}\n"
        yield "| code | means | do this |\n|---|---|---|"
        for reason in Reason:
            meaning, who, action = EXPLAINED[reason]
            if who is owner:
                yield f"| `{reason}` | {meaning} | {action} |"
        yield ""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    text = "\n".join([HEAD, *_sections()]).rstrip() + "\n"
    sys.exit(write_or_check(PAGE, text, check=parser.parse_args().check))
