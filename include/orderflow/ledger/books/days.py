"""The days that were run: the first one, the unfinished ones, and the orders confirmed before them."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select, update

from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.ledger.database.rows import get_or_add
from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.orders.rows import add_held
from orderflow.ledger.orders.trends import DayTrend, trends
from orderflow.ledger.tables.days import DayRow
from orderflow.ledger.tables.orders import OrderRow

_PER_TRANSACTION = 500


class DayBook:
    """The days in the ledger. A day is done once all its orders, online and offline, are in the ledger."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def begin(self, day: str, *, scheduled: bool = False) -> None:
        """Record that a day is being run; `scheduled` if the schedule runs it."""
        now = self._clock()
        with writing(self._engine) as session:
            row = get_or_add(session, DayRow, day, lambda: DayRow(day=day, scheduled=scheduled, first_run_at=now))
            row.scheduled = row.scheduled or scheduled

    def take(self, day: str, run: str) -> None:
        """Record that a run has all ids of a day that was started, and is working on them."""
        with writing(self._engine) as session:
            session.execute(update(DayRow).where(DayRow.day == day).values(taken_by=run))

    def orders_known(self, run: str) -> None:
        """Record that the orders of a run's days are in the ledger."""
        with writing(self._engine) as session:
            session.execute(update(DayRow).where(DayRow.taken_by == run).values(orders_at=self._clock()))

    def earliest(self) -> str | None:
        """Return the earliest day that was run."""
        with reading(self._engine) as session:
            return session.scalar(select(func.min(DayRow.day)))

    def first_scheduled(self) -> str | None:
        """Return the earliest day that the schedule has run."""
        with reading(self._engine) as session:
            return session.scalar(select(func.min(DayRow.day)).where(DayRow.scheduled))

    def done_since(self, day: str) -> set[str]:
        """Return the days since then that are done."""
        with reading(self._engine) as session:
            return set(session.scalars(select(DayRow.day).where(DayRow.day >= day, DayRow.orders_at.is_not(None))))

    def trend(self, day: Window, *, within: timedelta) -> DayTrend | None:
        """Return how long a day's orders took; None if no order could be sent from that day on."""
        return next(iter(trends(self._engine, [day], within=within, now=self._clock())), None)

    def hold_unread(self, orders: Iterable[tuple[int, str, datetime | None]], run: RunRef) -> None:
        """Hold unread orders from before go-live: id, reference, time of change. Known orders stay as they are."""
        found = list(orders)
        for start in range(0, len(found), _PER_TRANSACTION):
            with writing(self._engine) as session:
                some = found[start : start + _PER_TRANSACTION]
                add_held(session, some, Reason.BEFORE_GO_LIVE, run, self._clock())

    def holds_any(self) -> bool:
        """Whether any order from before go-live is waiting for a person."""
        held = (OrderRow.progress == Progress.HELD, OrderRow.reason == Reason.BEFORE_GO_LIVE)
        with reading(self._engine) as session:
            return session.scalar(select(OrderRow.order_id).where(*held).limit(1)) is not None
