"""Collects everything wrong with an order's master data, to report it in one message."""

from collections.abc import Iterable

from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError


class Problems:
    """What somebody must fix in Tryton before the order can become a sale."""

    def __init__(self) -> None:
        self._found: list[tuple[str, Reason]] = []

    def add(self, text: str, reason: Reason = Reason.ERP_REJECTED) -> None:
        """Add a problem."""
        self._found.append((text, reason))

    def add_codes(self, what: str, codes: Iterable[str], reason: Reason = Reason.ERP_REJECTED) -> None:
        """Add a problem that several records have; nothing if there are none."""
        if names := ", ".join(sorted(set(codes))):
            self.add(f"{what} {names}", reason)

    @property
    def texts(self) -> tuple[str, ...]:
        """Every problem once, in the order they were found."""
        return tuple(dict.fromkeys(text for text, _ in self._found))

    def raise_any(self) -> None:
        """PermanentError with all problems: with the reason they share, otherwise ERP_REJECTED."""
        if not self._found:
            return
        reasons = {reason for _, reason in self._found}
        reason = reasons.pop() if len(reasons) == 1 else Reason.ERP_REJECTED
        raise PermanentError("; ".join(text for text, _ in self._found), reason=reason)


def how_many(count: int) -> str:
    """Start a sentence about a record that must exist exactly once."""
    return "more than one" if count else "no"
