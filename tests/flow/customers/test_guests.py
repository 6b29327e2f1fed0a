"""Guests: which customer they become, and what the shop learns of it."""

import pytest

from orderflow.domain.people import RecordKey
from orderflow.errors import ConfigurationError
from orderflow.flow.customers.who import plan
from orderflow.flow.services import Services
from sandbox.control import SandboxControl
from support.buyers import GUEST, ORDER, OTHER, having, of, posted
from support.flow_runs import Runs


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
