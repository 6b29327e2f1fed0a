"""`make docs`: writes docs/reference/commands.md from the command line and the Makefile; --check only compares.

python tools/command_docs.py [--check]
"""

import argparse
import os
import re
import sys
from collections.abc import Iterator

from generated_page import REPOSITORY, cell, write_or_check
from orderflow.command_line import parser

PAGE = REPOSITORY / "docs" / "reference" / "commands.md"
HEAD = """# Commands

Written by `make docs` from `include/orderflow/command_line.py` and the `Makefile`. Do not edit.

## `python -m orderflow`

Run it where Airflow runs, or in the repository with `PYTHONPATH=include` and `.venv/bin/python`. Connections and
settings are Airflow's, from the environment or a secrets backend. **Those in Airflow's database (Admin, Connections)
are for its tasks only**: set what both need in the environment of both. Without an Airflow home (`AIRFLOW_HOME`,
`~/airflow`) no files are created: set the connection `orderflow_ledger`. In the repository, if `AIRFLOW_HOME` is not
set, the commands use the sandbox and the ledger of `make up`.
"""
WIDTH = "100"
_SECTION = re.compile(r"^##@ (.+)$")
_TARGET = re.compile(r"^([a-z-]+):.*## (.+)$")


def page() -> str:
    """Return the whole page."""
    os.environ["COLUMNS"] = WIDTH  # argparse wraps its texts to the terminal's width
    return "\n".join([HEAD, *_commands(), "## `make`\n", *_targets()]) + "\n"


def _commands() -> Iterator[str]:
    whole = parser()
    yield f"```text\n{whole.format_help().rstrip()}\n```\n"
    for action in whole._actions:  # noqa: SLF001 - argparse has no other way to its commands
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - the same
            for command in action.choices.values():
                yield f"```text\n{command.format_help().rstrip()}\n```\n"


def _targets() -> Iterator[str]:
    for line in (REPOSITORY / "Makefile").read_text(encoding="utf-8").splitlines():
        if section := _SECTION.match(line):
            yield f"\n### {section[1]}\n\n| command | what it does |\n|---|---|"
        elif target := _TARGET.match(line):
            yield f"| `make {target[1]}` | {cell(target[2])} |"


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true")
    sys.exit(write_or_check(PAGE, page(), check=arguments.parse_args().check))
