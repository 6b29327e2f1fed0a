"""Who bought it and where it goes: ids understood, customers found or made in the ERP, each once."""

import time
from dataclasses import replace
from typing import Any

import pytest

from orderflow.domain.people import Party, People, RecordKey
from orderflow.domain.reasons import Reason
from orderflow.errors import ConfigurationError, OrderflowError, PermanentError, TransientError
from orderflow.flow.customers.who import plan, who
from orderflow.flow.services import Services, Shared
from orderflow.settings import Settings
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs

ORDER = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1}
GUEST = {
    "email": "an@example.nl",
    "name": "A. Koper",
    "street1": "Kade",
    "house_number": "7",
    "zip": "1234AB",
    "city": "Zwolle",
}
OTHER = {**GUEST, "email": "b@example.nl"}


def having(services: Services, **webshop: Any) -> Services:
    """Return services with the shop's origins and these settings of webshop 1, of a task of their own."""
    settings = {"origins": ["webshop", "erp"], "webshops": {"1": webshop}, "limits": {"lookup_waits": [0, 0]}}
    return replace(services, settings=Settings.parse(settings), shared=Shared())


def of(services: Services, order_id: int, runs: Runs) -> People:
    return who(services, services.read(order_id)[1], runs())


def posted(control: SandboxControl) -> int:
    return len([call for call in control.journal(service="erp", method="POST") if "customers" in call["path"]])


def directory_calls(control: SandboxControl) -> list[str]:
    return [call["path"] for call in control.journal(service="shop", method="GET") if "/origin/" in call["path"]]


def test_without_origins_an_order_names_ids_and_nothing_is_asked(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders({**ORDER, "guest": GUEST})
    assert of(services, order_id, runs) == People()
    assert directory_calls(control) == []


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"origin_lists": "own"},
        {"brief_directory_rows": True},
        {"brief_directory_rows": True, "origin_lists": "own"},
        {"key_twins": True},
        {"unstable_rows": True},
        {"default_limit": 2, "max_limit": 2},
    ],
    ids=str,
)
def test_ids_become_keys_and_records(
    services: Services, control: SandboxControl, runs: Runs, switches: dict[str, Any]
) -> None:
    control.configure(**switches)
    guest, known = control.add_orders({**ORDER, "guest": GUEST}, {**ORDER, "customer": 1324})
    having_all = having(services, customers="create")
    control.erp_customers.import_from_shop()
    people = of(having_all, guest, runs)
    assert people.buyer is not None
    assert people.ship_to is not None
    assert (people.buyer.origin, people.buyer.email) == ("webshop", "an@example.nl")
    assert (people.ship_to.street1, people.ship_to.zip, people.ship_to.country) == ("Kade", "1234AB", "NL")
    assert people.ship_to == people.bill_to
    assert people.contact is not None
    buyer = of(having_all, known, runs).buyer
    assert buyer is not None
    assert (buyer.origin, buyer.key, buyer.id) == ("erp", "C1324", 1324)


def test_keys_on_the_order_need_no_list(services: Services, control: SandboxControl, runs: Runs) -> None:
    control.configure(key_twins=True)
    (order_id,) = control.add_orders({**ORDER, "guest": GUEST})
    of(having(services, customers="create"), order_id, runs)
    assert len(directory_calls(control)) == 3, "customer, user, one address"


