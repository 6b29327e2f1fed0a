"""The shapes of the JSON answers about alerts: one line per cause, as in the messages."""

from datetime import datetime
from decimal import Decimal
from typing import Self

from pydantic import BaseModel, ConfigDict

from orderflow.domain.advice import advice
from orderflow.domain.findings import KINDS, FindingKind
from orderflow.domain.findings_nl import KINDS_NL
from orderflow.domain.reasons import Reason
from orderflow.domain.reasons_nl import EXPLAINED_NL, OWNERS_NL
from orderflow.domain.worklist import AT_AN_END
from orderflow.flow.reporting.groups import CauseGroup, grouped
from orderflow.ledger.ledger import Ledger
from orderflow.web.source import Source


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
        meaning, owner, action, *_ = KINDS[kind]
        if language == "nl":
            return cls(meaning=KINDS_NL[kind].meaning, owner=OWNERS_NL[owner], action=KINDS_NL[kind].action)
        return cls(meaning=meaning, owner=owner, action=action)

    @classmethod
    def of_cause(cls, group: CauseGroup, language: str) -> Self:
        """Explain a cause, as the messages do."""
        if group.reason is Reason.SIDES_DIFFER and group.title in set(FindingKind):
            return cls.of_difference(FindingKind(group.title), language)
        return cls.of(group.reason, language)


class Amount(BaseModel):
    """An amount in a currency; an empty currency means unknown."""

    model_config = ConfigDict(frozen=True)

    currency: str
    amount: Decimal


class NamedOrder(BaseModel):
    """An order, as far as it has a name."""

    model_config = ConfigDict(frozen=True)

    order_id: int
    name: str


class CauseAnswer(BaseModel):
    """An open cause, with everything that has it."""

    model_config = ConfigDict(frozen=True)

    cause: str
    reason: Reason
    message: str
    """What shop or ERP said, as far as it is the same for all."""
    unit: str
    """The unit: `order`, `packing slip`, `task`, or empty if nothing is counted."""
    size: int
    names: list[str]
    """The first names."""
    order_id: int | None
    """The order, if there is only one."""
    has_orders: bool
    """Whether the list of orders shows any for this cause."""
    amounts: list[Amount]
    since: datetime
    """When the oldest one was opened."""
    advice: Advice
    retryable: list[NamedOrder]
    snoozed_until: datetime | None
    """Until when its cause is not announced."""

    @classmethod
    def of(cls, group: CauseGroup, source: Source, language: str, snoozed_until: datetime | None) -> Self:
        """Combine what happened with what to do."""
        known = Ledger(source.engine).get_many(group.order_ids).values()
        open_orders = [order for order in known if source.worklist_of(order) not in AT_AN_END]
        return cls(
            cause=group.cause,
            reason=group.reason,
            message=group.said or group.title,
            unit=group.unit,
            size=len(group.names),
            names=list(group.names[:_NAMES]),
            order_id=group.order_ids[0] if len(group.order_ids) == len(group.names) == 1 else None,
            has_orders=group.is_about_orders,
            amounts=[Amount(currency=currency, amount=amount) for currency, amount in sorted(group.amounts.items())],
            since=group.since,
            advice=Advice.of_cause(group, language),
            retryable=[NamedOrder(order_id=order.order_id, name=order.name) for order in open_orders],
            snoozed_until=snoozed_until,
        )


_NAMES = 5


class AlertsAnswer(BaseModel):
    """The open causes, most urgent first and snoozed ones last, and the total count."""

    model_config = ConfigDict(frozen=True)

    total: int
    causes: list[CauseAnswer]

    @classmethod
    def of(cls, source: Source, limit: int, language: str) -> Self:
        """Return them, at most `limit`."""
        ledger = Ledger(source.engine, clock=lambda: source.now)
        snoozed = ledger.snoozes.until()
        groups = sorted(grouped(ledger, ledger.alerts.open()), key=lambda group: group.cause in snoozed)
        shown = [CauseAnswer.of(group, source, language, snoozed.get(group.cause)) for group in groups[:limit]]
        return cls(total=len(groups), causes=shown)
