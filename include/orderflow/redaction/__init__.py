"""The last gate on the way out: no secret and nothing that forges a line gets into a ledger, log, message or page.

Code that reads a credential registers it (`remember`); code that outputs a text passes it through `fit_to_show`.
"""

from orderflow.redaction.gate import (
    SHORTEST_SECRET,
    excerpt,
    fit_to_show,
    impersonal,
    redact,
    remember,
    usual_forms,
    visible,
)
from orderflow.redaction.logs import GuardedFormatter, guard_logs, hide

__all__ = [
    "SHORTEST_SECRET",
    "GuardedFormatter",
    "excerpt",
    "fit_to_show",
    "guard_logs",
    "hide",
    "impersonal",
    "redact",
    "remember",
    "usual_forms",
    "visible",
]
