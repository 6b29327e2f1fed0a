"""Texts made fit to be shown: secrets hidden in any form, escapes visible, answers cut short."""

import re
from collections.abc import Iterable
from functools import lru_cache
from threading import Lock

from orderflow.redaction.disguises import disguises, usual_disguises
from orderflow.redaction.pages import words_of
from orderflow.redaction.spellings import places_of

LONGEST_EXCERPT = 500
_LOOKED_AT = 16_384
"""Characters of an answer that are examined: people see only its beginning."""
SHORTEST_SECRET = 4
"""Shorter values occur in ordinary words: they cannot be hidden."""
_SHORTEST_ANYWHERE = 6
"""Shorter ones are hidden only as whole words: otherwise they would black out parts of ordinary words."""
_ORDINARY = frozenset(
    {
        "secret",
        "password",
        "passwd",
        "client_secret",
        "access_token",
        "refresh_token",
        "id_token",
        "api_key",
        "authorization",
        *("basic", "bearer", "token"),
        *("true", "false", "null", "none", "http", "https"),
    }
)
"""Names of secrets, and words of JSON and addresses. As a value, one of these would black out the names by which other
secrets are recognised, or what answers are made of."""
_HIDDEN = "***"

_NAMED = re.compile(
    r"(?i)([\"']?(?:access_token|refresh_token|id_token|client_secret|password|passwd|secret|api[_-]?key|authorization)"
    r"[\"']?\s*+[:=]\s*+)(?:\"[^\"]*+\"|'[^']*+'|(?:(?:bearer|basic|token)\s++)?[^\s,;&}]++)"
)
_SCHEMED = re.compile(r"(?i)\b(bearer|basic|token)\s++[A-Za-z0-9._~+/=-]{16,}+")
_JWT = re.compile(r"(?<![\w-])eyJ[A-Za-z0-9_-]{8,}+\.[A-Za-z0-9_-]++\.[A-Za-z0-9_-]*+")
_USERINFO = re.compile(r"(?<=//)(?:[^/?#\s]*@|[^/?#@:\s]+:(?!\d{1,5}(?:[/?#\s]|$))\S{0,300}@)")
"""Up to the last @ before the path; if a password contains a /, up to the last @ after it."""
_MAIL = re.compile(r"(?<![^\s@<>\"'(),;:\[\]{}=|])[^\s@<>\"'(),;:\[\]{}=|]++@[^\s@<>\"'(),;:\[\]{}=|]++")
_PHONE = re.compile(r"(?<![\w+.,-])(?:\+|0[1-9])(?:[0-9]|[ ().\/-](?=[ ().\/-]?[0-9(])){7,18}+(?![\w])")
_FEWEST_DIGITS = 9
_FORGING = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069"
    r"\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Characters that control a terminal, change a line's direction, end a line, or are invisible."""

_lock = Lock()
_remembered: dict[str, None] = {}


def remember(*secrets: str) -> None:
    """Hide these values in every text, for the lifetime of this process."""
    told = [secret for secret in secrets if len(secret) >= SHORTEST_SECRET and secret.lower() not in _ORDINARY]
    with _lock:
        _remembered.update(dict.fromkeys(told))


def usual_forms(secret: str) -> tuple[str, ...]:
    """Return a secret in the forms in which it usually appears, for whoever hides texts of others than this package."""
    return tuple(sorted(usual_disguises(secret))) if len(secret) >= _SHORTEST_ANYWHERE else (secret,)


def fit_to_show(text: str, secrets: Iterable[str] = ()) -> str:
    """Hide everything that is, or looks like, a secret, and show characters that could forge a line as escapes."""
    return visible(redact(text, secrets))


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Hide the given and the remembered secrets in any form, and everything that looks like one."""
    forms = _all_forms(secrets)
    for form in forms:
        text = text.replace(form, _HIDDEN)
    text = _without_spelled(text, forms)
    for alone in _short_ones():
        text = alone.sub(_HIDDEN, text)
    text = _NAMED.sub(rf"\1{_HIDDEN}", text)
    text = _SCHEMED.sub(rf"\1 {_HIDDEN}", text)
    text = _JWT.sub(_HIDDEN, text)
    return _USERINFO.sub("", text)


def visible(text: str) -> str:
    """Show characters that control a terminal, a line or its direction as escapes."""
    return _FORGING.sub(lambda found: _escape(ord(found.group())), text)


def impersonal(text: str) -> str:
    """Leave out email addresses and phone numbers."""
    text = _MAIL.sub("[mail address]", text)
    return _PHONE.sub(
        lambda found: "[phone number]" if sum(map(str.isdigit, found.group())) >= _FEWEST_DIGITS else found.group(),
        text,
    )


def excerpt(body: str, secrets: Iterable[str] = ()) -> str:
    """Return the first 500 characters of an answer on one line; for a page its title, or else its text or all."""
    is_cut = len(body) > _LOOKED_AT
    text = body[:_LOOKED_AT].strip()
    if text.startswith("<"):
        text = words_of(text) or text  # XML may contain everything in attributes
    # Hidden before cutting: half a secret would not be recognised.
    text = impersonal(fit_to_show(" ".join(text.split()), secrets))
    if is_cut and len(text) <= LONGEST_EXCERPT:
        # The text ends where the body was cut, perhaps in the middle of a secret.
        return text[: max(0, len(text) - max(map(len, _all_forms(secrets)), default=0))] + "…"
    return text if len(text) <= LONGEST_EXCERPT else text[: LONGEST_EXCERPT - 1] + "…"


def _all_forms(secrets: Iterable[str]) -> tuple[str, ...]:
    known = {secret for secret in _known() if len(secret) >= _SHORTEST_ANYWHERE}
    return _forms(frozenset(known | {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}))


def _known() -> frozenset[str]:
    with _lock:
        return frozenset(_remembered)


def _short_ones() -> tuple[re.Pattern[str], ...]:
    return _alone(frozenset(secret for secret in _known() if len(secret) < _SHORTEST_ANYWHERE))


@lru_cache(maxsize=64)
def _alone(secrets: frozenset[str]) -> tuple[re.Pattern[str], ...]:
    """Return a pattern that finds these in any form, but not inside another word."""
    forms = (re.escape(form) for form in _forms(secrets))
    return tuple(re.compile(rf"(?<![\w-])(?<!\w\.){form}(?![\w-]|\.\w)") for form in forms)


@lru_cache(maxsize=64)
def _forms(secrets: frozenset[str]) -> tuple[str, ...]:
    """Return all forms of all secrets, longest first, because one may be part of another."""
    forms = {form for secret in secrets for form in (secret, *disguises(secret))}
    return tuple(sorted(forms, key=len, reverse=True))


def _without_spelled(text: str, forms: tuple[str, ...]) -> str:
    """Hide forms that are split by line ends or invisible signs, or escaped otherwise."""
    for first, last in reversed(places_of(text, forms)):
        text = f"{text[:first]}{_HIDDEN}{text[last:]}"
    return text


def _escape(code: int) -> str:
    if code <= 0xFF:  # noqa: PLR2004
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004
