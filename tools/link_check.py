"""`make docs-check`: every link of a Markdown page leads somewhere, and every file mentioned as docs/… exists.

    python tools/link_check.py [FILE …]

Links to other hosts are not followed: our check must not depend on their servers.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from generated_page import REPOSITORY

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_MENTION = re.compile(r"(?<![\w/.-])docs/[\w/.-]+\.(?:md|png|log)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_ELSEWHERE = ("http://", "https://", "mailto:")
_PART_OF_A_PAGE = "runbook_head.md"
"""Its links are relative to the page that is generated from it."""
_TEXT = {".md", ".py", ".yaml", ".yml", ".toml", ".sh", ".in", ".txt", ""}


def broken_links(page: Path) -> Iterator[str]:
    """List the links of a Markdown page that lead nowhere."""
    for target in _LINK.findall(_FENCED.sub("", page.read_text(encoding="utf-8"))):
        if target.startswith(_ELSEWHERE):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists():
            yield f"{page}: there is no {target}"
        elif anchor and anchor not in anchors(file):
            yield f"{page}: {name or page.name} has no heading #{anchor}"


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub generates from a page's headings."""
    found: set[str] = set()
    for heading in _HEADING.findall(_FENCED.sub("", page.read_text(encoding="utf-8"))):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        plain = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        repeated = sum(1 for anchor in found if re.fullmatch(rf"{re.escape(plain)}(-\d+)?", anchor))
        found.add(f"{plain}-{repeated}" if repeated else plain)
    return found


def broken_mentions(file: Path, root: Path = REPOSITORY) -> Iterator[str]:
    """List the files under docs/ that a text mentions but that do not exist."""
    for name in sorted(set(_MENTION.findall(file.read_text(encoding="utf-8", errors="replace")))):
        if not (root / name).exists():
            yield f"{file}: there is no {name}"


def unlisted(docs: Path = REPOSITORY / "docs") -> Iterator[str]:
    """List the pages missing from the map; ADRs have their own list."""
    index = docs / "README.md"
    listed = {(docs / target.partition("#")[0]).resolve() for target in _LINK.findall(index.read_text("utf-8"))}
    for page in sorted(docs.rglob("*.md")):
        if page != index and page.resolve() not in listed and page.parent.name != "adr":
            yield f"{index} does not list {page.relative_to(docs)}"


def tracked(root: Path = REPOSITORY) -> list[Path]:
    """Return the files of the repository, including those not yet committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.splitlines()
    return [root / name for name in listed if (root / name).is_file()]


def check(files: Iterable[Path]) -> list[str]:
    """Return what is broken; the changelog may mention files that no longer exist."""
    broken: list[str] = []
    for file in files:
        if file.suffix == ".md" and file.name != _PART_OF_A_PAGE:
            broken += broken_links(file)
        if file.suffix in _TEXT and file.name not in {"CHANGELOG.md", "requirements.lock", "test_docs.py"}:
            broken += broken_mentions(file)
    return broken


if __name__ == "__main__":
    found = check([Path(name).resolve() for name in sys.argv[1:]] or tracked())
    found += [] if sys.argv[1:] else unlisted()
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(1 if found else 0)
