"""The forms a secret takes in somebody else's answer: escaped for JSON, a URL or a page, or encoded in base64."""

import html
import json
from base64 import b64encode, urlsafe_b64encode
from functools import lru_cache
from unicodedata import normalize
from urllib.parse import quote, quote_plus

_SHORTEST_PIECE = 8
"""This many characters of base64, or of hexadecimal digits, are no coincidence."""


@lru_cache(maxsize=64)
def disguises(secret: str) -> frozenset[str]:
    """Return every form but the plain one."""
    spellings = {normalize(form, secret) for form in ("NFC", "NFD")} | {secret}
    return frozenset(form for spelling in spellings for form in _of(spelling)) - {secret, ""}


def usual_disguises(secret: str) -> set[str]:
    """Return the few forms that are worth an entry in somebody else's list, the plain one among them."""
    data = secret.encode("utf-8", "surrogatepass")
    json_forms = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    address, page = {quote(data, safe=""), quote(data), quote_plus(data)}, {html.escape(secret)}
    return {secret, repr(secret)[1:-1], *json_forms, *address, *page, *_in_base64(data)} - {""}


def _of(secret: str) -> set[str]:
    pages, packed = _in_page(secret), _bytes(secret)
    forms = {secret, secret.replace("'", "''"), *pages, *_in_json(secret)}
    forms |= {form for page in pages for form in _in_json(page)}
    forms |= {html.escape(form) for form in _in_json(secret)}
    forms |= {form for data in packed for form in (*_in_address(data), *_in_base64(data), *_in_digits(data))}
    return forms | {data.decode("latin-1") for data in packed}


def _bytes(secret: str) -> set[bytes]:
    """UTF-8, and the encodings of Windows and ISO used by older servers."""
    data = {secret.encode("utf-8", "surrogatepass")}
    for encoding in ("cp1252", "latin-1"):
        try:
            data.add(secret.encode(encoding))
        except UnicodeEncodeError:
            continue
    return data


def _in_json(secret: str) -> set[str]:
    """JSON writers escape to different degrees; a document inside a document is escaped twice."""
    once = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    once |= {"".join(c if c.isascii() else _upper_hex(c) for c in form) for form in once}
    once |= {form.replace("/", "\\/") for form in once}
    for escape in (r"\u%04x", r"\u%04X"):
        for signs in ("<>&", "<>&'"):
            once |= {form.translate({ord(sign): escape % ord(sign) for sign in signs}) for form in once}
    twice = {json.dumps(form)[1:-1] for form in once}
    return once | twice | {repr(secret)[1:-1]}


def _upper_hex(letter: str) -> str:
    return "".join(f"\\u{part.upper()}" for part in json.dumps(letter)[1:-1].split("\\u")[1:])


def _in_address(data: bytes) -> set[str]:
    whole = quote(data, safe="")
    forms = {quote(data, safe=safe) for safe in ("/", "!'()*", "!'()*/", ":/?@!$&'()*+,;=")}
    forms |= {whole, quote_plus(data), quote(whole, safe="")}
    return forms | {_lower_hex(form) for form in forms}


def _lower_hex(form: str) -> str:
    head, *escapes = form.split("%")
    return "%".join([head, *(escape[:2].lower() + escape[2:] for escape in escapes)])


def _in_page(secret: str) -> set[str]:
    plain = html.escape(secret, quote=False)
    quoted = html.escape(secret)
    decimal = quoted.replace("&#x27;", "&#39;")
    forms = {plain, quoted, decimal, decimal.replace("&quot;", "&#34;"), quoted.replace("&#x27;", "&apos;")}
    by_number = {
        "".join(sign if sign.isascii() else number % ord(sign) for sign in form)
        for form in forms
        for number in ("&#%d;", "&#x%x;", "&#x%X;")
    }
    return forms | by_number


def _in_base64(data: bytes) -> set[str]:
    """Base64 alone and inside a larger block, where three alignments give three different middle parts."""
    forms = set()
    for before in range(3):
        text = b64encode(b"\0" * before + data).decode().rstrip("=")
        first = (before * 8 + 5) // 6
        whole = (before + len(data)) * 8 // 6
        piece = text[first:whole]
        if len(piece) >= _SHORTEST_PIECE:
            forms |= {piece, piece.replace("+", "-").replace("/", "_")}
    return forms | {b64encode(data).decode(), urlsafe_b64encode(data).decode()}


def _in_digits(data: bytes) -> set[str]:
    """As Python and dumps show bytes."""
    dump = data.hex()
    return {repr(data)[2:-1], *((dump, dump.upper()) if len(dump) >= _SHORTEST_PIECE else ())}
