"""JSON documents are read strictly, and written back unchanged."""

import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.transport.document import DEEPEST, WrittenNumber, read_document, write_document

_DIGITS = st.integers(min_value=0, max_value=10**40).map(str)
_NUMBERS = st.builds(
    lambda sign, whole, fraction, exponent: f"{sign}{whole}{fraction}{exponent}",
    st.sampled_from(["", "-"]),
    _DIGITS,
    st.one_of(st.just(""), st.text("0123456789", min_size=1, max_size=30).map(".{}".format)),
    st.one_of(st.just(""), st.builds("{}{}{}".format, st.sampled_from("eE"), st.sampled_from(["", "+", "-"]), _DIGITS)),
)
"""Every way to write a number, also those that no float, int or Decimal holds."""

_CODE_POINTS = st.integers(min_value=0, max_value=0xFFFF).map(lambda number: f"\\u{number:04x}")
_TEXTS = st.one_of(st.text().map(json.dumps), st.lists(_CODE_POINTS, max_size=6).map(lambda some: f'"{"".join(some)}"'))
"""Strings, lone surrogates and composed and decomposed letters among them."""

_JSON = st.recursive(
    st.one_of(_NUMBERS, _TEXTS, st.sampled_from(["true", "false", "null"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda parts: f"[{','.join(parts)}]"),
        st.lists(st.tuples(_TEXTS, inner), max_size=4, unique_by=lambda pair: json.loads(pair[0])).map(
            lambda pairs: f"{{{','.join(f'{name}:{value}' for name, value in pairs)}}}"
        ),
    ),
    max_leaves=20,
)


class _Token(str):
    """A number as its text, unlike a string of the same text."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"number {super().__repr__()}"


def _meaning(text: str) -> Any:
    """Return what a document says, names in sequence, numbers as their text, strings code point by code point."""
    return repr(json.loads(text, parse_float=_Token, parse_int=_Token, object_pairs_hook=tuple))


@given(_JSON)
def test_whatever_is_read_is_written_with_every_number_and_letter_as_it_was(text: str) -> None:
    written = write_document(read_document(text.encode()))
    assert _meaning(written.decode()) == _meaning(text)


@given(st.binary() | _JSON.map(str.encode))
def test_anything_is_either_read_or_refused(content: bytes) -> None:
    with suppress(ValueError):
        read_document(content)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ('{"name": "Müller"}'.encode("latin-1"), r"is not UTF-8 \(byte 11\)"),
        ('{"name": "Müller"}'.encode("utf-16"), "is not UTF-8"),
        (b'{"name": "\xed\xa0\x80"}', "is not UTF-8"),
        (b"", "is not JSON"),
        (b'{"price": NaN}', "is not JSON"),
        (b'{"price": -Infinity}', "is not JSON"),
        (b'{"price": 01}', "is not JSON"),
        (b'{"a": 1} {"b": 2}', "is not JSON"),
        (b'{"a": "b\tc"}', "is not JSON"),
        (b'{"state": "confirmed", "state": "cancel"}', "names a field twice"),
        (b'{"\\u0061": 1, "a": 2}', "names a field twice"),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "nested deeper"),
        (b'{"a":' * 200_000 + b"1" + b"}" * 200_000, "nested deeper"),
        (b"[" * 200_000, "nested deeper"),
    ],
    ids=lambda value: str(value[:20]),
)
def test_what_is_not_strictly_json_is_refused_without_being_quoted(content: bytes, what: str) -> None:
    with pytest.raises(ValueError, match=what) as caught:
        read_document(content)
    assert "ller" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_brackets_in_texts_are_not_nesting() -> None:
    text = '{"a": "' + "[{" * 500 + '\\"", "b": "' + "[" * 500 + '"}'
    assert read_document(text.encode()) == json.loads(text)


def test_a_byte_order_mark_is_no_part_of_the_document() -> None:
    assert read_document(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_names_that_only_look_the_same_stay_two() -> None:
    text = '{"caf\u00e9": 1, "cafe\u0301": 2}'
    assert json.loads(write_document(read_document(text.encode()))) == {"caf\u00e9": 1, "cafe\u0301": 2}


def test_numbers_can_be_reckoned_with() -> None:
    price = read_document(b"10.50")
    assert price + 1 == Decimal("11.50")
    assert price == Decimal("10.5")
    assert str(price) == "10.50"
    assert WrittenNumber("1E99999999999999999999").is_nan()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {"a": {1, 2}}])
def test_what_json_has_no_word_for_is_not_written(value: object) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_document(value)


@pytest.mark.parametrize("piece", [b'"', b'\\"', b'"\\', b"[]", b'"[', b"\\", b"{"])
def test_size_alone_is_no_trouble(piece: bytes) -> None:
    """A pattern that goes back over what it has seen would take hours here."""
    with pytest.raises(ValueError, match=r"JSON|nested"):
        read_document(b'"' + piece * 1_000_000)
