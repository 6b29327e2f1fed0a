"""Cells of CSV files that people open in a spreadsheet."""

import unicodedata

_STARTS_FORMULA = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n")


def safe_cell(value: object) -> object:
    """Return the value so that no spreadsheet takes it for a formula: text that begins like one gets an apostrophe."""
    if not isinstance(value, str):
        return value
    text = value.replace("\0", "")  # a NUL ends the file for some readers
    return f"'{text}" if _may_be_formula(text) else text


def _may_be_formula(text: str) -> bool:
    """Whether a spreadsheet may read it as a formula: it skips what is invisible, and knows full-width signs."""
    if text.startswith(_STARTS_FORMULA):
        return True
    seen = next((sign for sign in text if not sign.isspace() and unicodedata.category(sign)[0] not in "CZ"), "")
    return unicodedata.normalize("NFKC", seen).startswith(_STARTS_FORMULA)
