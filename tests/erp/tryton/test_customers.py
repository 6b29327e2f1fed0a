"""The shop's customers as parties of a real Tryton: complete, created once, unchanged under past orders."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier
from typing import Any

import pytest

from orderflow.domain.people import Address, Party
from orderflow.domain.reasons import Reason
from orderflow.erp.customers import CustomerRequest
from orderflow.errors import InDoubtError, PermanentError
from support.erp_orders import REFERENCE, sales_order
from support.lossy import lossy
from support.tryton_connector import Connect
from support.tryton_warehouse import sale
from tryton import RunningTryton

pytestmark = pytest.mark.tryton

_ids = count(70_001)
ADDRESS_FIELDS = ("full_address", "active", "postal_code", "city")


def buyer(**changes: Any) -> Party:
    number = next(_ids)
    given = {
        "id": number,
        "origin": "webshop",
        "key": f"BK{number}",
        "name": f"Koper {number}",
        "email": f"koper{number}@example.nl",
        "phone": "+31 30 1234567",
        "language": "en",
    }
    return Party.model_validate({**given, **changes})


def address(**changes: Any) -> Address:
    number = next(_ids)
    given = {
        "id": number,
        "origin": "webshop",
        "key": f"a-{number}",
        "street1": "Keizersgracht",
        "house_number": "12",
        "addition": "B",
        "zip": "1015 CX",
        "city": "Amsterdam",
        "country": "NL",
    }
    return Address.model_validate({**given, **changes})


def parties(tryton: RunningTryton, code: str, *fields: str) -> list[dict[str, Any]]:
    domain = [["code", "=", code], ["active", "in", [True, False]]]
    found: list[dict[str, Any]] = tryton.rpc("model.party.party.search_read", domain, 0, None, None, ["id", *fields])
    return found


def addresses(tryton: RunningTryton, party: int) -> list[dict[str, Any]]:
    domain = [["party", "=", party], ["active", "in", [True, False]]]
    found: list[dict[str, Any]] = tryton.rpc("model.party.address.search_read", domain, 0, None, None, ADDRESS_FIELDS)
    return found


def identifiers(tryton: RunningTryton, party: int) -> list[tuple[str, int | None]]:
    domain = [["party", "=", party]]
    found = tryton.rpc("model.party.identifier.search_read", domain, 0, None, None, ["code", "address"])
    return sorted((one["code"], one["address"]) for one in found)


@pytest.mark.parametrize(
    ("country", "vat", "printed"),
    [
        ("NL", None, "Keizersgracht 12 B"),
        ("NL", "NL004495445B01", "Keizersgracht 12 B"),
        ("DE", "DE136695976", "Keizersgracht 12 B"),
        ("BE", None, "Keizersgracht 12 B"),
        ("US", None, "12 B Keizersgracht"),
    ],
)
def test_a_party_has_all_that_the_shop_knows(
    connect: Connect, tryton: RunningTryton, country: str, vat: str | None, printed: str
) -> None:
    who, where = buyer(vat_number=vat), address(country=country, attention="Magazijn")
    made = connect().customers.create(CustomerRequest(buyer=who, addresses=(where,)))
    assert (made.code, made.address_keys) == (f"WEB-{who.key}", {str(where.record)})
    (party,) = parties(tryton, str(made.code), "name", "lang.code", "tax_identifier.code", "contact_mechanisms.value")
    assert party["name"] == who.name
    assert party["lang."]["code"] == "en"
    assert (party["tax_identifier."] or {}).get("code") == vat
    assert {one["value"] for one in party["contact_mechanisms."]} == {who.email, who.phone}
    (place,) = addresses(tryton, party["id"])
    assert printed in place["full_address"]
    assert "Magazijn" in place["full_address"]
    codes = identifiers(tryton, party["id"])
    assert (f"customer:{who.id}", None) in codes
    assert (f"address:{where.id}", place["id"]) in codes


def test_what_was_made_is_found_and_takes_orders(connect: Connect, tryton: RunningTryton) -> None:
    who, where = buyer(), address()
    erp = connect()
    assert erp.customers.find(who, [where]) is None
    made = erp.customers.create(CustomerRequest(buyer=who, addresses=(where,)))
    assert erp.customers.find(who, [where]) == made
    assert erp.customers.find(who.model_copy(update={"id": None}), [where]) == made, "by its code alone"
    erp.create(_order(who, where, made.code))
    read = sale(tryton, [["web_id", "=", REFERENCE]], "party.code", "shipment_address.city")
    assert (read["party."]["code"], read["shipment_address."]["city"]) == (made.code, "Amsterdam")


def test_an_order_of_a_returning_guest_goes_to_the_party_of_the_first(connect: Connect, tryton: RunningTryton) -> None:
    """The order names another customer id; the party is the one that its code names, and the address is added to it."""
    who, where, elsewhere = buyer(), address(), address(street1="Laan")
    erp = connect()
    made = erp.customers.create(CustomerRequest(buyer=who, addresses=(where,)))
    erp.customers.update(who.record, made.code, CustomerRequest(addresses=(elsewhere,)))
    returning = who.model_copy(update={"id": None})
    erp.create(_order(returning, elsewhere, made.code, customer=999_999))
    read = sale(tryton, [["web_id", "=", REFERENCE]], "party.code", "shipment_address.full_address")
    assert read["party."]["code"] == made.code
    assert "Laan 12 B" in read["shipment_address."]["full_address"]


def test_creators_at_the_same_time_make_one_party(connect: Connect, tryton: RunningTryton) -> None:
    for _ in range(5):
        who, where = buyer(), (address(), address(street1="Laan"))
        barrier = Barrier(8)

        def create(who: Party = who, where: Sequence[Address] = where, barrier: Barrier = barrier) -> Any:
            erp = connect()
            barrier.wait()
            return erp.customers.create(CustomerRequest(buyer=who, addresses=tuple(where)))

        with ThreadPoolExecutor(8) as pool:
            made = [future.result() for future in [pool.submit(create) for _ in range(8)]]
        assert {customer.code for customer in made} == {f"WEB-{who.key}"}
        (party,) = parties(tryton, f"WEB-{who.key}")
        assert len(addresses(tryton, party["id"])) == 2
        assert len({address for code, address in identifiers(tryton, party["id"]) if address}) == 2


@pytest.mark.parametrize("fate", ["lose request", "lose answer"])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_what_was_begun_is_ended_by_the_next_attempt(
    connect: Connect, tryton: RunningTryton, method: str, fate: Any
) -> None:
    """The first POST makes the party, the first PUT ties the shop's id to its address."""
    who, where = buyer(), address()
    with lossy(tryton.url) as proxy:
        proxy.lose(1, fate, method=method)
        with pytest.raises(InDoubtError) as error:
            connect(url=proxy.url).customers.create(CustomerRequest(buyer=who, addresses=(where,)))
    assert error.value.reason is Reason.CUSTOMER_IN_DOUBT
    erp = connect()
    found = erp.customers.find(who, [where])
    if found is None:
        found = erp.customers.create(CustomerRequest(buyer=who, addresses=(where,)))
    elif not found.address_keys:
        found = erp.customers.update(who.record, found.code, CustomerRequest(addresses=(where,)))
    assert found.address_keys == {str(where.record)}
    (party,) = parties(tryton, f"WEB-{who.key}")
    assert len(addresses(tryton, party["id"])) == 1


