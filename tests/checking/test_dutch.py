"""Every text that a check can say is there in Dutch, too."""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

import orderflow.checking
from orderflow.checking.assumptions import ASSUMPTIONS
from orderflow.checking.dutch import OF_ERP, OF_SHOP, in_dutch
from orderflow.flow.shop_check import safety

ROOM = Path(orderflow.checking.__path__[0])
MODULES = [*sorted(ROOM.glob("judging_*.py")), ROOM / "proposals.py", Path(safety.__file__)]
TREES = {path.name: ast.parse(path.read_text()) for path in MODULES}
SPEAKS = {"holds", "fails", "unseen", "_shown", "_Consequence", "Proposal", "_all_found"}
SAME = {"status {}", "in {} orders", "{} orders", "{} calls answered, {}"}
"""Texts that are the same in Dutch, or of which only a part is written in one piece."""


def _said(node: ast.expr, known: dict[str, str]) -> Iterator[str]:
    """Yield every text that an expression can be, with `{}` for what varies."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts = ([part.value] if isinstance(part, ast.Constant) else list(_within(part, known)) for part in node.values)
        yield from map("".join, product(*parts))
    elif isinstance(node, ast.IfExp):
        yield from (*_said(node.body, known), *_said(node.orelse, known))
    elif isinstance(node, ast.BinOp):
        yield from map("".join, product(_said(node.left, known), _said(node.right, known)))
    elif isinstance(node, ast.Name) and node.id in known:
        yield known[node.id]


def _within(part: ast.expr, known: dict[str, str]) -> Iterator[str]:
    assert isinstance(part, ast.FormattedValue)
    is_text = isinstance(part.value, ast.IfExp) or (isinstance(part.value, ast.Name) and part.value.id in known)
    yield from (_said(part.value, known) if is_text else ["{}"])


def _texts(tree: ast.Module) -> Iterator[str]:
    assigned = [
        node for node in ast.walk(tree) if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    ]
    known = {
        node.targets[0].id: node.value.value  # type: ignore[attr-defined]
        for node in assigned
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SPEAKS:
            for argument in node.args:
                yield from _said(argument, known)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
            for value in node.value.values:
                yield from _said(value, known)


TEXTS = sorted({text for tree in TREES.values() for text in _texts(tree) if re.search(r"[a-z] |[a-z]: ", text)} - SAME)


def test_the_texts_are_found() -> None:
    assert len(TEXTS) > 150
    assert {"the second page is empty", "{} fields in each of {} orders"} <= set(TEXTS)


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_of_a_verdict_has_its_dutch(text: str) -> None:
    english = text.replace("{}", "7")
    left = [part for part in english.split("; ") if in_dutch(part) == part and re.search("[a-z]{4}", part)]
    assert in_dutch(english) != english
    assert left == []


@pytest.mark.parametrize("one", ASSUMPTIONS, ids=[one.id for one in ASSUMPTIONS])
def test_every_assumption_has_its_dutch(one: object) -> None:
    said = [getattr(one, name) for name in ("sentence", "check", "no_check")]
    assert [text for text in filter(None, said) if in_dutch(text) == text] == []


@pytest.mark.parametrize("texts", [OF_SHOP, OF_ERP])
def test_a_translation_shows_all_that_varies(texts: dict[str, str]) -> None:
    assert [text for text, dutch in texts.items() if text.count("{}") != dutch.count("{}")] == []


@pytest.mark.parametrize(
    ("english", "dutch"),
    [
        ("100 rows; 1000 asked for gave 250", "100 rijen; 1000 gevraagd, 250 gekregen"),
        ("9 are counted, and there are more", "er worden er 9 geteld, en het zijn er meer"),
        (
            "status 200 for a token that is none; a web page came",
            "status 200 voor een token dat er geen is; er kwam een webpagina",
        ),
        ("no product with the code A, B; not salable: C", "geen product met de code A, B; niet verkoopbaar: C"),
        ("nobody reads key, type and 2 more", "niemand leest key, type en 2 meer"),
        (
            "336 amounts, as decimal and text, with 0 decimals",
            "336 bedragen, als decimaal getal en tekst, met 0 decimalen",
        ),
        ("by status: 14 paid, 1 missing", "per status: 14 paid, 1 zonder status"),
        ("by webshop: 1: missing, paid / 2: none", "per webshop: 1: zonder status, paid / 2: none"),
        ("confirmed to processing; back: yes", "van confirmed naar processing; terug: ja"),
        ("the shop answered 403", "the shop answered 403"),
        ("{0} %s <b>", "{0} %s <b>"),
    ],
)
def test_a_text_is_put_into_dutch_and_an_error_stays_as_it_is(english: str, dutch: str) -> None:
    assert in_dutch(english) == dutch
