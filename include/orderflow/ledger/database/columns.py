"""Column types with the same meaning on SQLite and PostgreSQL: exact money, aware instants, enums as text."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Dialect, Numeric, String
from sqlalchemy.types import TypeDecorator, TypeEngine

from orderflow.domain.open_enum import OpenEnum


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, stored in UTC and returned aware; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Make it aware: SQLite has no time zones, PostgreSQL returns the session's."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal number, digit for digit; text on SQLite, whose numbers are floats."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type."""
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | str | None:
        """Write SQLite's text without an exponent."""
        return format(value, "f") if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Decimal | str | None, dialect: Dialect) -> Decimal | None:
        """Read SQLite's text."""
        return Decimal(value) if value is not None and dialect.name == "sqlite" else value  # type: ignore[return-value]


class StoredEnum(TypeDecorator[OpenEnum]):
    """An enumeration as its text, without a constraint: new members need no migration, and unknown ones can be read."""

    impl = String(32)
    cache_ok = True

    def __init__(self, kind: type[OpenEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: OpenEnum | None, dialect: Dialect) -> str | None:
        """Write the value; anything but a member is refused."""
        del dialect
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> OpenEnum | None:
        """Read any stored value."""
        del dialect
        return None if value is None else self.kind.stored(value)
