"""Returns and credit notes that people make in Tryton are listed with the order, whatever its age."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from orderflow.erp.models import ListedSalesOrder
from orderflow.erp.tryton.adapter import TrytonErp
from support.erp_orders import REFERENCE, lines, sales_order
from support.tryton_connector import Connect
from support.tryton_sales import OURS
from support.tryton_warehouse import sale
from tryton import RunningTryton

pytestmark = pytest.mark.tryton

SALE, INVOICE = "sale.sale", "account.invoice"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
OTHER = "1/CS2"


@pytest.fixture
def erp(connect: Connect, key_of_accounting: str) -> TrytonErp:
    return connect(confirm=True, credit_notes=True, key=key_of_accounting)


@pytest.fixture
def key_of_accounting(tryton: RunningTryton) -> Iterator[str]:
    """Return a key that may also read invoices."""
    application = "model.res.user.application"
    (user,) = tryton.rpc("model.res.user.search", [["login", "=", "admin"]], 0, None, None)
    made = tryton.rpc(f"{application}.create", [{"user": user, "application": "rest"}])
    (read,) = tryton.rpc(f"{application}.read", made, ["key"])
    yield read["key"]
    tryton.rpc(f"{application}.delete", made)


def test_a_return_is_listed_with_the_order_it_takes_back_and_is_no_order_itself(
    connect: Connect, tryton: RunningTryton
) -> None:
    erp = connect(confirm=True)
    erp.create(sales_order(lines=lines(("124_STUK", "2", "10.00"))))
    erp.create(sales_order(external_reference=OTHER, shop_order_id=2))
    ours = sale(tryton, OURS)["id"]
    made = _return(tryton, ours)
    assert _corrections(erp) == {REFERENCE: (f"return without a number (id {made})",), OTHER: ()}
    tryton.rpc(f"model.{SALE}.quote", [made])
    number = sale(tryton, [["id", "=", made]], "number")["number"]
    again = _return(tryton, ours)
    assert set(_corrections(erp)[REFERENCE]) == {f"return {number}", f"return without a number (id {again})"}
    tryton.rpc(f"model.{SALE}.cancel", [made, again])
    assert _corrections(erp) == {REFERENCE: (), OTHER: ()}


def test_an_order_from_before_is_listed_once_it_is_returned(connect: Connect, tryton: RunningTryton) -> None:
    erp = connect()
    created = erp.create(sales_order())
    erp.create(sales_order(external_reference=OTHER, shop_order_id=2))
    (before,) = (order.created_at for order in _listed(erp) if order.external_reference == REFERENCE)
    now = before + timedelta(hours=1)
    made = _return(tryton, sale(tryton, OURS)["id"])
    _dated(tryton, made, now)
    (found,) = _listed(erp, now)
    assert (found.number, found.lines, len(found.corrections)) == (created.number, created.lines, 1)
    assert _listed(erp, now + timedelta(seconds=1)) == []


def test_a_return_of_somebody_elses_sale_is_none_of_ours(connect: Connect, tryton: RunningTryton) -> None:
    connect().create(sales_order())
    copy = tryton.rpc(f"model.{SALE}.copy", [sale(tryton, OURS)["id"]], {})[0]
    _return(tryton, copy)
    assert _corrections(connect()) == {REFERENCE: ()}


def test_a_credit_note_is_listed_where_the_settings_ask_for_it(
    connect: Connect, tryton: RunningTryton, erp: TrytonErp
) -> None:
    erp.create(sales_order(lines=lines("124_STUK", "8890_STUK")))
    erp.create(sales_order(external_reference=OTHER, shop_order_id=2))
    (invoice,) = sale(tryton, OURS, "invoices")["invoices"]
    credit = _credit(tryton, invoice)
    assert _corrections(erp) == {REFERENCE: (f"credit note without a number (id {credit})",), OTHER: ()}
    assert _corrections(connect()) == {REFERENCE: (), OTHER: ()}
    tryton.rpc(f"model.{INVOICE}.cancel", [credit])
    assert _corrections(erp) == {REFERENCE: (), OTHER: ()}


def _listed(erp: TrytonErp, since: datetime = LONG_AGO) -> list[ListedSalesOrder]:
    return [row for row in erp.orders_since(since) if isinstance(row, ListedSalesOrder)]


def _corrections(erp: TrytonErp) -> dict[str, tuple[str, ...]]:
    return {order.external_reference: order.corrections for order in _listed(erp)}


def _return(tryton: RunningTryton, sale_id: int) -> int:
    """Return a sale with Tryton's own wizard."""
    _pressed_in(tryton, "sale.return_sale", "return_", SALE, sale_id)
    found = tryton.rpc(f"model.{SALE}.search", [["origin", "=", f"{SALE},{sale_id}"]], 0, None, [["id", "ASC"]])
    return int(found[-1])


def _credit(tryton: RunningTryton, invoice: int) -> int:
    """Credit an invoice with Tryton's own wizard."""
    before = set(tryton.rpc(f"model.{INVOICE}.search", [], 0, None, None))
    _pressed_in(tryton, "account.invoice.credit", "credit", INVOICE, invoice, start={"with_refund": False})
    (made,) = set(tryton.rpc(f"model.{INVOICE}.search", [], 0, None, None)) - before
    return int(made)


def _pressed_in(tryton: RunningTryton, wizard: str, button: str, model: str, record: int, **data: Any) -> None:
    opened_on = {"active_model": model, "active_id": record, "active_ids": [record]}
    session, *_ = tryton.rpc(f"wizard.{wizard}.create", **opened_on)
    tryton.rpc(f"wizard.{wizard}.execute", session, data, button, **opened_on)


def _dated(tryton: RunningTryton, sale_id: int, when: datetime) -> None:
    """Let a sale have been made at an instant; Tryton's own clock cannot be set."""
    engine = create_engine(tryton.database)
    with engine.begin() as connection:
        made = {"when": when.astimezone(UTC).replace(tzinfo=None), "id": sale_id}
        connection.execute(text("UPDATE sale_sale SET create_date = :when WHERE id = :id"), made)
    engine.dispose()
