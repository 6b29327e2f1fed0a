"""Secrets that are planted to be looked for: the forms in which a service may quote one, and finding them again."""

import base64
import html
import json
from collections.abc import Mapping
from urllib.parse import quote


def forms(secret: str) -> list[str]:
    """Return a secret raw, escaped for JSON, an address and a page, in base64, in a block, and in a wrapped block."""
    packed = base64.b64encode(secret.encode()).decode()
    block = base64.b64encode(f"orderflow:{secret}:more".encode()).decode()
    return [
        secret,
        json.dumps(secret)[1:-1],
        quote(secret, safe=""),
        html.escape(secret),
        packed,
        block,
        "\n".join(block[at : at + 11] for at in range(0, len(block), 11)),
    ]


def found_in(text: str, secret: str) -> list[str]:
    """Return the forms that a text holds, wrapped or not."""
    squeezed = "".join(text.split())
    pieces = [*forms(secret)[:5], base64.b64encode(b"orderflow:" + secret.encode()).decode().rstrip("=")[14:-2]]
    return [piece for piece in pieces if "".join(piece.split()) in squeezed]


def leaks(texts: Mapping[str, str], *secrets: str) -> list[tuple[str, str]]:
    """Return where a secret is, and in which form."""
    return [(where, form) for where, text in texts.items() for secret in secrets for form in found_in(text, secret)]
