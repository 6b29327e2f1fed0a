"""When two references count as the same: some databases ignore case and accents when they compare texts."""

import unicodedata


def is_same_to_some(one: str, other: str) -> bool:
    """Whether two references differ only in what many databases do not compare: case, accents, width, blanks."""
    return _compared(one) == _compared(other)


def _compared(name: str) -> str:
    letters = [letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter)]
    return " ".join("".join(letters).casefold().split())
