"""The shell blocks of the documentation: every `sh` block of README and docs/, and whether a test may run it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from generated_page import REPOSITORY

_BLOCK = re.compile(r"(?:^<!-- not run here: (?P<why>.+?) -->\n)?^```sh\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """One block, and why no test runs it (None if one does)."""

    page: str
    text: str
    not_run: str | None


def blocks() -> Iterator[Block]:
    """Yield all blocks, page by page."""
    pages: list[Path] = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
    for page in pages:
        for found in _BLOCK.finditer(page.read_text(encoding="utf-8")):
            yield Block(str(page.relative_to(REPOSITORY)), found["text"], found["why"])
