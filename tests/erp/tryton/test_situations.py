"""The adapter's sale, its shipment and its posted invoice equal those of the same sale entered in the client."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from erp.tryton.situation_table import Outcome, table
from erp.tryton.situations import ALL_SHOPS, CONTACT, SECOND, SITUATIONS, Situation
from orderflow.erp.models import SalesOrder, SalesOrderRequest
from orderflow.erp.tryton.adapter import TrytonErp
from orderflow.errors import PermanentError
from support.erp_orders import sales_order
from support.tryton_connector import connector
from support.tryton_warehouse import press
from tryton import RunningTryton

pytestmark = pytest.mark.tryton

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "tryton-situations.md"

Facts = dict[str, Any]


class Played(NamedTuple):
    """All situations, played on one day."""

    today: date
    outcomes: list[Outcome]


@pytest.fixture(scope="module")
def played(tryton_server: RunningTryton) -> Iterator[Played]:
    """Play all situations on one day of Tryton's clock: if midnight interrupts them, play them anew."""
    today = None
    party, _ = _tied(tryton_server, "customer:2001")
    known = {"party": party, "type": "email", "value": CONTACT}
    made = tryton_server.rpc("model.party.contact_mechanism.create", [known])
    while today != _today():
        today = _today()
        tryton_server.forget_sales()
        outcomes = _play(tryton_server, today)
    yield Played(today, outcomes)
    tryton_server.forget_sales()
    tryton_server.rpc("model.party.contact_mechanism.delete", made)


def _today() -> date:
    return date.today()  # noqa: DTZ011  # as Tryton's own clock says


def _play(tryton_server: RunningTryton, today: date) -> list[Outcome]:
    """Play all situations; one start of Tryton's own Python types and reads them all."""
    made, typed = [], []
    refused: dict[int, str] = {}
    known: dict[int, tuple[int, ...]] = {}
    for number, situation in enumerate(SITUATIONS, 1):
        erp = connector(tryton_server)(
            key=tryton_server.key_of_all_companies, company=None, web_shop=ALL_SHOPS, **situation.extra
        )
        with situation.prepared(tryton_server) as (changes, customer):
            request = sales_order(**{**situation.order_changes(number, today), **changes})
            try:
                order = erp.create(request)
            except PermanentError as error:
                refused[number] = str(error)
                continue
        company = tryton_server.company + (situation.shop == SECOND)
        known[number] = _changed(tryton_server, erp, situation, order)
        made.append((company, _found(tryton_server, "sale.sale", [["number", "=", order.number]])))
        by_hand = situation.typed_changes(number, today)
        typed.append({"company": company, **_as_typed(tryton_server, request, customer), **by_hand})
    facts = tryton_server.as_typed({"made": made, "typed": typed})
    both = zip(facts["made"], facts["typed"], strict=True)
    return [
        Outcome({}, {}, refused[number]) if number in refused else Outcome(*next(both), known=known[number])
        for number in range(1, len(SITUATIONS) + 1)
    ]


def _changed(tryton: RunningTryton, erp: TrytonErp, situation: Situation, order: SalesOrder) -> tuple[int, ...]:
    """Let people change the lines; return the positions of those that are known again, under the same numbers."""
    if situation.changed is None:
        return ()
    press(tryton, order.number, "draft")
    situation.changed(tryton, list(order.line_numbers.values()))
    press(tryton, order.number, "quote")
    found = erp.find(order.external_reference)
    assert found is not None
    assert found.line_numbers.items() <= order.line_numbers.items()
    return tuple(found.line_numbers)


@pytest.mark.parametrize("number", range(len(SITUATIONS)), ids=[situation.name for situation in SITUATIONS])
def test_the_sale_is_what_the_client_would_have_made(played: Played, number: int) -> None:
    situation, (made, typed, refusal, _) = SITUATIONS[number], played.outcomes[number]
    assert bool(situation.held) == bool(refusal), refusal
    assert situation.held in refusal
    ours, theirs = _flat(made), _flat(typed)
    names = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
    unnamed = [name for name in names if not name.startswith(situation.differs or ("nothing",))]
    assert {name: (ours.get(name), theirs.get(name)) for name in unnamed} == {}
    assert [name for name in situation.differs if not any(found.startswith(name) for found in names)] == []


def test_the_page_about_them_says_what_happened(played: Played) -> None:
    """Write it anew with WRITE_SITUATIONS=1."""
    written = table(SITUATIONS, played.outcomes, played.today)
    if os.environ.get("WRITE_SITUATIONS"):
        PAGE.write_text(written, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == written


def _as_typed(tryton: RunningTryton, request: SalesOrderRequest, customer: int | None) -> Facts:
    """Return what somebody has to type who has this order before them, for this customer if it is another one now."""
    party, _ = _tied(tryton, f"customer:{customer or request.customer}")
    payer, invoice_address = _tied(tryton, f"address:{request.invoice_address or request.shipment_address}", party)
    receiver, shipment_address = _tied(tryton, f"address:{request.shipment_address}", party)
    numbers = dict.fromkeys(filter(None, (request.customer_order_number, request.shop_reference)))
    return {
        "party": party,
        "invoice_party": payer if payer != party else None,
        "shipment_party": receiver if receiver != party else None,
        "invoice_address": invoice_address,
        "shipment_address": shipment_address,
        "reference": " / ".join(numbers),
        "description": f"{request.shop_reference}, {request.payment_status}",
        "comment": request.remarks,
        "sale_date": request.order_date.isoformat(),
        "lines": [
            {
                "product": line.product.key,
                "quantity": str(line.quantity),
                "unit_price": str(line.unit_price),
                "description": line.description,
            }
            for line in request.lines
        ],
    }


def _tied(tryton: RunningTryton, code: str, party: int | None = None) -> tuple[int, int | None]:
    """Return the party, and the address, that an identifier names; those of `party` go first."""
    found = tryton.rpc("model.party.identifier.search_read", [["code", "=", code]], 0, None, None, ["party", "address"])
    best = min(found, key=lambda identifier: identifier["party"] != party)
    return best["party"], best["address"]


def _found(tryton: RunningTryton, model: str, domain: list[Any]) -> int:
    (id_,) = tryton.rpc(f"model.{model}.search", domain, 0, None, None)
    number: int = id_
    return number


def _flat(facts: Any, name: str = "") -> dict[str, Any]:
    """Return every single fact by its path."""
    if isinstance(facts, dict):
        return {key: value for part in facts for key, value in _flat(facts[part], f"{name}.{part}".strip(".")).items()}
    if isinstance(facts, list) and facts and isinstance(facts[0], dict):
        return {key: value for n, part in enumerate(facts, 1) for key, value in _flat(part, f"{name}.{n}").items()}
    return {name: facts}
