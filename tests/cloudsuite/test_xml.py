"""Answers are read without trusting them: nothing is expanded, fetched or excessively large."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from orderflow.cloudsuite.xml import LARGEST, Status, XmlError, child, exact, read, readable, status_of, write

LAUGHS = (
    '<!DOCTYPE r [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]><r>&j;</r>"
)


def test_a_billion_laughs_are_refused_before_the_first() -> None:
    with pytest.raises(XmlError, match="entities"):
        read(LAUGHS)
    with pytest.raises(XmlError, match="entities"):
        read(LAUGHS.replace("<r>&j;</r>", '<r a="&j;"/>'))


@pytest.mark.parametrize("declared", ['<!ENTITY x SYSTEM "file://{path}">', '<!ENTITY % x SYSTEM "file://{path}"> %x;'])
def test_no_file_is_read(tmp_path: Path, declared: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("p4ss")
    with pytest.raises(XmlError) as caught:
        read(f"<!DOCTYPE r [{declared.format(path=secret)}]><r>&x;</r>")
    assert "p4ss" not in str(caught.value)


def test_a_dtd_may_be_named_and_is_never_loaded(tmp_path: Path) -> None:
    """An answer in cXML carries one. What this one would add to the document is not there."""
    dtd = tmp_path / "c.dtd"
    dtd.write_text('<!ATTLIST Status code CDATA "400"><!ENTITY x "p4ss">')
    doctype = f'<!DOCTYPE cXML SYSTEM "file://{dtd}">'
    root = read(f'{doctype}<cXML><Response><Status text="OK" code="200"/></Response></cXML>')
    assert status_of(root) == Status(200, "OK")
    assert read(f"{doctype}<cXML><Status/></cXML>").find("Status").get("code") is None  # type: ignore[union-attr]
    assert b"p4ss" not in etree.tostring(read(f"{doctype}<cXML>&x;</cXML>"))


def test_what_is_too_large_is_refused_unread() -> None:
    with pytest.raises(XmlError, match="bytes"):
        read(b"<r>" + b"x" * LARGEST + b"</r>")


def test_what_is_nested_too_deep_is_refused() -> None:
    with pytest.raises(XmlError, match="not XML"):
        read("<r>" * 100_000 + "</r>" * 100_000)


@pytest.mark.parametrize("text", ["", "OK", "<r>", '<?xml version="1.0"?>', "<r/><r/>", "<r>\0</r>", "<r>\ud800</r>"])
def test_what_is_no_document_is_said_so(text: str) -> None:
    with pytest.raises(XmlError):
        read(text)


def test_utf_16_cannot_smuggle_in_what_utf_8_may_not() -> None:
    with pytest.raises(XmlError):
        read(LAUGHS.encode("utf-16"))


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ('<Response><Status code="200" text="OK"/></Response>', Status(200, "OK")),
        ('<a xmlns="urn:x"><Status code="450">Not\n implemented</Status></a>', Status(450, "Not implemented")),
        ("<Response/>", None),
    ],
)
def test_the_status_of_an_answer(document: str, status: Status | None) -> None:
    assert status_of(read(document)) == status


@pytest.mark.parametrize("code", ["", "OK", "20", "2000", "-20", "٢٠٠"])
def test_a_status_that_is_no_number_is_not_guessed(code: str) -> None:
    with pytest.raises(XmlError, match="code"):
        status_of(read(f'<r><Status code="{code}"/></r>'))


@given(st.text())
def test_any_text_is_written_exactly_or_refused(text: str) -> None:
    root = etree.Element("r")
    try:
        child(root, "a/b", exact(text, "it"), c=text)
    except XmlError:
        assert readable(text) != text
        return
    back = read(write(root)).find("a/b")
    assert back is not None
    assert (back.text or "", back.get("c")) == (text, text)


@given(st.text())
def test_any_text_can_be_made_readable_and_keeps_its_length(text: str) -> None:
    root = etree.Element("r")
    root.text = readable(text)
    assert len(read(write(root)).text or "") == len(text)