def test_a_changed_address_is_one_more_and_past_sales_keep_theirs(connect: Connect, tryton: RunningTryton) -> None:
    who, where = buyer(), address()
    erp = connect()
    made = erp.customers.create(CustomerRequest(buyer=who, addresses=(where,)))
    erp.create(_order(who, where, made.code))
    moved = where.model_copy(update={"street1": "Prinsengracht", "zip": "1016 AA"})
    for _ in range(2):
        erp.customers.update(who.record, made.code, CustomerRequest(addresses=(moved,)))
    erp.create(_order(who, moved, made.code, external_reference="1/CS2"))
    read = [
        sale(tryton, [["web_id", "=", name]], "shipment_address.full_address")["shipment_address."]["full_address"]
        for name in (REFERENCE, "1/CS2")
    ]
    assert "Keizersgracht 12 B" in read[0]
    assert "Prinsengracht 12 B" in read[1]
    (party,) = parties(tryton, str(made.code))
    assert [place["active"] for place in addresses(tryton, party["id"])].count(True) == 1


def test_all_that_tryton_lacks_is_named_at_once(connect: Connect, tryton: RunningTryton) -> None:
    who = buyer()
    wrong = (address(country="FR"), address(country="XX"))
    with pytest.raises(PermanentError, match="no country FR, XX") as error:
        connect().customers.create(CustomerRequest(buyer=who, addresses=wrong))
    assert error.value.reason is Reason.CUSTOMER_REJECTED
    assert parties(tryton, f"WEB-{who.key}") == []


