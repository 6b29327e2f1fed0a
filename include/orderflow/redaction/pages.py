"""The text of an HTML page, found in one pass: pages come from strangers, some of them hostile."""

from html import unescape

_LOWER = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})
_UNSEEN = {"<!--": "-->", "<script": "</script", "<style": "</style"}


def words_of(page: str) -> str:
    """Return the title of a page, otherwise its text; empty if it has none."""
    low = page.translate(_LOWER)
    return unescape(_title(page, low) or _text(page, low)).strip()


def _title(page: str, low: str) -> str:
    opened = low.find("<title")
    begins = low.find(">", opened) + 1 if opened >= 0 else 0
    ends = low.find("</title", begins) if begins else -1
    return page[begins:ends] if ends >= 0 else ""


def _text(page: str, low: str) -> str:
    """Leave out tags, and scripts and styles with their content; an unclosed one is left out to the end."""
    parts = []
    at = 0
    while (tag := page.find("<", at)) >= 0:
        parts.append(page[at:tag])
        ending = next((end for begin, end in _UNSEEN.items() if low.startswith(begin, tag)), ">")
        closed = low.find(ending, tag)
        if closed >= 0 and ending != ">":
            closed = low.find(">", closed)
        if closed < 0:
            return " ".join(parts)
        at = closed + 1
    return " ".join([*parts, page[at:]])
