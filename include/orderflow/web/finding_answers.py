"""The shapes of the JSON answers about differences between shop and ERP."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from orderflow.domain.attention import attention
from orderflow.ledger.models.orders import LedgerOrder
from orderflow.ledger.models.reconciliation import Finding
from orderflow.web.alert_answers import Advice


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class FindingAnswer(_Answer):
    """An unresolved difference between shop and ERP.

    If the order itself needs somebody, owner and action are those on its own page. `changed` means that the order has
    changed since the difference was last found: the difference may be gone.
    """

    kind: str
    meaning: str
    owner: str
    action: str
    webshop: int
    order_id: int | None
    external_reference: str
    erp_number: str | None
    shop_value: str
    erp_value: str
    detail: str
    day: str
    first_seen_at: datetime
    last_seen_at: datetime
    changed: bool

    @classmethod
    def of(cls, finding: Finding, order: LedgerOrder | None, language: str) -> Self:
        """Combine the finding with the meaning of its kind."""
        said = Advice.of_difference(finding.kind, language)
        wrong = attention(order.progress, order.reason) if order else None
        todo = said if wrong is None else Advice.of(wrong, language)
        found = finding.model_dump(include=cls.model_fields.keys() & Finding.model_fields.keys())
        changed = order is not None and order.updated_at > finding.last_seen_at
        return cls(meaning=said.meaning, owner=todo.owner, action=todo.action, changed=changed, **found)


class FindingsAnswer(_Answer):
    """The oldest open findings, the total count, and when the two sides were last compared."""

    total: int
    compared_at: datetime | None
    findings: list[FindingAnswer]
