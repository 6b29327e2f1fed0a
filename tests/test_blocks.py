"""The commands in the documentation are well-formed, and exist."""

import re
import subprocess
from pathlib import Path

import pytest

from orderflow.command_line import parser
from shell_blocks import Block, blocks

ROOT = Path(__file__).parent.parent
ALL = list(blocks())
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def test_there_are_blocks_that_are_run_and_blocks_that_say_why_not() -> None:
    assert len([block for block in ALL if block.not_run is None]) >= 8
    assert [block.page for block in ALL if block.not_run]


@pytest.mark.parametrize("block", ALL, ids=lambda block: f"{block.page}: {block.text[:30]!r}")
def test_a_block_is_good_shell_and_its_commands_exist(block: Block) -> None:
    checked = subprocess.run(["bash", "-n"], input=block.text, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert set(re.findall(r"^(?:\w+=\S+ )*make ([a-z-]+)", block.text, re.MULTILINE)) <= TARGETS
    for line in re.findall(r"^python -m orderflow ([^#|&\n]+)", block.text, re.MULTILINE):
        parser().parse_args(line.split())
