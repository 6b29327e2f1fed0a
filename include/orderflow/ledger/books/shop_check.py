"""The last check of shop and ERP."""

from orderflow.ledger.books.memos import MemoBook
from orderflow.ledger.models.shop_check import KeptCheck

_MEMO = "shop check"


class ShopCheckBook:
    """Keeps the last check; a new one replaces it."""

    def __init__(self, memos: MemoBook) -> None:
        self._memos = memos

    def last(self) -> KeptCheck | None:
        """Return the last check; None if there is none."""
        kept = self._memos.read(_MEMO)
        return None if kept is None else KeptCheck.model_validate(kept)

    def keep(self, check: KeptCheck) -> None:
        """Store a check, replacing the one before."""
        self._memos.leave(_MEMO, check.model_dump(mode="json"))
