"""`make docs`: writes include/orderflow.dist-info from pyproject.toml; --check only compares.

With it, Airflow finds the page and the connection types even if the package is only on PYTHONPATH, not installed.

    python tools/dist_info.py [--check]
"""

import argparse
import sys
import tomllib
from collections.abc import Iterator
from typing import Any

from generated_page import REPOSITORY, write_or_check

FOLDER = REPOSITORY / "include" / "orderflow.dist-info"


def main(*, check: bool) -> int:
    """Write or compare both files; return the exit code."""
    project: dict[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    metadata = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    FOLDER.mkdir(exist_ok=True)
    wrong = [
        write_or_check(FOLDER / "METADATA", f"{metadata}Summary: {project['description']}\n", check=check),
        write_or_check(FOLDER / "entry_points.txt", "\n".join(_entry_points(project["entry-points"])), check=check),
    ]
    return max(wrong)


def _entry_points(groups: dict[str, dict[str, str]]) -> Iterator[str]:
    for group, entries in groups.items():
        yield f"[{group}]"
        yield from (f"{name} = {target}" for name, target in entries.items())
        yield ""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    sys.exit(main(check=parser.parse_args().check))
