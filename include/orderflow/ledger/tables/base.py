"""What all tables have in common, and the migration that creates them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlalchemy.orm import DeclarativeBase

from orderflow.domain.decision import Action
from orderflow.domain.findings import FindingKind
from orderflow.domain.last_step import LastStep
from orderflow.domain.people import RecordKind
from orderflow.domain.questions import Verb
from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import ShipmentProgress
from orderflow.domain.states import Progress
from orderflow.ledger.database.columns import ExactDecimal, StoredEnum, UtcDateTime
from orderflow.ledger.models.orders import Outcome, Step

SCHEMA_REVISION = "0028"
"""The migration that creates exactly these tables."""
OLDEST_CODE = "0026"
"""The SCHEMA_REVISION of the oldest code that can use them, after a roll-back or during an upgrade.

A migration that only adds what older code can ignore leaves it; any other one sets it to its own revision.
"""


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
        list[str]: JSON,
        Action: StoredEnum(Action),
        FindingKind: StoredEnum(FindingKind),
        LastStep: StoredEnum(LastStep),
        Outcome: StoredEnum(Outcome),
        Progress: StoredEnum(Progress),
        Reason: StoredEnum(Reason),
        RecordKind: StoredEnum(RecordKind),
        ShipmentProgress: StoredEnum(ShipmentProgress),
        Step: StoredEnum(Step),
        Verb: StoredEnum(Verb),
    }
