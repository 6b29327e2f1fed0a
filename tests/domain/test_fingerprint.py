"""The fingerprint that shows whether an order is still what was sent."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from orderflow.domain.charges import Charge
from orderflow.domain.fingerprint import fingerprint, may_be_stored, same_goods
from orderflow.domain.order import TextLine
from orderflow.erp.former_fingerprint import former_fingerprints
from support.orders import line, order

WITH_LINE_IDS = "5578a43125fe9811e0495d01f8def9d2fd65dafb137bbc88f208a04592f187a4"
WITHOUT_LINE_IDS = "988f8db347d546bd37539547246138a89b0aa38e81e1b5eb67e6fd3efd2eaa4d"
"""Of `order()`, as version 0.1.0 made them."""
SENT_WITH = {1: 1001, 2: 1002}
LATER = timedelta(days=1)


@pytest.mark.parametrize(
    "changes",
    [
        {"payment_status": "chargeback"},
        {"confirmed_at": order().confirmed_at + LATER, "modified_at": order().modified_at + LATER},
        {"reference": "CS-NEW"},
        {"webshop": 3},
        {"state": None, "erp_order_number": "ERP-1", "shipment_state": "sent", "offline": None},
        {"customer_order_number": " PO-9 "},
        {"currency": " eur "},
        {"remarks": ""},
        {"remarks": "  "},
        {"lines": (line(1, line_id=7), line(2, line_id=8))},
        {"lines": (line(1, erp_line_number=11), line(2, erp_line_number=21))},
        {"lines": (line(1, quantity=Decimal("2.0000"), unit_price=Decimal(10)), line(2, description=" Hamer "))},
    ],
    ids=str,
)
def test_what_is_no_edit(changes: dict[str, Any]) -> None:
    assert fingerprint(order(**changes)) == fingerprint(order())


def test_the_sequence_of_the_lines_is_no_content() -> None:
    one, other = line(1, quantity=Decimal(1)), line(2, quantity=Decimal(5))
    turned = (other.model_copy(update={"position": 1}), one.model_copy(update={"position": 2}))
    assert fingerprint(order(lines=(one, other))) == fingerprint(order(lines=turned))


@pytest.mark.parametrize(
    ("changes", "only_texts"),
    [
        ({"customer": 1}, False),
        ({"shipment_address": 1}, False),
        ({"invoice_address": None}, False),
        ({"currency": "USD"}, False),
        ({"lines": (line(1, quantity=Decimal("2.0001")), line(2))}, False),
        ({"lines": (line(1, unit_price=Decimal("9.99")), line(2))}, False),
        ({"lines": (line(1),)}, False),
        ({"lines": (line(1), line(2), line(3))}, False),
        ({"charges": (Charge(kind="shipping", description=None, amount=Decimal(5), shop_line_id=3),)}, False),
        ({"customer_order_number": "PO-10"}, True),
        ({"remarks": "ring twice"}, True),
        ({"lines": (line(1, description="Zaag"), line(2))}, True),
        ({"texts": (TextLine(kind="comment", text="Let op", after=1),)}, True),
    ],
    ids=str,
)
def test_what_is_an_edit(changes: dict[str, Any], *, only_texts: bool) -> None:
    assert fingerprint(order(**changes)) != fingerprint(order())
    assert same_goods(fingerprint(order(**changes)), fingerprint(order())) is only_texts


@pytest.mark.parametrize(
    ("before", "after", "is_stored"),
    [
        ("A & B", "A &amp; B", True),
        ("A <b>B</b>", "A B", True),
        ("A\r\nB", "a b", True),
        ("please ring twice, then wait at the gate", "please ring twice, then wait at the ga", True),
        ("please ring twice", "please ring once", False),
        ("PO-123", "PO-12", False),
        ("please ring", "", False),
        ("", "please ring", False),
    ],
)
def test_how_a_shop_may_store_a_text(before: str, after: str, *, is_stored: bool) -> None:
    comment = TextLine(kind="comment", text=before, after=0)
    for one, other in (
        ({"remarks": before}, {"remarks": after}),
        ({"customer_order_number": before}, {"customer_order_number": after}),
        ({"lines": (line(1, description=before),)}, {"lines": (line(1, description=after),)}),
        ({"texts": (comment,)}, {"texts": (comment.model_copy(update={"text": after}),)}),
    ):
        assert may_be_stored(order(**one), order(**other)) is is_stored
    assert not may_be_stored(order(), order(texts=(comment,)))
    assert not may_be_stored(order(), order(requested_delivery_date=date(2026, 12, 24)))


def test_a_ledger_of_before_texts_counted_knows_what_it_sent() -> None:
    """Else every order with a comment would be said to be edited."""
    comment = TextLine(kind="comment", text="Let op", after=1)
    assert fingerprint(order(texts=(comment,)), 2) == fingerprint(order(), 2)


def test_a_ledger_of_before_there_were_versions_knows_what_it_sent() -> None:
    """Else every order that it exported would be said to be edited."""
    renumbered = order(lines=(line(1, line_id=901), line(2, line_id=902)))
    assert former_fingerprints(order(), SENT_WITH) == {WITH_LINE_IDS, WITHOUT_LINE_IDS}
    assert former_fingerprints(order(), {}) == {WITH_LINE_IDS, WITHOUT_LINE_IDS}, "after a lost ledger"
    assert former_fingerprints(renumbered, SENT_WITH) == {WITH_LINE_IDS, WITHOUT_LINE_IDS}
    edited = order(lines=(line(1), line(2, quantity=Decimal(3))))
    assert not former_fingerprints(edited, SENT_WITH) & {WITH_LINE_IDS, WITHOUT_LINE_IDS}
