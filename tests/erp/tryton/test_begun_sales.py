"""Sales in a real Tryton that were started but not finished, or that people have changed."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest

from orderflow.domain.reasons import Reason
from orderflow.errors import InDoubtError, PermanentError
from support.erp_orders import REFERENCE, lines, sales_order
from support.lossy import Fate, Lossy, lossy
from support.tryton_connector import Connect
from support.tryton_sales import CONFIRMED, OURS
from support.tryton_warehouse import press, sale
from tryton import RunningTryton

pytestmark = pytest.mark.tryton


@pytest.mark.parametrize("request_", ["on_change_party", "on_change_sale", "quote", "confirm"])
@pytest.mark.parametrize("fate", ["lose request", "refuse"])
def test_a_sale_that_was_begun_is_ended_by_the_next_attempt(
    connect: Connect, tryton: RunningTryton, request_: str, fate: Fate
) -> None:
    """Between the requests the sale stands as a draft without a number, or as a quotation that should be confirmed."""
    with lossy(tryton.url) as proxy:
        _lose(proxy, request_, fate)
        erp = connect(url=proxy.url, confirm=True)
        with pytest.raises(InDoubtError):
            erp.create(sales_order())
        assert erp.find(REFERENCE) is None
        ended = erp.create(sales_order())
    assert ended.status in CONFIRMED
    assert [sale(tryton, OURS, "number")["number"]] == [ended.number]


def test_a_quotation_that_somebody_put_back_is_left_to_them(connect: Connect, tryton: RunningTryton) -> None:
    erp = connect(confirm=True)
    created = erp.create(sales_order())
    quoted = connect().create(sales_order(external_reference="1/CS2"))
    press(tryton, quoted.number, "draft", "quote")
    found = erp.find("1/CS2")
    assert found is not None
    assert (found.number, found.status) == (quoted.number, "quotation")
    assert erp.create(sales_order(external_reference="1/CS2")).status == "quotation"
    assert created.number != quoted.number


@pytest.mark.parametrize(("request_", "state"), [("quote", "draft"), ("confirm", "quotation")])
def test_a_sale_that_was_begun_becomes_the_order_as_it_is_now(
    connect: Connect, tryton: RunningTryton, request_: str, state: str
) -> None:
    """The shop's order was edited between two attempts: to number the old sale would deliver what nobody ordered."""
    _begin(connect, tryton, request_)
    begun = sale(tryton, OURS, "state")
    assert begun["state"] == state
    now = sales_order(lines=lines(("8890_STUK", "3", "4.95"), "124_STUK"), remarks="Toch drie", invoice_address=1630)
    ended = connect(confirm=True).create(now)
    read = sale(tryton, OURS, "id", "number", "comment", "invoice_party.name", "lines", "untaxed_amount", "tax_amount")
    assert (read["id"], read["number"], read["comment"]) == (begun["id"], ended.number, "Toch drie")
    assert read["invoice_party."]["name"] == "Customer 1300"
    assert sorted(read["lines"]) == sorted(ended.line_numbers.values())
    assert ended.total == Decimal(read["untaxed_amount"]["decimal"]) == Decimal("24.85")
    assert ended.status in CONFIRMED


ENGRAVED = [{**line, "description": "Engraved: Anna"} for line in lines("124_STUK", "124_STUK")]
BESIDE_THE_GOODS = (
    *("invoice_address", "invoice_party", "shipment_address", "shipping_date", "reference", "description", "comment"),
    "total_amount",
)


