"""The advice about a cause: what it means, who owns it, and the next step. The same wherever it was found."""

from orderflow.domain.explanation import Explanation
from orderflow.domain.explanations import EXPLAINED
from orderflow.domain.findings import KINDS, FindingKind
from orderflow.domain.reasons import Owner, Reason


def advice(reason: Reason, title: str) -> Explanation:
    """Explain a cause. A difference between shop and ERP is explained by its kind. An outage always has an owner."""
    if reason is Reason.SIDES_DIFFER and title in set(FindingKind):
        meaning, owner, action, *_ = KINDS[FindingKind(title)]
        return Explanation(meaning, owner, action)
    said = EXPLAINED[reason]
    return said._replace(owner=Owner.INTEGRATION) if said.owner is Owner.NOBODY else said
