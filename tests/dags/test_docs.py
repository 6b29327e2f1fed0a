"""Pages that are written from the code say what the code says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("page", ["dag_docs", "runbook_docs"])
def test_a_generated_page_is_up_to_date(page: str) -> None:
    check = subprocess.run(
        [sys.executable, str(ROOT / "tools" / f"{page}.py"), "--check"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "include")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert check.returncode == 0, f"run `make docs`\n{check.stdout}{check.stderr}"
