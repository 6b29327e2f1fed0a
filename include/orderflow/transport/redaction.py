"""Excerpts of answers that are fit for messages and logs: short, one line, without secrets."""

import re
from collections.abc import Iterable
from html import unescape
from urllib.parse import urlsplit

LONGEST_EXCERPT = 500
_SHORTEST_SECRET = 4
"""Shorter values would black out ordinary text; no real secret is that short."""
_HIDDEN = "***"

_NAMED = re.compile(
    r"(?i)([\"']?(?:access_token|refresh_token|id_token|client_secret|password|passwd|secret|api[_-]?key|authorization)"
    r"[\"']?\s*[:=]\s*)(?:\"[^\"]*\"|'[^']*'|(?:(?:bearer|basic|token)\s+)?[^\s,;&}]+)"
)
_SCHEMED = re.compile(r"(?i)\b(bearer|basic|token)\s+[A-Za-z0-9._~+/=-]{16,}")
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")
_TITLE = re.compile(r"(?is)<title[^>]*>(.*?)</title>")
_UNSEEN = re.compile(r"(?is)<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]*>")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Hide the given secrets and whatever looks like one."""
    for secret in sorted(set(secrets), key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, _HIDDEN)
    text = _NAMED.sub(rf"\1{_HIDDEN}", text)
    text = _SCHEMED.sub(rf"\1 {_HIDDEN}", text)
    text = _JWT.sub(_HIDDEN, text)
    return _USERINFO.sub("", text)


def excerpt(body: str, secrets: Iterable[str] = ()) -> str:
    """Return the first 500 characters of an answer on one line; of a page its title, else its text, else as it is."""
    text = body.strip()
    if text.startswith("<"):
        title = _TITLE.search(text)
        seen = unescape(title.group(1) if title else _UNSEEN.sub(" ", text))
        text = seen if seen.strip() else text  # XML may say all it has to say in attributes
    # Hidden before it is cut: half a secret would be recognised by nobody.
    text = redact(" ".join(text.split()), secrets)
    return text if len(text) <= LONGEST_EXCERPT else text[: LONGEST_EXCERPT - 1] + "…"


def pointed_at(location: str) -> str:
    """Return where a redirect points to, without what may be secret in it (user, query, fragment)."""
    parts = urlsplit(location)
    host = parts.netloc.rpartition("@")[2]
    return (f"{parts.scheme}:" if parts.scheme else "") + (f"//{host}" if host else "") + parts.path
