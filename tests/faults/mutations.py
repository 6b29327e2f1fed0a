"""Removes one guard at a time in a copy of the project and checks that a test fails: untested guards do not last.

python -m faults.mutations [GUARD …]
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType

from faults.guards_of_orders import OF_ORDERS, Mutation
from faults.guards_of_runs import OF_RUNS

ROOT = Path(__file__).parents[2]
PARTS = ("include", "tests", "tools", "dags", "docs", "pyproject.toml")
MUTATIONS = (*OF_ORDERS, *OF_RUNS)
AT_ONCE = 2
"""Guards removed at the same time, each in a copy of its own."""


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
    """Remove each guard and list the tests that fail; RuntimeError names those that can be removed unnoticed.

    With `guards` only these are removed, and the other rows are taken from `before`.
    """
    removed = [mutation for mutation in MUTATIONS if not guards or mutation.guard in guards]
    broken = [] if guards else failing(None)
    if broken:
        raise RuntimeError(f"these fail without any mutation: {broken}")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = dict(zip((mutation.guard for mutation in removed), pool.map(_without, removed), strict=True))
    unnoticed = [guard for guard, names in found.items() if not names]
    if unnoticed:
        raise RuntimeError(f"these guards can be removed, and no test fails: {unnoticed}")
    cells = {**before, **{guard: "<br>".join(f"`{name}`" for name in names) for guard, names in found.items()}}
    rows = "".join(f"| {one.guard} | {cells[one.guard]} |\n" for one in MUTATIONS if one.guard in cells)
    return f"| guard removed | tests that fail then |\n|---|---|\n{rows}"


def _without(mutation: Mutation) -> list[str]:
    names = failing(mutation)
    sys.stderr.write(f"without {mutation.guard}: {len(names)} tests fail\n")
    return names


def chosen(description: str, known: Collection[str]) -> list[str]:
    """Return the names given on the command line; unknown ones end the program."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("names", nargs="*", metavar="NAME", help="all, if none is given")
    names: list[str] = parser.parse_args().names
    if unknown := [name for name in names if name not in known]:
        parser.error(f"unknown: {unknown}; known are {sorted(known)}")
    return names


if __name__ == "__main__":
    guards = chosen("Remove guards and see tests fail.", {mutation.guard for mutation in MUTATIONS})
    sys.stdout.write(table(guards))
