r"""Where a text says something that is split by line ends or invisible signs, or escaped, even repeatedly.

Every writer of JSON, addresses and pages has its own idea of what to escape: `+` is `\u002B` in .NET's JSON, `=` is
`&#x3D;` in Handlebars' pages. So the escapes are undone, and each character remembers where it stood.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import unescape
from typing import NamedTuple

_SHORTEST = 8
"""Shorter ones are hidden only in one piece: two consecutive words might spell them."""
_ESCAPED_TIMES = 3
_GAP = re.compile(
    r"\x1b\[[0-9;]*[A-Za-z]|[\s\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\\[rnt]"
)
_ESCAPE = re.compile(
    r"(?P<bytes>(?:%[0-9A-Fa-f]{2})++|(?:\\x[0-9A-Fa-f]{2})++)|\\u(?P<unit>[0-9A-Fa-f]{4})"
    r"|(?P<entity>&#?\w{1,32};)|\\(?P<sign>[\"'\\/])"
)

Span = tuple[int, int]


class _Spelling(NamedTuple):
    """A text, and where in the original each of its characters stood."""

    text: str
    spans: list[Span]


def places_of(text: str, forms: tuple[str, ...]) -> list[Span]:
    """Return the spans of a text that say one of the forms, once gaps and escapes are undone, in order."""
    pieces = _pieces(forms)
    is_escaped = _ESCAPE.search(text) is not None
    if not is_escaped and not any(map(_GAP.sub("", text).__contains__, pieces)):
        return []
    spelling = _Spelling(text, [(place, place + 1) for place in range(len(text))])
    found = [*_said_in(_without_gaps(spelling), pieces)]
    for _ in range(_ESCAPED_TIMES):
        if not _ESCAPE.search(spelling.text):
            break
        spelling = _unescaped(spelling)
        found += _said_in(_without_gaps(spelling), pieces)
    return _merged(found)


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first < merged[-1][1]:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return merged


@lru_cache(maxsize=64)
def _pieces(forms: tuple[str, ...]) -> tuple[str, ...]:
    """Return what to look for: a secret may hold what looks like an escape, which is undone with the others."""
    unescaped = (_unescaped(_Spelling(form, [(0, 0)] * len(form))).text for form in forms)
    squeezed = dict.fromkeys(_GAP.sub("", form) for form in (*forms, *unescaped))
    return tuple(piece for piece in squeezed if len(piece) >= _SHORTEST)


def _said_in(spelling: _Spelling, pieces: Iterable[str]) -> Iterator[Span]:
    for piece in pieces:
        at = spelling.text.find(piece)
        while at >= 0:
            yield spelling.spans[at][0], spelling.spans[at + len(piece) - 1][1]
            at = spelling.text.find(piece, at + len(piece))


def _without_gaps(spelling: _Spelling) -> _Spelling:
    gaps = {place for found in _GAP.finditer(spelling.text) for place in range(*found.span())}
    if not gaps:
        return spelling
    kept = [place for place in range(len(spelling.text)) if place not in gaps]
    return _Spelling("".join(spelling.text[place] for place in kept), [spelling.spans[place] for place in kept])


def _unescaped(spelling: _Spelling) -> _Spelling:
    """Undo one level of escapes."""
    letters, spans, at = list[str](), list[Span](), 0
    for found in _ESCAPE.finditer(spelling.text):
        start, end = found.span()
        letters += spelling.text[at:start]
        spans += spelling.spans[at:start]
        for letter, first, last in _letters(found):
            letters.append(letter)
            spans.append((spelling.spans[start + first][0], spelling.spans[start + last - 1][1]))
        at = end
    return _Spelling("".join(letters) + spelling.text[at:], spans + spelling.spans[at:])


def _letters(found: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    """Return the characters that an escape stands for, each with its part of the escape."""
    text = found.group()
    if found["bytes"]:
        yield from _of_bytes(text, 3 if text[0] == "%" else 4)
    elif found["unit"]:
        yield chr(int(found["unit"], 16)), 0, len(text)
    elif found["sign"]:
        yield found["sign"], 0, len(text)
    else:
        for letter in unescape(text):
            yield letter, 0, len(text)


def _of_bytes(text: str, width: int) -> Iterator[tuple[str, int, int]]:
    data = bytes(int(text[at + width - 2 : at + width], 16) for at in range(0, len(text), width))
    try:
        letters, sizes = data.decode(), None
    except UnicodeDecodeError:
        letters, sizes = data.decode("latin-1"), 1
    at = 0
    for letter in letters:
        size = (sizes or len(letter.encode())) * width
        yield letter, at, at + size
        at += size
