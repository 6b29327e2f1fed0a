"""All that is wrong with an order's master data, in one message instead of the first of many."""

from collections.abc import Iterable

from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError


class Problems:
    """What somebody has to put right in Tryton before the order can become a sale."""

    def __init__(self) -> None:
        self._found: list[tuple[str, Reason]] = []

    def add(self, text: str, reason: Reason = Reason.ERP_REJECTED) -> None:
        """Note a problem."""
        self._found.append((text, reason))

    def add_codes(self, what: str, codes: Iterable[str], reason: Reason = Reason.ERP_REJECTED) -> None:
        """Note a problem that several records have; nothing when there are none."""
        if names := ", ".join(sorted(set(codes))):
            self.add(f"{what} {names}", reason)

    def raise_any(self) -> None:
        """PermanentError with everything noted: the reason that all share, or that the ERP rejects the order."""
        if not self._found:
            return
        reasons = {reason for _, reason in self._found}
        reason = reasons.pop() if len(reasons) == 1 else Reason.ERP_REJECTED
        raise PermanentError("; ".join(text for text, _ in self._found), reason=reason)


def how_many(count: int) -> str:
    """Begin a sentence about a record of which there must be one."""
    return "more than one" if count else "no"
