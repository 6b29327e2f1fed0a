"""From a database URL to a ledger."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import URL

from orderflow.ledger.database.clock import utc_now
from orderflow.ledger.database.engine import make_engine
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.schema import bring_to_head


def open_ledger(
    url: str | URL, *, clock: Callable[[], datetime] = utc_now, lease: timedelta = timedelta(seconds=300)
) -> Ledger:
    """Open a ledger, creating or upgrading its tables if needed; ConfigurationError for any other database."""
    engine = make_engine(url)
    bring_to_head(engine)
    return Ledger(engine, clock=clock, lease=lease)
