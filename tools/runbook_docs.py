"""`make docs`: writes docs/runbook.md from runbook_head.md and the table of reasons; --check only compares.

python tools/runbook_docs.py [--check]
"""

import argparse
import sys
from collections.abc import Iterator

from generated_page import REPOSITORY, write_or_check
from orderflow.domain.explanations import EXPLAINED
from orderflow.domain.reasons import Fixer, Reason

PAGE = REPOSITORY / "docs" / "runbook.md"
HEAD = (REPOSITORY / "tools" / "runbook_head.md").read_text(encoding="utf-8")


def _sections() -> Iterator[str]:
    for fixer in (Fixer.SHOP, Fixer.ERP_MASTER_DATA, Fixer.FINANCE, Fixer.INTEGRATION, Fixer.NOBODY):
        yield f"### {'Resolves itself' if fixer is Fixer.NOBODY else f'Fixed by: {fixer}'}\n"
        yield "| code | means | do this |\n|---|---|---|"
        for reason in Reason:
            meaning, who, action = EXPLAINED[reason]
            if who is fixer:
                yield f"| `{reason}` | {meaning} | {action} |"
        yield ""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    text = "\n".join([HEAD, *_sections()]).rstrip() + "\n"
    sys.exit(write_or_check(PAGE, text, check=parser.parse_args().check))
