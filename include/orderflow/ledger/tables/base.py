"""What all tables have in common, and which migration made them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlalchemy.orm import DeclarativeBase

from orderflow.domain.decision import Action
from orderflow.domain.findings import FindingKind
from orderflow.domain.people import RecordKind
from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import ShipmentProgress
from orderflow.domain.states import Progress
from orderflow.ledger.database.columns import ExactDecimal, UtcDateTime, text_enum
from orderflow.ledger.models.orders import Outcome, Step

SCHEMA_REVISION = "0014"
"""The migration that makes exactly these tables."""


class Base(DeclarativeBase):
    """What the tables have in common: how Python's types are stored."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own name for it, not an attribute of the rows
        int: BigInteger,
        datetime: UtcDateTime,
        Decimal: ExactDecimal,
        dict[str, int]: JSON,
        dict[str, int | None]: JSON,
        dict[str, Any]: JSON,
        dict[str, str | None]: JSON,
        list[dict[str, Any]]: JSON,
        Action: text_enum(Action),
        FindingKind: text_enum(FindingKind),
        Outcome: text_enum(Outcome),
        Progress: text_enum(Progress),
        Reason: text_enum(Reason),
        RecordKind: text_enum(RecordKind),
        ShipmentProgress: text_enum(ShipmentProgress),
        Step: text_enum(Step),
    }
