"""What a comparison found, into the ledger: one finding that it refuses stops no other."""

from collections.abc import Iterable, Sequence
from functools import partial

from orderflow.errors import OrderflowError, TransientError
from orderflow.flow.batch import isolated
from orderflow.flow.services import Services
from orderflow.ledger.models.reconciliation import DetectedDifference, Finding


def keep_findings(
    services: Services, differences: Sequence[DetectedDifference], names: Iterable[str]
) -> tuple[list[Finding], int, list[OrderflowError]]:
    """Bring the ledger up to date: all at once or, where it refuses one, each order on its own.

    Returns what is open, how many are gone, and what could not be kept.
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
