"""Cells of CSV files that people open in a spreadsheet."""

import re
import unicodedata

_STARTS_FORMULA = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n")
_SEPARATORS = re.compile(r"([;\t\r\n])")
"""Where a spreadsheet of another language begins a new cell, in the middle of ours: a Dutch one separates by `;`."""


def safe_cell(value: object) -> object:
    """Return the value so that no spreadsheet takes it for a formula: what begins like one gets an apostrophe."""
    if not isinstance(value, str):
        return value
    text = value.replace("\0", "")  # a NUL ends the file for some readers
    first, *others = _SEPARATORS.split(text)
    guarded = first + "".join(f"'{part}" if _may_be_formula(part) else part for part in others)
    return f"'{guarded}" if _may_be_formula(text) else guarded


def _may_be_formula(text: str) -> bool:
    """Whether a spreadsheet may read it as a formula: it skips what is invisible, and knows full-width signs."""
    if text.startswith(_STARTS_FORMULA):
        return len(text) > 1 or not text.isspace()
    seen = next((sign for sign in text if sign != '"' and not _is_invisible(sign)), "")
    return unicodedata.normalize("NFKC", seen).startswith(_STARTS_FORMULA)


def _is_invisible(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign)[0] in "CZ"
