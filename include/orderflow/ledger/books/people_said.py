"""What people record about orders: comments, and resolutions that can be undone."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine, select

from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError
from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.models.orders import LedgerOrder, Outcome, RunRef, Step, Word
from orderflow.ledger.orders.resolutions import UNDONE_WITHIN, may_be_undone
from orderflow.ledger.orders.rows import log
from orderflow.ledger.tables.orders import OrderRow
from orderflow.ledger.tables.resolutions import ResolutionRow


class WordBook:
    """People's entries in the ledger."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def comment(self, order_id: int, word: Word, run: RunRef) -> None:
        """Add a comment to an order's log. Nothing else changes, so it needs no claim."""
        with writing(self._engine) as session:
            row = session.get(OrderRow, order_id)
            if row is None:
                raise PermanentError(f"the ledger knows no order id {order_id}", reason=Reason.ORDER_NOT_FOUND)
            log(session, row, run, self._clock(), step=Step.COMMENT, outcome=Outcome.DONE, message=word.on(""))

    def may_be_undone(self, order: LedgerOrder) -> bool:
        """Whether a resolution of this order can still be undone."""
        recent = ResolutionRow.at >= self._clock() - UNDONE_WITHIN
        of = select(ResolutionRow.before).where(ResolutionRow.order_id == order.order_id, recent)
        with reading(self._engine) as session:
            last = of.where(ResolutionRow.undone_at.is_(None)).order_by(ResolutionRow.id.desc()).limit(1)
            before = session.scalars(last).first()
            return before is not None and may_be_undone(order.progress, order.reason, before)
