"""What an ERP calls an order that does not count any more."""

_DEAD = ("cancel", "annul", "geannul", "void", "storn", "delet", "verwijder", "vervallen")
"""How such words begin, in the languages that ERPs speak here."""


def is_cancelled(status: str | None) -> bool:
    """Whether a status says that the order was cancelled; the word is the ERP's own."""
    return (status or "").strip().lower().startswith(_DEAD)
