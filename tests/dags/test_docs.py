"""Generated pages match the code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import link_check

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "page", ["dag_docs", "runbook_docs", "settings_docs", "connection_docs", "command_docs", "metric_docs", "dist_info"]
)
def test_a_generated_page_is_up_to_date(page: str) -> None:
    check = subprocess.run(
        [sys.executable, str(ROOT / "tools" / f"{page}.py"), "--check"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "include"), "ORDERFLOW_SWEEP_CRON": "1 2 3 4 5"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert check.returncode == 0, f"run `make docs`\n{check.stdout}{check.stderr}"


def test_no_page_has_a_link_that_leads_nowhere() -> None:
    assert link_check.check(link_check.tracked()) == []


def test_the_map_lists_every_page(tmp_path: Path) -> None:
    assert list(link_check.unlisted()) == []
    (tmp_path / "README.md").write_text("[one](one.md)", encoding="utf-8")
    for name in ("one.md", "two.md"):
        (tmp_path / name).touch()
    assert [line.endswith("does not list two.md") for line in link_check.unlisted(tmp_path)] == [True]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a](other.md)", "there is no other.md"),
        ("[a](page.md#nowhere)", "has no heading #nowhere"),
        ("[a](#nowhere)", "has no heading #nowhere"),
        ("![a](screenshots/none.png)", "there is no screenshots/none.png"),
        ("as `docs/" + "gone.md` says", "there is no docs/gone.md"),
        ("[a](#here-it-is) [b](https://example.com/x) [c](page.md)", None),
        ("```\n[a](none.md)\n```", None),
    ],
)
def test_a_link_that_leads_nowhere_is_named(tmp_path: Path, text: str, said: str | None) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n\n## Here `it` is\n\n{text}\n", encoding="utf-8")
    broken = link_check.check([page])
    assert bool(broken) == bool(said), broken
    assert all(said in line for line in broken if said)
