"""The shapes of the JSON answers about differences between shop and ERP."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from orderflow.domain.findings import KINDS
from orderflow.domain.findings_nl import KINDS_NL
from orderflow.domain.reasons_nl import FIXERS_NL
from orderflow.ledger.models.reconciliation import Finding


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class FindingAnswer(_Answer):
    """A difference between shop and ERP that is not resolved."""

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

    @classmethod
    def of(cls, finding: Finding, language: str) -> Self:
        """Put what the kind means beside what was found."""
        meaning, owner, action, _ = KINDS[finding.kind]
        name: str = owner
        if language == "nl":
            (meaning, action), name = KINDS_NL[finding.kind], FIXERS_NL[owner]
        found = finding.model_dump(include=cls.model_fields.keys() & Finding.model_fields.keys())
        return cls(meaning=meaning, owner=name, action=action, **found)


class FindingsAnswer(_Answer):
    """The oldest open findings, how many there are, and when the two sides were last compared."""

    total: int
    compared_at: datetime | None
    findings: list[FindingAnswer]
