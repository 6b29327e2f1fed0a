"""From Airflow's Variable and connection to what the page shows: read for every request, in the API server."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple

from airflow.sdk import Variable
from fastapi import Depends
from sqlalchemy import Engine

from orderflow.absence import require_no_variable
from orderflow.domain.worklist import Worklist, worklist
from orderflow.ledger.hook import engine_from_connection
from orderflow.ledger.models.orders import LedgerOrder
from orderflow.settings import VARIABLE, Settings


class Source(NamedTuple):
    """The ledger's database, the settings, and the current time."""

    engine: Engine
    settings: Settings
    now: datetime

    @property
    def old_before(self) -> datetime:
        """A waiting order first seen before this is overdue."""
        return self.now - timedelta(days=self.settings.limits.give_up_days)

    def worklist_of(self, order: LedgerOrder) -> Worklist:
        """Return the list an order is on now."""
        old = order.first_seen_at < self.old_before
        return worklist(order.progress, order.reason, pushed=order.pushed_at is not None, old=old)


def source() -> Source:
    """Return the source of the page's data; ConfigurationError or TransientError if it cannot be reached."""
    text = Variable.get(VARIABLE, default=None)  # Airflow would treat broken JSON as not set
    if text is None:
        require_no_variable(VARIABLE)
    return Source(engine_from_connection(), Settings.read(text), datetime.now(UTC))


FromSource = Annotated[Source, Depends(source)]
