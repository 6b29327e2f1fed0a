"""The shapes of the JSON answers about alerts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from orderflow.domain.advice import advice
from orderflow.domain.findings import KINDS, FindingKind
from orderflow.domain.findings_nl import KINDS_NL
from orderflow.domain.reasons import Reason
from orderflow.domain.reasons_nl import EXPLAINED_NL, OWNERS_NL
from orderflow.ledger.models.alerts import Alert


class Advice(BaseModel):
    """What a problem means, who owns it and what to do: the same wherever it was found."""

    model_config = ConfigDict(frozen=True)

    meaning: str
    owner: str
    action: str

    @classmethod
    def of(cls, reason: Reason, language: str) -> Self:
        """Explain a problem; Dutch for `nl`, English for anything else."""
        meaning, owner, action = advice(reason, "")
        if language == "nl":
            return cls(meaning=EXPLAINED_NL[reason].meaning, owner=OWNERS_NL[owner], action=EXPLAINED_NL[reason].action)
        return cls(meaning=meaning, owner=owner, action=action)

    @classmethod
    def of_difference(cls, kind: FindingKind, language: str) -> Self:
        """Explain a difference between shop and ERP."""
        meaning, owner, action, _ = KINDS[kind]
        if language == "nl":
            return cls(meaning=KINDS_NL[kind].meaning, owner=OWNERS_NL[owner], action=KINDS_NL[kind].action)
        return cls(meaning=meaning, owner=owner, action=action)


class AlertAnswer(BaseModel):
    """An alert that is still open."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    order_id: int | None
    order: str
    reason: Reason
    cause: str
    title: str
    message: str
    seen: int
    opened_at: datetime
    last_seen_at: datetime
    advice: Advice
    snoozed_until: datetime | None
    """Until when its cause is not announced."""

    @classmethod
    def of(cls, alert: Alert, language: str, snoozed: Mapping[str, datetime]) -> Self:
        """Combine what happened with what to do."""
        copied = alert.model_dump(include=cls.model_fields.keys() & Alert.model_fields.keys())
        differs = alert.reason is Reason.SIDES_DIFFER and alert.title in set(FindingKind)
        said = (
            Advice.of_difference(FindingKind(alert.title), language) if differs else Advice.of(alert.reason, language)
        )
        return cls(advice=said, snoozed_until=snoozed.get(alert.cause), **copied)


class AlertsAnswer(BaseModel):
    """The oldest open alerts, and the total count."""

    model_config = ConfigDict(frozen=True)

    total: int
    alerts: list[AlertAnswer]

    @classmethod
    def of(cls, alerts: list[Alert], limit: int, language: str, snoozed: Mapping[str, datetime]) -> Self:
        """Show at most `limit`, snoozed ones last."""
        shown = sorted(alerts, key=lambda alert: alert.cause in snoozed)[:limit]
        return cls(total=len(alerts), alerts=[AlertAnswer.of(alert, language, snoozed) for alert in shown])
