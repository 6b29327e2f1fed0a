"""The forms a secret takes in somebody else's answer: escaped for JSON, an address or a page, or packed in base64."""

import html
import json
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, quote_plus

_SHORTEST_PIECE = 8
"""So many characters of base64 in a row are no accident."""


def disguises(secret: str) -> set[str]:
    """Return every form except the plain one."""
    return {*_in_json(secret), *_in_address(secret), *_in_page(secret), *_in_base64(secret)} - {secret, ""}


def _in_json(secret: str) -> set[str]:
    """JSON writers escape more or less; a document inside a document escapes twice."""
    once = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    once |= {form.replace("/", "\\/") for form in once}
    for escape in (r"\u%04x", r"\u%04X"):
        for signs in ("<>&", "<>&'"):
            once |= {form.translate({ord(sign): escape % ord(sign) for sign in signs}) for form in once}
    twice = {json.dumps(form)[1:-1] for form in once}
    return once | twice | {repr(secret)[1:-1]}


def _in_address(secret: str) -> set[str]:
    encoded = secret.encode("utf-8", "surrogatepass")
    forms = {quote(encoded, safe=safe) for safe in ("", "/", "!'()*", "!'()*/", ":/?@!$&'()*+,;=")}
    forms.add(quote_plus(encoded))
    return forms | {_lower_hex(form) for form in forms}


def _lower_hex(form: str) -> str:
    head, *escapes = form.split("%")
    return "%".join([head, *(escape[:2].lower() + escape[2:] for escape in escapes)])


def _in_page(secret: str) -> set[str]:
    plain = html.escape(secret, quote=False)
    quoted = html.escape(secret)
    decimal = quoted.replace("&#x27;", "&#39;")
    return {plain, quoted, decimal, decimal.replace("&quot;", "&#34;")}


def _in_base64(secret: str) -> set[str]:
    """Base64 on its own and inside a larger block, where three alignments give three different middles."""
    data = secret.encode("utf-8", "surrogatepass")
    forms = set()
    for before in range(3):
        text = b64encode(b"\0" * before + data).decode().rstrip("=")
        first = (before * 8 + 5) // 6
        whole = (before + len(data)) * 8 // 6
        piece = text[first:whole]
        if len(piece) >= _SHORTEST_PIECE:
            forms |= {piece, piece.replace("+", "-").replace("/", "_")}
    return forms | {b64encode(data).decode(), urlsafe_b64encode(data).decode()}
