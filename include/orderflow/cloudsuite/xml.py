"""XML both ways: messages are built as a tree, never concatenated; answers are read without trusting them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

LARGEST = 1_000_000
"""Bytes; a normal answer to a message has a few hundred."""

_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, even escaped: most control characters, lone surrogates, U+FFFE, U+FFFF."""
_REPLACEMENT = "�"


class XmlError(ValueError):
    """A document that cannot be written, or is refused when read."""


class Status(NamedTuple):
    """An answer's verdict on a message: `<Status code="200" text="OK"/>`, as in cXML."""

    code: int
    text: str


def exact(text: str, what: str) -> str:
    """Return the text unchanged; XmlError if XML cannot hold it. A number that loses a character is another number."""
    unfit = _UNFIT.search(text)
    if unfit:
        raise XmlError(f"{what} {text!r} has a character that XML cannot hold: U+{ord(unfit.group()):04X}")
    return text


def readable(text: str) -> str:
    """Return a text for people. Each character that XML cannot hold becomes U+FFFD, so that it shows."""
    return _UNFIT.sub(_REPLACEMENT, text)


def child(parent: etree._Element, path: str, text: str | None = None, **attributes: str) -> etree._Element:
    """Nest elements inside one another; the innermost gets the text and attributes, and is returned."""
    for tag in path.split("/"):
        parent = etree.SubElement(parent, tag)
    parent.text = text
    for name, value in attributes.items():
        parent.set(name, value)
    return parent


def write(root: etree._Element, doctype: str | None = None) -> bytes:
    """Return the document in UTF-8 with an XML declaration."""
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n{doctype or ""}'
    return head.encode() + etree.tostring(root, encoding="unicode").encode()


def read(document: bytes | str) -> etree._Element:
    """Read a UTF-8 document; XmlError if it is not one, is too large, or declares entities.

    A DOCTYPE is allowed, because cXML answers have one, but no DTD is ever loaded. Entities beyond XML's own five can
    only be declared with the text `<!ENTITY`, so nothing is left that could expand, or read a file or an address.
    """
    content = document.encode("utf-8", "surrogatepass") if isinstance(document, str) else document
    if len(content) > LARGEST:
        raise XmlError(f"{len(content)} bytes are more than the {LARGEST} that are read")
    if b"<!ENTITY" in content:
        raise XmlError("it declares entities, which are not read")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise XmlError(f"not XML: {error}") from error


def status_of(root: etree._Element) -> Status | None:
    """Return the first Status of an answer in any namespace; None without one. XmlError for an invalid code."""
    found = next(_named(root, "Status"), None)
    if found is None:
        return None
    code = found.get("code", "")
    if not re.fullmatch(r"[1-9][0-9]{2}", code):
        raise XmlError(f"its Status has the code {code!r}")
    words = [found.get("text", ""), *map(str, found.itertext())]
    return Status(int(code), " ".join(" ".join(words).split()))


def _named(root: etree._Element, name: str) -> Iterator[etree._Element]:
    return (element for element in root.iter(f"{{*}}{name}"))
