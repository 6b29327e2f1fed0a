"""Which orders lack their last step, said in SQL: nothing but the finish will come back to them."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, or_

from orderflow.domain.reasons import SKIPPED, Reason
from orderflow.domain.states import Progress
from orderflow.ledger.tables import OrderRow


def lacks_last_step(webshops: Collection[int]) -> ColumnElement[bool]:
    """Say which rows were written back in one of these webshops, or may be offline orders, and are not finished."""
    written_back = and_(OrderRow.progress == Progress.WRITTEN_BACK, OrderRow.webshop.in_(sorted(webshops)))
    offline = and_(OrderRow.progress == Progress.SKIPPED, OrderRow.reason.not_in(SKIPPED - {Reason.OFFLINE}))
    return or_(written_back, offline)