def test_a_wrong_tax_number_makes_nobody(connect: Connect, tryton: RunningTryton) -> None:
    who = buyer(vat_number="NL000000000B00")
    with pytest.raises(PermanentError) as error:
        connect().customers.create(CustomerRequest(buyer=who, addresses=(address(),)))
    assert error.value.reason is Reason.CUSTOMER_REJECTED
    assert who.key in error.value.message
    assert parties(tryton, f"WEB-{who.key}") == []


def test_an_inactive_party_is_for_a_person(connect: Connect, tryton: RunningTryton) -> None:
    """Made anew it would bring back whom somebody has put out of use; its code would refuse that, too."""
    who = buyer()
    erp = connect()
    made = erp.customers.create(CustomerRequest(buyer=who))
    (party,) = parties(tryton, str(made.code))
    tryton.rpc("model.party.party.write", [party["id"]], {"active": False})
    with pytest.raises(PermanentError, match="is inactive"):
        erp.customers.find(who, [])


def test_a_merged_party_is_the_one_that_was_kept(connect: Connect, tryton: RunningTryton) -> None:
    one, two, where = buyer(name="Koper"), buyer(name="Koper"), address()
    erp = connect()
    kept = erp.customers.create(CustomerRequest(buyer=one))
    gone = erp.customers.create(CustomerRequest(buyer=two, addresses=(where,)))
    numbers = [parties(tryton, str(made.code))[0]["id"] for made in (gone, kept)]
    _merge(tryton, *numbers)
    found = erp.customers.find(two.model_copy(update={"id": None}), [where])
    assert found is not None
    assert found.code == kept.code
    with_address = erp.customers.update(two.record, found.code, CustomerRequest(addresses=(where,)))
    assert with_address.address_keys == {str(where.record)}


def test_a_customer_of_the_erp_is_found_by_its_own_code(connect: Connect, tryton: RunningTryton) -> None:
    (number,) = tryton.rpc("model.party.party.create", [{"name": "From the ERP"}])
    (read,) = tryton.rpc("model.party.party.read", [number], ["code"])
    found = connect().customers.find(Party(origin="erp", key=read["code"]), [])
    assert found is not None
    assert found.code == read["code"]
    assert connect().customers.find(Party(origin="webshop", key=read["code"]), []) is None


def _merge(tryton: RunningTryton, source: int, target: int) -> None:
    session = tryton.rpc("wizard.party.replace.create")[0]
    data = {"ask": {"source": source, "destination": target}}
    tryton.rpc("wizard.party.replace.execute", session, data, "replace")


def _order(who: Party, where: Address, code: str | None, **changes: Any) -> Any:
    given = {
        "customer": who.id or 1,
        "shipment_address": where.id,
        "invoice_address": where.id,
        "buyer": who.model_copy(update={"code": code}),
        "ship_to": where,
    }
    return sales_order(**{**given, **changes})
