"""Which open orders to check now, as an SQL condition, so that a sweep loads no others."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, or_

from orderflow.domain.backoff import PACES, REFUSED, Pace
from orderflow.domain.reasons import PASSING, Reason
from orderflow.domain.states import Progress
from orderflow.ledger.tables.orders import OrderRow


def is_due(now: datetime, live: datetime | None) -> ColumnElement[bool]:
    """Express `orderflow.domain.backoff` in SQL; a test compares the two.

    An order held for being from before go-live is due once `live` says otherwise.
    """
    progress, reason = OrderRow.progress, OrderRow.reason
    paced = [and_(progress == one, _paced(paces, now)) for one, paces in PACES.items() if one is not Progress.UNREAD]
    passing = and_(reason.is_not(None), reason.in_(PASSING))
    unread = or_(and_(passing, _paced(PACES[Progress.UNREAD], now)), and_(~passing, _paced(REFUSED, now)))
    return and_(or_(*paced, and_(progress == Progress.UNREAD, unread)), _is_of_after(live))


def _paced(paces: Sequence[Pace], now: datetime) -> ColumnElement[bool]:
    looked = case((OrderRow.looked_at > OrderRow.updated_at, OrderRow.looked_at), else_=OrderRow.updated_at)
    brackets, younger = list[ColumnElement[bool]](), list[ColumnElement[bool]]()
    for pace in paces:
        of_age = [] if pace.until_age == timedelta.max else [OrderRow.first_seen_at >= now - pace.until_age]
        waited = [] if not pace.interval else [looked <= now - pace.interval]
        brackets.append(and_(OrderRow.order_id.is_not(None), *younger, *of_age, *waited))
        younger = [OrderRow.first_seen_at < now - pace.until_age] if of_age else []
    return or_(*brackets)


def _is_of_after(live: datetime | None) -> ColumnElement[bool]:
    of_after = or_(OrderRow.reason.is_(None), OrderRow.reason != Reason.BEFORE_GO_LIVE)
    if live is None:
        return of_after
    changed = OrderRow.shop_modified_at
    return or_(of_after, changed.is_(None), changed >= live)
