"""Customers and addresses are found or created in the ERP, each once, no matter which answer is lost."""

import time
from dataclasses import replace
from typing import Any

import pytest

from orderflow.domain.people import Party
from orderflow.domain.reasons import Reason
from orderflow.errors import OrderflowError, PermanentError, TransientError
from orderflow.flow.services import Services
from sandbox.control import SandboxControl
from support.buyers import GUEST, NAMED, ORDER, OTHER, having, of, posted
from support.flow_runs import Runs


def test_a_customer_is_made_once_and_the_ledger_keeps_no_name(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders({**ORDER, "guest": GUEST})
    shop = having(services, customers="create")
    people = of(shop, order_id, runs)
    (made,) = control.erp_customers.all()
    assert people.buyer is not None
    assert people.buyer.code == made["code"]
    assert made["buyer"]["email"] == "an@example.nl"
    assert [place["street1"] for place in made["addresses"]] == ["Kade"]
    of(shop, order_id, runs)
    assert posted(control) == 1
    with services.ledger._engine.connect() as connection:
        dump = "\n".join(connection.connection.iterdump())  # type: ignore[attr-defined]
    for name in ("Koper", "an@example.nl", "Kade", "1234AB"):
        assert name not in dump


def test_twenty_orders_of_one_new_customer_make_one(services: Services, control: SandboxControl, runs: Runs) -> None:
    """In parallel threads, and in several tasks at the same time."""
    (first,) = control.add_orders({**ORDER, "guest": GUEST})
    named = {name: control.order(first)[name] for name in NAMED}
    order_ids = [first, *control.add_orders(*[{**ORDER, **named} for _ in range(19)])]
    tasks = [replace(having(services, customers="create"), sleep=time.sleep) for _ in range(3)]
    found = services.in_parallel(lambda n: of(tasks[n % 3], order_ids[n], runs).buyer, range(20))
    (made,) = control.erp_customers.all()
    assert {buyer.code for buyer in found if buyer} == {made["code"]}
    assert len(made["addresses"]) == 1


@pytest.mark.parametrize(
    ("mode", "origin"), [("must_exist", "webshop"), ("create", "erp"), ("create_and_update", "erp")]
)
def test_who_may_not_be_made_holds_the_order(
    services: Services, control: SandboxControl, runs: Runs, mode: str, origin: str
) -> None:
    """Records of the ERP's origin are the ERP's: one that it does not have is for a person."""
    new = {**ORDER, "guest": GUEST} if origin == "webshop" else ORDER
    (order_id,) = control.add_orders(new)
    with pytest.raises(PermanentError) as error:
        of(having(services, customers=mode), order_id, runs)
    assert error.value.reason is Reason.CUSTOMER_NOT_IN_ERP
    assert origin in error.value.message
    assert control.erp_customers.all() == []


def test_a_new_delivery_address_reaches_a_customer_that_belongs_to_the_erp_and_changes_nothing_else(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders({**ORDER, "new_address": {"street1": "Bouwplaats 3", "city": "Zwolle"}})
    control.erp_customers.import_from_shop()
    (before,) = control.erp_customers.all()
    control.people.edit("customer", 1324, name="Andere naam")
    shop = having(services, customers="create_and_update")
    of(shop, order_id, runs)
    of(shop, order_id, runs)
    (after,) = control.erp_customers.all()
    assert after["buyer"] == before["buyer"]
    assert after["revision"] == 1
    assert "Bouwplaats 3" in [place["street1"] for place in after["addresses"]]
    assert len(after["addresses"]) == len(before["addresses"]) + 1


def test_changes_go_to_the_erp_only_where_the_settings_say_so(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders({**ORDER, "guest": GUEST})
    of(having(services, customers="create"), order_id, runs)
    shown = control.order(order_id)
    control.people.edit("customer", shown["customer"], email="new@example.nl")
    control.people.edit("address", shown["shipment_address"], street1="Laan")
    of(having(services, customers="create"), order_id, runs)
    (kept,) = control.erp_customers.all()
    assert (kept["buyer"]["email"], kept["addresses"][0]["street1"]) == ("an@example.nl", "Kade")
    for _ in range(2):
        of(having(services, customers="create_and_update"), order_id, runs)
    (changed,) = control.erp_customers.all()
    assert (changed["buyer"]["email"], changed["addresses"][0]["street1"]) == ("new@example.nl", "Laan")
    assert changed["revision"] == 1


def test_a_customer_merged_in_the_erp_is_found_under_its_old_key(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    one, two = control.add_orders({**ORDER, "guest": GUEST}, {**ORDER, "guest": OTHER})
    shop = having(services, customers="create")
    kept, gone = (of(shop, order_id, runs).buyer for order_id in (one, two))
    assert kept is not None
    assert gone is not None
    control.erp_customers.merge(str(kept.code), str(gone.code))
    services.ledger.people.parties.forget(gone.record)
    again = of(shop, two, runs).buyer
    assert again is not None
    assert (again.record, again.code) == (gone.record, kept.code)
    assert len(control.erp_customers.all()) == 1


def test_what_the_erp_wants_of_a_customer_is_named(services: Services, control: SandboxControl, runs: Runs) -> None:
    control.configure(erp_customer_needs=("vat_number", "addresses.zip"))
    (order_id,) = control.add_orders({**ORDER, "guest": {**GUEST, "zip": None}})
    with pytest.raises(PermanentError) as error:
        of(having(services, customers="create"), order_id, runs)
    assert error.value.reason is Reason.CUSTOMER_REJECTED
    assert "vat_number, addresses.zip" in error.value.message
    control.people.edit("customer", control.order(order_id)["customer"], vat_number="NL001234567B01")
    control.people.edit("address", control.order(order_id)["shipment_address"], zip="1234AB")
    of(having(services, customers="create"), order_id, runs)
    assert len(control.erp_customers.all()) == 1


FAULTS: list[dict[str, Any]] = [
    {"action": "status", "status": 500},
    {"action": "status", "status": 503, "commit": True},
    {"action": "status", "status": 409, "answer": {"error": "duplicate"}},
    {"action": "reset_before_commit"},
    {"action": "reset_after_commit"},
    {"action": "truncated_body"},
    {"action": "wrong_answer", "answer": {"ok": True}},
    {"action": "wrong_answer", "answer": {"ok": True}, "commit": True},
    {"action": "wrong_answer", "answer": {"origin": "webshop", "key": "OTHER", "code": "1"}},
]


@pytest.mark.parametrize("proof", [{}, {"honour_idempotency_key": False}], ids=["idempotent", "unique only"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_creation_whose_answer_is_lost_makes_one_customer(
    services: Services, control: SandboxControl, runs: Runs, fault: dict[str, Any], proof: dict[str, Any]
) -> None:
    control.configure(**proof)
    (order_id,) = control.add_orders({**ORDER, "guest": GUEST})
    control.faults([{**fault, "service": "erp", "method": "POST", "path": "/customers"}])
    reasons: list[Reason] = []
    buyers: list[Party | None] = []
    while not buyers and len(reasons) < 3:
        try:
            buyers.append(of(having(services, customers="create"), order_id, runs).buyer)
        except TransientError as error:
            reasons.append(error.reason)
    made = control.erp_customers.all()
    assert set(reasons) <= {Reason.CUSTOMER_IN_DOUBT}
    assert len(made) == len(buyers), "with nothing but a unique key, a lost creation is for a person"
    assert buyers or proof
    assert [buyer.code for buyer in buyers if buyer] == [customer["code"] for customer in made]


@pytest.mark.parametrize("path", ["/customer/", "/address/", "/user/", "/customer/BK", "/address/[0-9a-f]+-"])
@pytest.mark.parametrize("action", ["status", "reset_before_commit", "truncated_body", "wrong_answer"])
def test_half_an_answer_of_the_shop_is_no_answer(
    services: Services, control: SandboxControl, runs: Runs, path: str, action: str
) -> None:
    """Whatever one call does, the customer is right or the order is not sent; the next try makes it right."""
    (order_id,) = control.add_orders({**ORDER, "guest": GUEST})
    more = {"status": {"status": 500}, "wrong_answer": {"answer": {"id": 1, "key": "x"}}}.get(action, {})
    control.faults([{"action": action, "service": "shop", "method": "GET", "path": path, "times": 3, **more}])
    for _ in range(4):
        try:
            of(having(services, customers="create"), order_id, runs)
        except OrderflowError:
            continue
        break
    (made,) = control.erp_customers.all()
    assert made["buyer"]["email"] == "an@example.nl"
    assert [place["street1"] for place in made["addresses"]] == ["Kade"]