def test_a_new_guest_costs_three_reads_and_a_known_customer_one(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    first, second = control.add_orders({**ORDER, "guest": GUEST}, {**ORDER, "guest": OTHER})
    shop = having(services, customers="create")
    of(shop, first, runs)
    before = len(directory_calls(control))
    of(shop, second, runs)
    assert len(directory_calls(control)) - before == 3
    (again,) = control.add_orders({**ORDER, **{n: control.order(second)[n] for n in NAMED}})
    before = len(directory_calls(control))
    of(shop, again, runs)
    assert len(directory_calls(control)) - before == 1


NAMED = ("customer", "user", "shipment_address", "invoice_address")


def test_lists_are_read_on_from_where_they_ended(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    old = {"create_date": "2026-01-01T09:00:00"}
    for number in range(30):
        control.people.add("customer", name=f"Klant {number}", **old)
    control.configure(max_limit=10)
    (first,) = control.add_orders({**ORDER, "guest": GUEST})
    of(having(services, customers="create"), first, runs)
    assert len([path for path in directory_calls(control) if path.endswith("/customer/")]) == 4
    (second,) = control.add_orders({**ORDER, "guest": OTHER})
    clock.advance(minutes=15)
    since = control.journal()[-1]["n"]
    of(having(services, customers="create"), second, runs)
    lists = [call for call in control.journal(since=since, service="shop") if call["path"].endswith("/customer/")]
    assert len(lists) == 1


def test_a_list_that_was_cut_off_goes_on_where_it_was(services: Services, control: SandboxControl, runs: Runs) -> None:
    for number in range(30):
        control.people.add("customer", name=f"Klant {number}", create_date="2026-01-01T09:00:00")
    control.configure(max_limit=10)
    (order_id,) = control.add_orders({**ORDER, "guest": GUEST})
    control.fault("status", service="shop", method="GET", path="/customer/", status=500, times=0, skip=2)
    with pytest.raises(TransientError):
        of(having(services, customers="create"), order_id, runs)
    control.clear_faults()
    since = control.journal()[-1]["n"]
    of(having(services, customers="create"), order_id, runs)
    lists = [call for call in control.journal(since=since, service="shop") if call["path"].endswith("/customer/")]
    assert len(lists) == 2, "pages 3 and 4"


def test_a_record_that_no_list_holds_is_named(services: Services, control: SandboxControl, runs: Runs) -> None:
    (order_id,) = control.add_orders({**ORDER, "guest": GUEST})
    gone = control.order(order_id)["shipment_address"]
    control.people.remove("address", gone)
    with pytest.raises(PermanentError) as error:
        of(having(services, customers="create"), order_id, runs)
    assert error.value.reason is Reason.CUSTOMER_UNKNOWN
    assert f"ship_to address {gone}" in error.value.message
    assert "webshop, erp" in error.value.message


def test_a_record_that_was_listed_and_is_gone_is_named_by_its_key(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    first, second = control.add_orders({**ORDER, "guest": GUEST}, {**ORDER, "guest": OTHER})
    shop = having(services, customers="create")
    of(shop, first, runs)
    address = control.people.get("address", control.order(second)["shipment_address"])
    control.people.remove("address", address["id"])
    with pytest.raises(PermanentError) as error:
        of(shop, second, runs)
    assert error.value.reason is Reason.CUSTOMER_UNKNOWN
    assert address["key"] in error.value.message


def test_an_origin_that_the_shop_does_not_have_is_a_mistake_in_the_settings(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders({**ORDER, "guest": GUEST})
    wrong = replace(services, settings=Settings.parse({"origins": ["nowhere"]}))
    with pytest.raises(ConfigurationError, match="nowhere"):
        of(wrong, order_id, runs)


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


def test_a_returning_guest_is_the_party_of_the_first_order_with_an_address_of_its_own(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    one, two, other = control.add_orders(
        {**ORDER, "guest": GUEST},
        {**ORDER, "guest": {**GUEST, "email": "AN@example.nl ", "street1": "Laan"}},
        {**ORDER, "guest": OTHER},
    )
    shop = having(services, customers="create", guests="by_mail")
    first, second, third = (of(shop, order_id, runs) for order_id in (one, two, other))
    assert first.buyer is not None
    assert second.buyer is not None
    assert third.buyer is not None
    assert second.ship_to is not None
    assert (second.buyer.record, second.buyer.code) == (first.buyer.record, first.buyer.code)
    assert third.buyer.record != first.buyer.record
    assert second.ship_to.street1 == "Laan"
    made = control.erp_customers.all()
    assert [len(customer["addresses"]) for customer in made] == [2, 1]


def test_first_orders_of_one_guest_at_the_same_time_are_one_party(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    order_ids = control.add_orders(*[{**ORDER, "guest": {**GUEST, "street1": f"Kade {n}"}} for n in range(8)])
    shop = having(services, customers="create", guests="by_mail")
    found = services.in_parallel(lambda order_id: of(shop, order_id, runs).buyer, order_ids)
    (made,) = control.erp_customers.all()
    assert {buyer.code for buyer in found if buyer} == {made["code"]}
    assert len(made["addresses"]) == 8


def test_all_guests_may_be_one_customer_of_the_erp(services: Services, control: SandboxControl, runs: Runs) -> None:
    control.erp_customers.add({"origin": "erp", "key": "GUESTS", "name": "Gasten"})
    (order_id,) = control.add_orders({**ORDER, "guest": GUEST})
    for rule in ("fixed:GUESTS", "fixed:erp/GUESTS"):
        people = of(having(services, guests=rule), order_id, runs)
        assert people.buyer is not None
        assert (people.buyer.record, people.buyer.name) == (RecordKey("erp", "GUESTS"), None)
        assert people.ship_to is not None
        assert people.ship_to.street1 == "Kade"


def test_a_shop_that_does_not_say_who_is_a_guest_cannot_have_a_rule_for_guests(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    control.configure(hidden_directory_fields=["guest"])
    (order_id,) = control.add_orders({**ORDER, "guest": GUEST})
    with pytest.raises(ConfigurationError, match="does not say whether it is a guest"):
        of(having(services, customers="create", guests="by_mail"), order_id, runs)
    of(having(services, customers="create"), order_id, runs)


def test_the_erps_number_goes_to_the_shop_where_the_settings_say_so_once(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    control.configure(directory_patch=["user", "customer"])
    (order_id,) = control.add_orders({**ORDER, "guest": GUEST})
    of(having(services, customers="create"), order_id, runs)
    customer = control.order(order_id)["customer"]
    assert control.people.get("customer", customer)["code"] is None
    for _ in range(2):
        people = of(having(services, customers="create", tell_customer_code=True), order_id, runs)
    assert people.buyer is not None
    assert control.people.get("customer", customer)["code"] == people.buyer.code
    assert len(control.journal(service="shop", method="PATCH")) == 1


def test_a_shop_that_does_not_take_the_number_stops_nothing(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders({**ORDER, "guest": GUEST})
    people = of(having(services, customers="create", tell_customer_code=True), order_id, runs)
    assert people.buyer is not None
    assert people.buyer.code


def test_a_dry_run_makes_nobody(services: Services, control: SandboxControl) -> None:
    (order_id,) = control.add_orders({**ORDER, "guest": GUEST})
    people = plan(having(services, customers="create", guests="by_mail"), services.read(order_id)[1])
    assert people.ship_to is not None
    assert people.ship_to.street1 == "Kade"
    assert control.journal(service="erp", method="POST") == []


def test_an_erp_without_customers_gets_them_with_the_order(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    control.configure(erp_customers=False)
    (order_id,) = control.add_orders({**ORDER, "guest": GUEST})
    people = of(having(services), order_id, runs)
    assert people.buyer is not None
    assert (people.buyer.email, people.buyer.code) == ("an@example.nl", None)
    assert posted(control) == 0
