"""The key in a line's note survives what people do to notes and lines."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from orderflow.domain.order import ProductKey
from orderflow.erp.tryton.line_key import LineKey, originals

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=30)
ORIGINS = WORDS.filter(lambda origin: "]" not in origin)
KEYS = st.builds(
    LineKey, st.integers(0, 10**12), st.integers(0, 10**6), st.builds(ProductKey, origin=ORIGINS, key=WORDS)
)


@dataclass(frozen=True)
class Line:
    id: int
    note: str | None

    @property
    def key(self) -> LineKey | None:
        return LineKey.read(self.note)


@given(KEYS)
def test_a_key_is_read_as_it_was_written(key: LineKey) -> None:
    assert LineKey.read(key.note) == key


@given(KEYS, WORDS, WORDS)
def test_people_may_write_before_and_after_it(key: LineKey, before: str, after: str) -> None:
    if LineKey.read(before) is None:
        assert LineKey.read(f"{before}\n{key.note}\n{after}") == key


@given(st.none() | WORDS)
def test_any_other_note_has_none(note: str | None) -> None:
    assert LineKey.read(note) is None or str(note).startswith("Web order ")


@given(KEYS, st.permutations([3, 7, 9]))
def test_of_a_line_and_its_copies_the_oldest_is_the_one_that_was_sent(key: LineKey, ids: list[int]) -> None:
    assert originals([Line(id_, key.note) for id_ in ids]) == {key.position: Line(3, key.note)}


def test_a_line_without_a_key_is_none_of_them() -> None:
    assert originals([Line(1, None), Line(2, "a note")]) == {}
