"""The shapes of the JSON answer about how long orders take."""

from typing import Self

from pydantic import BaseModel, ConfigDict

from orderflow.domain.service_level import ServiceLevel
from orderflow.ledger.orders.trends import Age, DayTrend


class DayTrendAnswer(BaseModel):
    """A day's orders; times are in seconds, None if no order has got that far."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    day: str
    orders: int
    in_erp: int
    first_try: int
    due: int
    met: int
    erp_median: int | None
    erp_p95: int | None
    shop_median: int | None
    shop_p95: int | None


class LevelAnswer(BaseModel):
    """The service level in the settings: `share` as a fraction of one, `within` in seconds."""

    model_config = ConfigDict(frozen=True)

    text: str
    share: float
    within: int


class TrendsAnswer(BaseModel):
    """How long orders took, by the day from which they could be sent, and the age of the open ones."""

    model_config = ConfigDict(frozen=True)

    days: list[str]
    per_day: list[DayTrendAnswer]
    level: LevelAnswer | None
    ages: dict[Age, int]

    @classmethod
    def of(cls, days: list[str], found: list[DayTrend], level: ServiceLevel | None, ages: dict[Age, int]) -> Self:
        """Convert the ledger's result."""
        asked = None
        if level is not None:
            asked = LevelAnswer(text=level.text, share=float(level.share), within=int(level.within.total_seconds()))
        return cls(days=days, per_day=[DayTrendAnswer.model_validate(day) for day in found], level=asked, ages=ages)
