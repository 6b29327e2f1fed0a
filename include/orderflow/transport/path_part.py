"""Origins and keys of records from outside, as part of an address."""

import re
from urllib.parse import quote

from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError

_SLASHES = re.compile(r"[/\\]")


def path_part(text: str, what: str, reason: Reason) -> str:
    """Return a text, percent-encoded, as one part of a path; PermanentError if it would lead to another address.

    `what` names the record for people. Dots alone are resolved even if they are encoded, and some servers decode
    slashes before they do so.
    """
    if not text.strip() or not {".", ".."}.isdisjoint(_SLASHES.split(text)):
        raise PermanentError(f"{what} cannot be asked for: {text!r} leads to another address", reason=reason)
    return quote(text, safe="")