@pytest.mark.parametrize("request_", ["quote", "confirm"])
@pytest.mark.parametrize(
    "changes",
    [
        {"invoice_address": 1630},
        {"shipment_address": 1654},
        {"remarks": "Toch drie"},
        {"customer_order_number": "PO 1\nfloor\t2"},
        {"requested_delivery_date": "2036-11-24"},
        {"lines": ENGRAVED},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_sale_that_was_begun_takes_over_what_changed_beside_its_goods(
    connect: Connect, tryton: RunningTryton, request_: str, changes: dict[str, Any]
) -> None:
    """It becomes what a new sale of the order would be: else it goes where nobody ordered it, with another's tax."""
    _begin(connect, tryton, request_)

    connect(confirm=True).create(sales_order(**changes))

    connect(confirm=True).create(sales_order(**changes, external_reference="1/CS2"))
    ours, new = ([["web_id", "=", name]] for name in (REFERENCE, "1/CS2"))
    assert sale(tryton, ours, *BESIDE_THE_GOODS) | {"id": 0} == sale(tryton, new, *BESIDE_THE_GOODS) | {"id": 0}
    said = [sale(tryton, which, "lines.description")["lines."] for which in (ours, new)]
    assert [line["description"] for line in said[0]] == [line["description"] for line in said[1]]


@pytest.mark.parametrize("lost", ["PUT", "quote"])
def test_a_quotation_that_was_put_back_to_be_rewritten_is_not_the_order_yet(
    connect: Connect, tryton: RunningTryton, lost: str
) -> None:
    """It has a number already; taken for the order, it would stay a draft with the old lines for good."""
    _begin(connect, tryton, "confirm")
    now = sales_order(lines=lines("8890_STUK"))
    with lossy(tryton.url) as proxy:
        _lose(proxy, lost, "lose request")
        with pytest.raises(InDoubtError):
            connect(url=proxy.url, confirm=True).create(now)
    assert sale(tryton, OURS, "state", "number")["state"] == "draft"
    for confirm in (True, False):
        assert connect(confirm=confirm).find(REFERENCE) is None
    ended = connect(confirm=True).create(now)
    assert ended.status in CONFIRMED
    assert sale(tryton, OURS, "lines")["lines"] == list(ended.line_numbers.values())


def test_a_rewritten_sale_keeps_nothing_of_the_order_as_it_was(connect: Connect, tryton: RunningTryton) -> None:
    _begin(connect, tryton, requested_delivery_date="2026-12-01", invoice_address=1630)
    connect().create(sales_order(lines=lines("8890_STUK")))
    read = sale(tryton, OURS, "shipping_date", "invoice_party", "invoice_address.street_unstructured", "lines")
    assert (read["shipping_date"], read["invoice_party"], len(read["lines"])) == (None, None, 1)
    assert read["invoice_address."]["street_unstructured"] == "Office 1324"


@pytest.mark.parametrize(
    ("now", "rewritten"), [([("Same", 1)], False), ([("Other", 1)], True), ([("Same", 2)], True), ([], True)]
)
def test_a_sale_that_was_begun_gets_the_texts_of_the_order_as_it_is_now(
    connect: Connect, tryton: RunningTryton, now: list[tuple[str, int]], *, rewritten: bool
) -> None:
    def texts(*said: tuple[str, int]) -> list[dict[str, Any]]:
        return [{"kind": "comment", "text": text, "after": after} for text, after in said]

    _begin(connect, tryton, texts=texts(("Same", 1)))
    before = sale(tryton, OURS, "lines")["lines"]
    connect().create(sales_order(texts=texts(*now)))
    ids = sale(tryton, OURS, "lines")["lines"]
    assert (ids != before) is rewritten
    read = {line["id"]: line for line in tryton.rpc("model.sale.line.read", ids, ["type", "description"])}
    assert [(read[id_]["description"], place) for place, id_ in enumerate(ids) if read[id_]["type"] != "line"] == now


def test_a_draft_with_other_lines_that_somebody_touched_is_never_taken_for_the_order(
    connect: Connect, tryton: RunningTryton
) -> None:
    _begin(connect, tryton)
    tryton.rpc("model.sale.sale.write", [sale(tryton, OURS)["id"]], {"comment": "Mine"})
    with pytest.raises(PermanentError, match=r"begun with other lines.*somebody has changed it") as caught:
        connect().create(sales_order(lines=lines("8890_STUK")))
    assert caught.value.reason is Reason.ERP_REJECTED
    assert sale(tryton, OURS, "number")["number"] is None


def test_a_rewrite_without_an_answer_is_in_doubt_and_done_once(connect: Connect, tryton: RunningTryton) -> None:
    _begin(connect, tryton)
    now = sales_order(lines=lines("8890_STUK"))
    with lossy(tryton.url) as proxy:
        proxy.lose(1, "lose answer", method="PUT")
        with pytest.raises(InDoubtError):
            connect(url=proxy.url).create(now)
    ended = connect().create(now)
    assert sale(tryton, OURS, "lines")["lines"] == list(ended.line_numbers.values())


def test_a_draft_that_tryton_does_not_quote_is_named(connect: Connect, tryton: RunningTryton) -> None:
    """Somebody took the address away from the draft; what there is has to be found by a person."""
    _begin(connect, tryton)
    draft = sale(tryton, OURS)["id"]
    tryton.rpc("model.sale.sale.write", [draft], {"invoice_address": None})
    with pytest.raises(PermanentError, match=f"refused to quote the sale with id {draft}.*invoice address") as caught:
        connect().create(sales_order())
    assert caught.value.reason is Reason.ERP_REJECTED


@pytest.mark.parametrize("answered", [True, False], ids=["looked up", "look-up fails"])
def test_who_is_refused_because_another_was_faster_gets_the_others_sale_or_is_in_doubt(
    connect: Connect, tryton: RunningTryton, *, answered: bool
) -> None:
    """The other one comes between our look-up and our creation; only a look-up can tell that from a wrong order."""
    others = []
    with lossy(tryton.url) as proxy:

        def rule(method: str, _path: str) -> Fate:
            if method == "POST" and not others:
                others.append(connect().create(sales_order()))
                return "pass"
            return "refuse" if others and not answered else "pass"

        proxy.rule = rule
        try:
            ours = [connect(url=proxy.url).create(sales_order())]
        except InDoubtError:
            ours = []
    assert ours == (others if answered else [])


def test_a_draft_that_was_cancelled_is_not_made_anew(connect: Connect, tryton: RunningTryton) -> None:
    _begin(connect, tryton)
    tryton.rpc("model.sale.sale.cancel", [sale(tryton, OURS)["id"]])
    with pytest.raises(PermanentError, match="is cancelled and has no number") as caught:
        connect().create(sales_order())
    assert caught.value.reason is Reason.ERP_REJECTED


def test_a_cancelled_sale_is_still_the_order(connect: Connect, tryton: RunningTryton) -> None:
    created = connect().create(sales_order())
    press(tryton, created.number, "cancel")
    found = connect().find(REFERENCE)
    assert found is not None
    assert (found.number, found.status) == (created.number, "cancelled")
    assert connect().create(sales_order()).number == created.number


def test_a_line_that_people_add_is_not_one_of_the_shops(connect: Connect, tryton: RunningTryton) -> None:
    created = connect().create(sales_order())
    press(tryton, created.number, "draft")
    added = {"sale": sale(tryton, OURS)["id"], "type": "comment", "description": "With love"}
    tryton.rpc("model.sale.line.create", [added])
    found = connect().find(REFERENCE)
    assert found is not None
    assert found.lines == created.lines


def test_what_tryton_itself_refuses_is_rejected_in_its_words(connect: Connect, tryton: RunningTryton) -> None:
    with pytest.raises(PermanentError, match=r"answered 400.*(digits|decimal)") as caught:
        connect().create(sales_order(lines=lines(("124_STUK", "1", "1.00001"))))
    assert caught.value.reason is Reason.ERP_REJECTED
    assert tryton.rpc("model.sale.sale.search", [], 0, None, None) == []


def _begin(connect: Connect, tryton: RunningTryton, request: str = "quote", **order: Any) -> None:
    """Leave a draft behind, or a quotation that should be confirmed, as a crash before that request does."""
    with lossy(tryton.url) as proxy:
        _lose(proxy, request, "lose request")
        with pytest.raises(InDoubtError):
            connect(url=proxy.url, confirm=True).create(sales_order(**order))


def _lose(proxy: Lossy, request: str, fate: Fate) -> None:
    """Let the first request of this method, or to this method of a record, have a fate."""
    missed: list[str] = []

    def rule(method: str, path: str) -> Fate:
        if missed or request not in {method, urlsplit(path).path.rpartition("/")[2]}:
            return "pass"
        missed.append(path)
        return fate

    proxy.rule = rule
