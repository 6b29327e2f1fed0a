"""From Airflow's Variable and connection to what the page shows: read anew for every request, in the API server."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple

from airflow.sdk import Variable
from fastapi import Depends
from sqlalchemy import Engine

from orderflow.absence import require_no_variable
from orderflow.ledger.hook import engine_from_connection
from orderflow.settings import VARIABLE, Settings


class Source(NamedTuple):
    """The ledger's database, the settings, and what time it is."""

    engine: Engine
    settings: Settings
    now: datetime

    @property
    def old_before(self) -> datetime:
        """An order that waits and was first seen before this is overdue."""
        return self.now - timedelta(days=self.settings.limits.give_up_days)


def source() -> Source:
    """Return where the page's data comes from; ConfigurationError or TransientError when it cannot be reached."""
    text = Variable.get(VARIABLE, default=None)  # Airflow would take broken JSON for nothing set
    if text is None:
        require_no_variable(VARIABLE)
    return Source(engine_from_connection(), Settings.read(text), datetime.now(UTC))


FromSource = Annotated[Source, Depends(source)]
