"""A sale of the adapter, its shipment and its posted invoice are those of the same sale typed in the client."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from erp.tryton.conftest import connector
from erp.tryton.situations import ALL_SHOPS, SECOND, SITUATIONS, Situation
from orderflow.erp.models import SalesOrderRequest
from support.erp_orders import sales_order
from tryton import RunningTryton

pytestmark = pytest.mark.tryton

Facts = dict[str, Any]


class Outcome(NamedTuple):
    """What became of one order, made by the adapter and typed."""

    made: Facts
    typed: Facts


@pytest.fixture(scope="module")
def outcomes(tryton_server: RunningTryton) -> Iterator[list[Outcome]]:
    """Play all situations; one start of Tryton's own Python types and reads them all."""
    tryton_server.forget_sales()
    made, typed = [], []
    for number, situation in enumerate(SITUATIONS, 1):
        request = sales_order(**situation.order_changes(number))
        erp = connector(tryton_server)(
            key=tryton_server.key_of_all_companies, company=None, web_shop=ALL_SHOPS, **situation.extra
        )
        order = erp.create(request)
        company = tryton_server.company + (situation.shop == SECOND)
        made.append((company, _found(tryton_server, "sale.sale", [["number", "=", order.number]])))
        typed.append({"company": company, **_as_typed(tryton_server, situation, request)})
    facts = tryton_server.as_typed({"made": made, "typed": typed})
    yield [Outcome(*both) for both in zip(facts["made"], facts["typed"], strict=True)]
    tryton_server.forget_sales()


@pytest.mark.parametrize("number", range(len(SITUATIONS)), ids=[situation.name for situation in SITUATIONS])
def test_the_sale_is_what_the_client_would_have_made(outcomes: list[Outcome], number: int) -> None:
    made, typed = outcomes[number]
    differing = {name for name, value in _flat(typed).items() if _flat(made).get(name) != value}
    differing |= _flat(made).keys() - _flat(typed).keys()
    assert {name: (_flat(made).get(name), _flat(typed).get(name)) for name in differing} == {
        name: (_flat(made).get(name), _flat(typed).get(name)) for name in SITUATIONS[number].differs
    }


def _as_typed(tryton: RunningTryton, situation: Situation, request: SalesOrderRequest) -> Facts:
    """Return what somebody has to type who has this order before them."""
    party, _ = _tied(tryton, f"customer:{request.customer}")
    payer, invoice_address = _tied(tryton, f"address:{request.invoice_address}", party)
    _, shipment_address = _tied(tryton, f"address:{request.shipment_address}", party)
    return {
        "party": party,
        "invoice_party": payer if payer != party else None,
        "invoice_address": invoice_address,
        "shipment_address": shipment_address,
        "reference": f"{request.customer_order_number} / {request.shop_reference}",
        "description": f"{request.shop_reference}, {request.payment_status}",
        "comment": request.remarks,
        "sale_date": request.order_date.isoformat(),
        "shipping_date": None,
        "lines": [
            {
                "product": line.product.key,
                "quantity": str(line.quantity),
                "unit_price": str(line.unit_price),
                "description": line.description,
            }
            for line in request.lines
        ],
        **situation.typed,
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
