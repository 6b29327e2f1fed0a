"""What people were told about, as it comes out of the ledger."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from orderflow.domain.reasons import Reason


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class Alert(_Told):
    """Something a person was told about; `seen` counts the runs that met it. Open until `closed_at` is set."""

    order_id: int | None
    """The order it is about; None when it is about none, or about a packing slip whose orders nobody knows."""
    shipment: str
    """The packing slip it is about; empty when it is about the order."""
    order: str
    reason: Reason
    message: str
    seen: int
    opened_at: datetime
    last_seen_at: datetime
    closed_at: datetime | None


class Outage(_Told):
    """A task that fails as a whole, run after run; `seen` counts the runs that met it."""

    dag_id: str
    task_id: str
    reason: Reason
    seen: int
    opened_at: datetime
    last_seen_at: datetime
