"""A question to people as it comes out of the ledger."""

from datetime import datetime

from orderflow.domain.questions import Verb
from orderflow.domain.reasons import Reason
from orderflow.ledger.models.record import Record


class AskedQuestion(Record):
    """A question about an open alert; run and map index identify the task that asks."""

    id: int
    alert_id: int
    reason: Reason
    order_id: int | None
    shipment: str
    name: str
    facts: str
    dag_id: str
    run_id: str
    map_index: int
    asked_at: datetime
    seen_at: datetime
    answer: Verb | None
    answered_by: str | None
    answered_at: datetime | None
    remark: str
    result: str | None
    closed_at: datetime | None
    closed_as: str
