"""Terms that ERPs use for a cancelled order."""

_DEAD = ("cancel", "annul", "geannul", "void", "storn", "delet", "verwijder", "vervallen")
"""How such terms begin, in the languages that ERPs use here."""


def is_cancelled(status: str | None) -> bool:
    """Whether a status says that the order was cancelled; the term is the ERP's own."""
    return (status or "").strip().lower().startswith(_DEAD)
