"""This machine's clock."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)
