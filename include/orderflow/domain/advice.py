"""What people are told about a cause: what it means, whose it is, and the next step. One answer, whoever found it."""

from orderflow.domain.explanation import Explanation
from orderflow.domain.explanations import EXPLAINED
from orderflow.domain.findings import KINDS, FindingKind
from orderflow.domain.reasons import Owner, Reason


def advice(reason: Reason, title: str) -> Explanation:
    """Explain a cause. A difference between shop and ERP is explained by its kind; an outage is somebody's, too."""
    if reason is Reason.SIDES_DIFFER and title in set(FindingKind):
        meaning, owner, action, _ = KINDS[FindingKind(title)]
        return Explanation(meaning, owner, action)
    said = EXPLAINED[reason]
    return said._replace(owner=Owner.INTEGRATION) if said.owner is Owner.NOBODY else said
