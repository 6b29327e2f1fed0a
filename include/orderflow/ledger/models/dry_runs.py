"""The writes that a dry run planned."""

from datetime import datetime

from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.models.record import Record


class PlannedCall(Record):
    """A write that the run would make if it were not a dry run. `body` is the exact text; money keeps its digits."""

    subject: str
    """What it is about, by its name for people: the order's name in the ERP, for instance."""
    order_id: int | None = None
    """The order it is about, if it is about one."""
    system: str
    method: str
    path: str
    body: str


class KeptCall(PlannedCall):
    """A planned call in the ledger, with the dry run that planned it."""

    id: int
    at: datetime
    run: RunRef
