"""Writes the findings to the ledger; one that the ledger refuses does not stop the others."""

from collections.abc import Iterable, Sequence
from functools import partial

from orderflow.errors import OrderflowError, TransientError
from orderflow.flow.batch import isolated
from orderflow.flow.services import Services
from orderflow.ledger.models.reconciliation import DetectedDifference, Finding


def keep_findings(
    services: Services, differences: Sequence[DetectedDifference], names: Iterable[str]
) -> tuple[list[Finding], int, list[OrderflowError]]:
    """Update the ledger: all findings at once or, if it refuses one, each order separately.

    Returns the open findings, how many are resolved, and what could not be stored.
    """
    book = services.ledger.findings
    together = isolated(partial(book.update, differences, judged=[*names]), "findings")
    if not isinstance(together, OrderflowError):
        return *together, []
    if isinstance(together, TransientError):
        raise together
    findings, gone, refused = list[Finding](), 0, list[OrderflowError]()
    for name in names:
        met = [difference for difference in differences if difference.external_reference == name]
        alone = isolated(partial(book.update, met, judged=[name]), name)
        if isinstance(alone, OrderflowError):
            refused.append(alone)
        else:
            findings.extend(alone[0])
            gone += alone[1]
    return findings, gone, refused
