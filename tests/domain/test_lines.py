"""Lines are identified by id or content: renumbered, reordered, trimmed or equal lines get the right number or none."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.domain.lines import SentLine, content_of, match_lines
from orderflow.domain.order import OrderLine, ProductKey


def line(
    position: int,
    product: str,
    line_id: int | None = None,
    *,
    text: str = "",
    quantity: str = "1",
    price: str = "2.00",
    number: int | None = None,
) -> OrderLine:
    return OrderLine(
        position=position, line_id=line_id, product=ProductKey(origin="o", key=product), description=text,
        quantity=Decimal(quantity), unit_price=Decimal(price), erp_line_number=number,
    )  # fmt: skip


def sent(*lines: OrderLine) -> list[SentLine]:
    return [SentLine.of(one) for one in lines]


NUMBERS = {1: 10, 2: 20, 3: 30}


def numbers_of(now: Sequence[OrderLine], were: Sequence[SentLine]) -> dict[str, int]:
    positions = match_lines(now, were, NUMBERS)
    return {
        f"{one.product.key if one.product else ''}{one.description}": NUMBERS[positions[one.position]] for one in now
    }


def test_lines_with_new_ids_in_another_sequence_are_known_by_content() -> None:
    were = sent(line(1, "APPLE", 1), line(2, "PEAR", 2))
    now = [line(1, "PEAR", 11), line(2, "APPLE", 12)]
    assert numbers_of(now, were) == {"APPLE": 10, "PEAR": 20}


@pytest.mark.parametrize("ids", [(1, 2), (2, 1), (11, 12), (None, None), (7, 7), (2, None)], ids=str)
@pytest.mark.parametrize("turned", [False, True])
def test_where_nobody_edited_anything_the_content_says_which_line_is_which(
    ids: tuple[int | None, int | None],
    turned: bool,  # noqa: FBT001
) -> None:
    """A shop may number the lines of an order from 1 again, after it has turned them."""
    were = sent(line(1, "APPLE", 1), line(2, "PEAR", 2))
    goods = ("PEAR", "APPLE") if turned else ("APPLE", "PEAR")
    now = [line(n, product, line_id) for n, (product, line_id) in enumerate(zip(goods, ids, strict=True), start=1)]
    assert numbers_of(now, were) == {"APPLE": 10, "PEAR": 20}


@pytest.mark.parametrize(
    ("now", "positions"),
    [
        ([line(1, "GRAPE", 1), line(2, "PEAR", 2)], {1: 1, 2: 2}),
        ([line(1, "PEAR", 1), line(2, "PEAR", 2)], {1: 1, 2: 2}),
        ([line(1, "APPLE", 1, quantity="5"), line(2, "PEAR", 2, quantity="6")], {1: 1, 2: 2}),
        ([line(1, "PEAR", 1), line(2, "APPLE", 2, quantity="5")], {1: 2, 2: 1}),
        ([line(1, "PEAR", 1), line(2, "GRAPE", 2)], None),
        ([line(1, "GRAPE", 2), line(2, "KIWI", 2)], None),
    ],
    ids=["a product", "the same product as another", "quantities", "turned and edited", "either", "repeated ids"],
)
def test_an_edited_line_is_known_by_its_id_unless_its_content_says_otherwise(
    now: list[OrderLine], positions: dict[int, int] | None
) -> None:
    were = sent(line(1, "APPLE", 1), line(2, "PEAR", 2))
    if positions is None:
        with pytest.raises(LookupError):
            match_lines(now, were, NUMBERS)
    else:
        assert match_lines(now, were, NUMBERS) == positions


def test_lines_of_one_product_that_were_turned_and_numbered_anew_are_known_by_their_quantities() -> None:
    were = sent(line(1, "A", 1, quantity="1"), line(2, "A", 2, quantity="2"))
    assert match_lines([line(1, "A", 1, quantity="2"), line(2, "A", 2, quantity="1")], were, NUMBERS) == {1: 2, 2: 1}


def test_quantities_that_became_those_of_another_line_leave_the_ids_right() -> None:
    were = sent(line(1, "A", 1, quantity="1"), line(2, "A", 2, quantity="2"))
    now = [line(1, "A", 1, quantity="2"), line(2, "A", 2, quantity="3")]
    assert match_lines(now, were, NUMBERS) == {1: 1, 2: 2}


def test_a_shop_that_stores_texts_in_other_words_keeps_the_numbers_it_shows() -> None:
    were = sent(line(1, "A", 1, text="left"), line(2, "A", 2, text="right"))
    now = [line(1, "A", 11, text="RIGHT", number=20), line(2, "A", 12, text="LEFT", number=10)]
    assert match_lines(now, were, NUMBERS) == {1: 2, 2: 1}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"text": " red\r\nand  blue "}, {"text": "red\nand blue"}),
        ({"text": "cafe\u0301"}, {"text": "caf\u00e9"}),
        ({"quantity": "1E+1"}, {"quantity": "10.0000"}),
        ({"price": "-0.00"}, {"price": "0"}),
    ],
    ids=["blanks", "letters", "exponent", "minus nothing"],
)
def test_the_same_in_other_clothes(one: dict[str, str], other: dict[str, str]) -> None:
    assert content_of(line(1, "A", **one)) == content_of(line(1, "A", **other))  # type: ignore[arg-type]


def test_an_id_that_two_lines_have_says_nothing() -> None:
    were = sent(line(1, "APPLE", 1), line(2, "PEAR", 1))
    assert numbers_of([line(1, "PEAR", 1), line(2, "APPLE", 1)], were) == {"APPLE": 10, "PEAR": 20}


def test_equal_lines_keep_the_numbers_that_they_show() -> None:
    were = sent(line(1, "A", 1), line(2, "A", 2), line(3, "B", 3))
    now = [line(1, "A", 11, number=20), line(2, "B", 12), line(3, "A", 13, number=10)]
    assert match_lines(now, were, NUMBERS) == {1: 2, 2: 3, 3: 1}


def test_one_of_two_equal_lines_was_edited() -> None:
    were = sent(line(1, "A", 1), line(2, "A", 2), line(3, "B", 3))
    assert match_lines([line(1, "A", 11, quantity="7"), line(2, "B", 12), line(3, "A", 13)], were, NUMBERS) == {
        1: 2,
        2: 3,
        3: 1,
    }


def test_a_text_that_has_changed_leaves_no_doubt_where_the_goods_are_unique() -> None:
    were = sent(line(1, "A", 1, text="red "), line(2, "B", 2, text="blue"))
    now = [line(1, "B", 12, text="light blue"), line(2, "A", 11, text="red")]
    assert numbers_of(now, were) == {"Ared": 10, "Blight blue": 20}


@pytest.mark.parametrize("changed", [{"text": "in other words"}, {"quantity": "3"}, {"price": "1.50"}], ids=str)
def test_equal_lines_that_were_all_edited_in_the_same_way_are_still_interchangeable(changed: dict[str, str]) -> None:
    """An ERP that returns no texts says the same of lines that nobody edited."""
    were = sent(line(1, "APPLE"), line(2, "PEAR"), line(3, "APPLE"))
    now = [line(1, "APPLE", 11, number=30, **changed), line(2, "APPLE", 12, **changed), line(3, "PEAR", 13)]
    assert match_lines(now, were, NUMBERS) == {1: 3, 2: 1, 3: 2}


def test_an_edited_line_is_known_by_its_product_where_no_other_line_has_it() -> None:
    were = sent(line(1, "A", 1), line(2, "B", 2), line(3, "B", 3, quantity="5"))
    now = [line(1, "B", 11), line(2, "B", 12, quantity="5"), line(3, "A", 13, quantity="9")]
    assert match_lines(now, were, NUMBERS) == {1: 2, 2: 3, 3: 1}
    with pytest.raises(LookupError, match="line 1, 2"):
        match_lines([line(1, "B", 11, quantity="7"), line(2, "B", 12, quantity="8"), line(3, "A", 13)], were, NUMBERS)


@pytest.mark.parametrize(
    ("now", "why"),
    [
        ([line(1, "A", 11)], "the shop has 1 lines, the ERP 2"),
        ([line(1, "A", 11, text="a"), line(2, "C", 12)], "line 2 of"),
        ([line(1, "A", 11, text="x"), line(2, "A", 12, text="y")], "line 1, 2"),
    ],
)
def test_a_doubt_is_no_match(now: list[OrderLine], why: str) -> None:
    were = sent(line(1, "A", 1, text="a"), line(2, "A", 2, text="b"))
    with pytest.raises(LookupError, match=why):
        match_lines(now, were, NUMBERS)


def test_where_nothing_is_known_of_what_was_sent_only_equal_lines_can_be_told() -> None:
    unknown = [SentLine(1), SentLine(2)]
    assert match_lines([line(1, "A"), line(2, "A")], unknown, NUMBERS) == {1: 1, 2: 2}
    with pytest.raises(LookupError):
        match_lines([line(1, "A"), line(2, "B")], unknown, NUMBERS)


LINES = st.lists(
    st.tuples(st.sampled_from("ABC"), st.sampled_from(["1", "2.50"]), st.sampled_from(["", "x"])),
    min_size=1,
    max_size=7,
)


@given(LINES, st.randoms(use_true_random=False), st.booleans())
def test_whatever_a_shop_does_to_ids_sequence_and_number_formats_each_number_stays_with_its_content(
    contents: list[tuple[str, str, str]],
    dice: object,
    keeps_ids: bool,  # noqa: FBT001
) -> None:
    were = [line(n, p, n, quantity=q, text=t) for n, (p, q, t) in enumerate(contents, start=1)]
    numbers = {n: n * 10 for n in range(1, len(were) + 1)}
    shuffled = list(were)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    now = [
        one.model_copy(
            update={
                "position": n,
                "line_id": one.line_id if keeps_ids else 100 + n,
                "quantity": (one.quantity or Decimal(0)) + Decimal("0.000"),
                "description": f" {one.description} ",
            }
        )
        for n, one in enumerate(shuffled, start=1)
    ]
    positions = match_lines(now, sent(*were), numbers)
    assert sorted(positions.values()) == sorted(numbers)
    by_position = {one.position: one for one in were}
    for one in now:
        before = by_position[positions[one.position]]
        assert (one.product, one.quantity, (one.description or "").strip()) == (
            before.product, before.quantity, before.description,
        )  # fmt: skip
