"""XML both ways: what is sent is built as a tree, never glued together; an answer is read without trusting it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

LARGEST = 1_000_000
"""Bytes; an answer to a message is a few hundred."""

_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, escaped or not: most control characters, halves of surrogate pairs, U+FFFE, U+FFFF."""
_REPLACEMENT = "�"


class XmlError(ValueError):
    """A document that cannot be written, or that is not read."""


class Status(NamedTuple):
    """What an answer says of a message: `<Status code="200" text="OK"/>`, as in cXML."""

    code: int
    text: str


def exact(text: str, what: str) -> str:
    """Return the text unchanged; XmlError if XML cannot hold it: a number without one character is another number."""
    unfit = _UNFIT.search(text)
    if unfit:
        raise XmlError(f"{what} {text!r} has a character that XML cannot hold: U+{ord(unfit.group()):04X}")
    return text


def readable(text: str) -> str:
    """Return a text for people, each character that XML cannot hold replaced by U+FFFD so that it shows."""
    return _UNFIT.sub(_REPLACEMENT, text)


def child(parent: etree._Element, path: str, text: str | None = None, **attributes: str) -> etree._Element:
    """Add elements one below the other, the last one with a text and attributes; returns the last one."""
    for tag in path.split("/"):
        parent = etree.SubElement(parent, tag)
    parent.text = text
    for name, value in attributes.items():
        parent.set(name, value)
    return parent


def write(root: etree._Element, doctype: str | None = None) -> bytes:
    """Return the document in UTF-8 with its declaration."""
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n{doctype or ""}'
    return head.encode() + etree.tostring(root, encoding="unicode").encode()


def read(document: bytes | str) -> etree._Element:
    """Read a document in UTF-8; XmlError when it is none, is too large, or declares entities.

    A DOCTYPE may stand there, for cXML answers carry one, but no DTD is ever loaded. Entities beyond the five of XML
    cannot be declared without the text `<!ENTITY`, so nothing is left that could expand, or read a file or an address.
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
    """Return the first Status of an answer, whatever its namespace; None without one. XmlError for a strange code."""
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
