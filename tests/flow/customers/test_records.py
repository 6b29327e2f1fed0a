"""The shop's ids become keys and records: lists are read once, and what they lack is named."""

from dataclasses import replace
from typing import Any

import pytest

from orderflow.domain.people import People
from orderflow.domain.reasons import Reason
from orderflow.erp.rest import RestErp
from orderflow.errors import ConfigurationError, OrderflowError, PermanentError, TransientError
from orderflow.flow.services import Services
from orderflow.settings import Settings
from sandbox.control import SandboxControl
from support.buyers import GUEST, NAMED, ORDER, OTHER, having, of
from support.clock import Clock
from support.flow_runs import Runs


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


def test_what_a_customer_costs_in_calls(services: Services, control: SandboxControl, runs: Runs) -> None:
    first, second = control.add_orders({**ORDER, "guest": GUEST}, {**ORDER, "guest": OTHER})
    shop = having(services, customers="create")
    of(shop, first, runs)
    known = {name: control.order(second)[name] for name in NAMED}
    other = {"invoice_address": control.order(first)["invoice_address"]}
    again, invoiced_elsewhere = control.add_orders({**ORDER, **known}, {**ORDER, **known, **other})

    def calls() -> tuple[int, int]:
        at_erp = [call for call in control.journal(service="erp") if "/customers" in call["path"]]
        return len(directory_calls(control)), len(at_erp)

    costs = {second: (3, 2), again: (1, 0), invoiced_elsewhere: (2, 1)}
    for order_id, (reads, at_erp) in costs.items():
        before = calls()
        of(shop, order_id, runs)
        assert calls() == (before[0] + reads, before[1] + at_erp)


@pytest.mark.parametrize(
    ("contacts", "change", "email"),
    [
        (True, {}, OTHER["email"]),
        (True, {"email": {"not": "a text"}}, None),
        (True, None, None),
        (False, {}, None),
    ],
    ids=["read again", "a record that cannot be used", "a record that is gone", "an ERP that knows users by key"],
)
def test_who_ordered_for_a_known_customer_has_a_mail_address_if_the_erp_does_not_know_users_by_key(
    services: Services,
    control: SandboxControl,
    runs: Runs,
    *,
    contacts: bool,
    change: dict[str, Any] | None,
    email: str | None,
) -> None:
    first, other = control.add_orders({**ORDER, "guest": GUEST}, {**ORDER, "guest": OTHER})
    shop = having(services, customers="create")
    of(shop, first, runs)
    known = {name: control.order(first)[name] for name in NAMED}
    colleague = control.order(other)["user"]
    (again,) = control.add_orders({**ORDER, **known, "user": colleague})
    of(shop, other, runs)
    if change is None:
        control.people.remove("user", colleague)
    else:
        control.people.edit("user", colleague, **change)
    assert isinstance(shop.erp, RestErp)
    shop.erp.capabilities = shop.erp.capabilities._replace(contacts=contacts)
    people = of(shop, again, runs)
    assert (people.buyer and people.buyer.email, people.contact and people.contact.id) == (None, colleague)
    assert people.contact is not None
    assert people.contact.email == email


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


KEYS = ["a/b", "?x=1", "#x", "%2e%2e", "a b", "b\u00e9\u4e2d", " x ", "...", "&", "a\\b", "//x"]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("switches", [{"key_twins": True}, {}], ids=str)
def test_a_key_is_one_part_of_the_path_that_is_asked(
    services: Services, control: SandboxControl, runs: Runs, key: str, switches: dict[str, Any]
) -> None:
    control.configure(**switches)
    (order_id,) = control.add_orders({**ORDER, "guest": GUEST})
    for kind, field in (("customer", "customer"), ("address", "shipment_address"), ("user", "user")):
        control.people.edit(kind, control.order(order_id)[field], key=key)
    people = of(having(services, customers="create_and_update"), order_id, runs)
    assert people.buyer is not None
    assert people.ship_to is not None
    assert (people.buyer.key, people.buyer.email, people.ship_to.street1) == (key, GUEST["email"], "Kade")
    control.people.edit("customer", control.order(order_id)["customer"], email="new@example.nl")
    of(having(services, customers="create_and_update"), order_id, runs)
    (customer,) = control.erp_customers.all()
    assert (customer["keys"], customer["buyer"]["email"]) == ([["webshop", key]], "new@example.nl")


@pytest.mark.parametrize("key", [".", "..", "../x", "x/..", "a/../../b", "..\\x", "x/.", "", " "])
@pytest.mark.parametrize("switches", [{"key_twins": True}, {}], ids=str)
def test_a_key_that_leads_elsewhere_holds_its_order(
    services: Services, control: SandboxControl, runs: Runs, key: str, switches: dict[str, Any]
) -> None:
    control.configure(**switches)
    (order_id,) = control.add_orders({**ORDER, "guest": GUEST})
    customer = control.order(order_id)["customer"]
    control.people.edit("customer", customer, key=key)
    with pytest.raises(PermanentError) as error:
        of(having(services, customers="create"), order_id, runs)
    assert error.value.reason is Reason.CUSTOMER_UNKNOWN
    assert (key.strip() or str(customer)) in error.value.message
    asked = [path.removeprefix("/api/origin/webshop/customer/") for path in directory_calls(control)]
    assert {path for path in asked if not path.startswith("/api/origin/")} <= {""}, "only the list"


def test_an_origin_that_the_shop_does_not_have_is_a_mistake_in_the_settings(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders({**ORDER, "guest": GUEST})
    wrong = replace(services, settings=Settings.parse({"origins": ["nowhere"]}))
    with pytest.raises(ConfigurationError, match="nowhere"):
        of(wrong, order_id, runs)


@pytest.mark.parametrize("kind", ["customer", "user", "address"])
@pytest.mark.parametrize(
    "answer", [{}, {"hello": "world"}, {"id": None, "key": None}, {"name": "An", "id": ""}], ids=str
)
def test_an_answer_that_names_no_record_is_none(
    services: Services, control: SandboxControl, runs: Runs, answer: dict[str, Any], kind: str
) -> None:
    """It would make a customer without a name and without the shop's id."""
    control.configure(key_twins=True)
    (order_id,) = control.add_orders({**ORDER, "guest": GUEST})
    control.fault("wrong_answer", service="shop", method="GET", path=f"/{kind}/.+", answer=answer, times=0)
    with pytest.raises(OrderflowError) as error:
        of(having(services, customers="create"), order_id, runs)
    assert error.value.reason is Reason.SHOP_ANSWER_INVALID


@pytest.mark.parametrize("shown", [{"id": None}, {"key": None}])
def test_a_record_may_leave_out_one_of_its_names(
    services: Services, control: SandboxControl, runs: Runs, shown: dict[str, Any]
) -> None:
    (order_id,) = control.add_orders({**ORDER, "guest": GUEST})
    customer = control.people.get("customer", control.order(order_id)["customer"])
    path = f"/customer/{customer['key']}/"
    control.fault("wrong_answer", service="shop", method="GET", path=path, answer={**customer, **shown}, times=0)
    buyer = of(having(services, customers="create"), order_id, runs).buyer
    assert buyer is not None
    assert (buyer.id, buyer.key) == (customer["id"], customer["key"])
