"""Removes one guard at a time in a copy of the project and checks that a test fails: untested guards do not last.

python -m faults.mutations [GUARD …]
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType

from faults.guards_of_orders import OF_ORDERS, Mutation
from faults.guards_of_runs import OF_RUNS

ROOT = Path(__file__).parents[2]
PARTS = ("include", "tests", "tools", "dags", "docs", "pyproject.toml")
MUTATIONS = (*OF_ORDERS, *OF_RUNS)


def failing(mutation: Mutation | None) -> list[str]:
    """Return the tests that fail in a copy of the project with this guard removed; all tests if none is removed."""
    tests = mutation.tests if mutation else tuple(dict.fromkeys(test for one in MUTATIONS for test in one.tests))
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in PARTS:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy / part)
        if mutation:
            path = copy / mutation.file
            before = path.read_text(encoding="utf-8")
            assert before.count(mutation.text) == 1, (
                f"the guard `{mutation.guard}` reads otherwise now: {mutation.file}"
            )
            path.write_text(before.replace(mutation.text, mutation.instead), encoding="utf-8")
        done = subprocess.run(  # this very Python
            [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", *tests],
            cwd=copy,
            env={"PYTHONPATH": str(copy / "include"), "PATH": "/usr/bin:/bin", "HOME": folder},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    if done.returncode not in {0, 1}:
        raise RuntimeError(done.stdout)
    return list(dict.fromkeys(re.findall(r"^FAILED \S+?::(\w+)", done.stdout, re.MULTILINE)))


def table(guards: Collection[str] = (), before: Mapping[str, str] = MappingProxyType({})) -> str:
    """Remove each guard and list the tests that fail; RuntimeError if one can be removed unnoticed.

    With `guards` only these are removed, and the other rows are taken from `before`.
    """
    broken = [] if guards else failing(None)
    if broken:
        raise RuntimeError(f"these fail without any mutation: {broken}")
    rows = ""
    for mutation in MUTATIONS:
        if guards and mutation.guard not in guards:
            rows += f"| {mutation.guard} | {before[mutation.guard]} |\n" if mutation.guard in before else ""
            continue
        sys.stderr.write(f"without: {mutation.guard}\n")
        names = failing(mutation)
        if not names:
            raise RuntimeError(f"the guard `{mutation.guard}` can be removed, and no test fails")
        rows += f"| {mutation.guard} | {'<br>'.join(f'`{name}`' for name in names)} |\n"
    return f"| guard removed | tests that fail then |\n|---|---|\n{rows}"


if __name__ == "__main__":
    sys.stdout.write(table(sys.argv[1:]))
