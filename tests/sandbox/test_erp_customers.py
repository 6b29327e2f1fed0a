"""The additions to the ERP's contract: customers, buyers on orders, charges, look-up by the shop's id, capabilities."""

from decimal import Decimal

import pytest
import requests

from sandbox.config import TODAYS_ERP
from sandbox.control import SandboxControl

BUYER = {"id": 30001, "origin": "webshop", "key": "BK30001", "name": "An Bos", "email": "an@example.nl"}
HOME = {"id": 50001, "origin": "webshop", "key": "8eb9", "street1": "Kade", "city": "Houten"}
SITE = {"id": 50002, "origin": "webshop", "key": "77c0", "street1": "Bouwplaats", "city": "Zwolle"}


def order(**more: object) -> dict:
    line = {"position": 1, "product": {"origin": "o", "key": "k"}, "quantity": "2", "unit_price": "1.50"}
    own = {"external_reference": "1/CS1", "shop": "1", "shop_order_id": 20001, "shop_reference": "CS1"}
    return {**own, "currency": "EUR", "order_date": "2026-11-22", "customer": 30001, "lines": [line], **more}


def post(erp, path: str, body: dict, key: str = "k-1"):
    return erp("POST", path, json=body, headers={"Idempotency-Key": key})


def find(erp, key: str = "BK30001") -> list[dict]:
    return erp("GET", "/customers", params={"origin": "webshop", "key": key}).json()["results"]


def test_a_customer_is_created_once_and_found_by_its_key(erp, control: SandboxControl):
    wish = {"buyer": BUYER, "addresses": [HOME]}

    first, again = post(erp, "/customers", wish), post(erp, "/customers", wish)
    other = post(erp, "/customers", wish, key="k-2")

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == again.json() == find(erp)[0]
    assert other.json() == {"error": "duplicate", "code": "10001"}
    assert first.json()["addresses"] == [{"origin": "webshop", "key": "8eb9", "code": "ADR-00001"}]
    assert len(control.erp_customers.all()) == 1
    assert find(erp, "BK1") == []


def test_the_same_key_with_another_customer_is_refused(erp):
    post(erp, "/customers", {"buyer": BUYER})

    answer = post(erp, "/customers", {"buyer": {**BUYER, "key": "BK2"}})

    assert (answer.status_code, answer.json()) == (422, {"error": "key_reused"})


def test_while_the_first_request_runs_the_same_key_is_in_progress(erp, control: SandboxControl):
    control.fault("hang_then_commit", service="erp")
    with pytest.raises(requests.ReadTimeout):
        erp("POST", "/customers", json={"buyer": BUYER}, headers={"Idempotency-Key": "k-1"}, timeout=0.2)

    waiting = post(erp, "/customers", {"buyer": BUYER})
    control.release()
    control.settle()

    assert (waiting.status_code, waiting.json()) == (409, {"error": "in_progress"})
    assert post(erp, "/customers", {"buyer": BUYER}).status_code == 200


def test_an_erp_that_checks_nothing_makes_doubles(erp, control: SandboxControl):
    control.configure(honour_idempotency_key=False, enforce_unique_customers=False)

    assert [post(erp, "/customers", {"buyer": BUYER}).status_code for _ in range(2)] == [201, 201]
    assert len(find(erp)) == 2


def test_addresses_alone_leave_the_buyer_as_it_is(erp, control: SandboxControl):
    post(erp, "/customers", {"buyer": BUYER, "addresses": [HOME]})

    answer = erp("PUT", "/customers/webshop/BK30001", json={"addresses": [SITE, {**HOME, "city": "Utrecht"}]})

    assert [address["code"] for address in answer.json()["addresses"]] == ["ADR-00001", "ADR-00002"]
    (held,) = control.erp_customers.all()
    assert (held["buyer"], held["revision"]) == (BUYER, 1)
    assert [address["city"] for address in held["addresses"]] == ["Utrecht", "Zwolle"]


def test_a_buyer_is_changed_field_by_field_under_the_same_key(erp, control: SandboxControl):
    post(erp, "/customers", {"buyer": BUYER})
    named = {"origin": "webshop", "key": "BK30001"}

    assert erp("PUT", "/customers/webshop/BK30001", json={"buyer": {**named, "name": "An de Bos"}}).status_code == 200
    assert erp("PUT", "/customers/webshop/BK30001", json={"buyer": {**named, "key": "BK2"}}).status_code == 400
    assert erp("PUT", "/customers/webshop/BK2", json={"addresses": []}).status_code == 404
    assert control.erp_customers.all()[0]["buyer"] == {**BUYER, "name": "An de Bos"}


@pytest.mark.parametrize(
    "wrong",
    [{}, {"buyer": {"key": "x"}}, {"buyer": BUYER, "addresses": [{"key": "x"}]}, {"buyer": BUYER, "addresses": 1}],
)
def test_a_customer_that_breaks_the_contract_is_400(erp, wrong):
    assert post(erp, "/customers", wrong).status_code == 400


def test_a_customer_without_what_this_erp_needs_is_rejected_with_all_that_is_missing(erp, control: SandboxControl):
    control.configure(erp_customer_needs=["vat_number", "addresses.zip", "email"])

    answer = post(erp, "/customers", {"buyer": BUYER, "addresses": [HOME]})

    assert (answer.status_code, answer.json()["reason"]) == (422, "missing: vat_number, addresses.zip")
    control.erp_customers.add(BUYER)
    assert erp("PUT", "/customers/webshop/BK30001", json={"addresses": [{**SITE, "zip": "1"}]}).status_code == 200


def test_orders_of_unknown_customers_and_addresses_are_rejected_where_they_must_exist(erp, control: SandboxControl):
    control.configure(erp_unknown_customers="reject", erp_unknown_addresses="reject")

    by_id, by_key = post(erp, "/sales-orders", order()), post(erp, "/sales-orders", order(buyer=BUYER))
    control.erp_customers.add(BUYER, HOME)
    elsewhere = post(erp, "/sales-orders", order(buyer=BUYER, ship_to=SITE))
    at_home = post(erp, "/sales-orders", order(buyer=BUYER, ship_to=HOME, bill_to=HOME))

    assert by_id.json() == {"error": "rejected", "reason": "unknown customer 30001"}
    assert (by_key.status_code, by_key.json()["reason"]) == (422, "unknown customer webshop/BK30001")
    assert (elsewhere.status_code, elsewhere.json()["reason"]) == (422, "unknown address webshop/77c0")
    assert (at_home.status_code, at_home.json()["buyer"]) == (201, {"code": "10001"})


def test_an_erp_may_take_the_customer_from_the_order(erp, control: SandboxControl):
    control.configure(erp_unknown_customers="create", erp_unknown_addresses="create")

    post(erp, "/sales-orders", order(buyer=BUYER, ship_to=HOME))
    post(erp, "/sales-orders", order(buyer=BUYER, ship_to=SITE, external_reference="1/CS2"), key="k-2")

    (customer,) = control.erp_customers.all()
    assert customer["buyer"] == BUYER
    assert [address["key"] for address in customer["addresses"]] == ["8eb9", "77c0"]


def test_the_erps_own_customers_come_with_their_codes_and_the_addresses_that_orders_name(control: SandboxControl):
    control.reset("2026-11-22", 20)
    control.add_orders({"guest": {"email": "an@example.nl"}})

    imported = control.erp_customers.import_from_shop()

    orders = [order for order in control.orders() if order["customer"] < 2000]
    assert {c["code"] for c in imported} == {f"C{order['customer']}" for order in orders}
    held = {c["buyer"]["id"]: {place["id"] for place in c["addresses"]} for c in imported}
    assert all({o["shipment_address"], o["invoice_address"]} <= held[o["customer"]] for o in orders)
    assert control.erp_customers.import_from_shop() == []


def test_merged_customers_are_one_under_both_keys(erp, control: SandboxControl):
    kept = control.erp_customers.add(BUYER, HOME)
    gone = control.erp_customers.add({**BUYER, "key": "BK30002"}, SITE)

    control.erp_customers.merge(kept["code"], gone["code"])

    (one,), (two,) = find(erp, "BK30001"), find(erp, "BK30002")
    assert (one["code"], two["code"], two["key"]) == (kept["code"], kept["code"], "BK30002")
    assert {address["key"] for address in two["addresses"]} == {"8eb9", "77c0"}
    control.erp_customers.remove(kept["code"])
    assert find(erp) == []


def test_charges_count_and_everything_sent_is_kept(erp, control: SandboxControl):
    charges = [{"kind": "shipping", "description": "Verzendkosten", "amount": "6.95", "shop_line_id": 3}]
    sent = order(charges=charges, paid_amount="5.00", extra={"payment_method": "ideal"}, contact={"id": 7})

    assert post(erp, "/sales-orders", sent).status_code == 201

    (held,) = control.erp_orders()
    assert (Decimal(held["total"]), held["request"]) == (Decimal("9.95"), sent)


@pytest.mark.parametrize(
    "wrong", [{"charges": [{"amount": 6.95}]}, {"charges": {}}, {"paid_amount": "lots"}, {"buyer": "x"}, {"extra": []}]
)
def test_an_addition_that_breaks_the_contract_is_400(erp, wrong):
    assert post(erp, "/sales-orders", order(**wrong)).status_code == 400


def test_an_order_is_found_by_the_shops_id(erp):
    made = post(erp, "/sales-orders", order()).json()

    assert erp("GET", "/sales-orders", params={"shop_order_id": 20001}).json()["results"] == [made]
    assert erp("GET", "/sales-orders", params={"shop_order_id": 2}).json()["results"] == []


def test_an_erp_says_what_it_can_do(erp, control: SandboxControl):
    names = {"shop_order_id_lookup", "customers", "charges", "extra", "unique_reference", "idempotency_key"}
    assert erp("GET", "/capabilities").json() == dict.fromkeys({*names, "consistent_lookup"}, True)
    assert erp("POST", "/capabilities").status_code == 405

    control.configure(erp_charges=False, late_commit_seconds=1)

    said = erp("GET", "/capabilities").json()
    assert {name for name, can in said.items() if not can} == {"charges", "consistent_lookup"}


def test_todays_erp_knows_none_of_it_and_works(erp, control: SandboxControl):
    control.configure(**TODAYS_ERP)

    answer = post(erp, "/sales-orders", order(buyer=BUYER, charges=[{"amount": "6.95"}]))

    assert (answer.status_code, set(answer.json())) == (201, {"number", "external_reference", "status", "lines"})
    assert control.erp_orders()[0]["total"] == "3.00"
    for path in ("/capabilities", "/customers?origin=webshop&key=BK30001"):
        assert erp("GET", path).status_code == 404
    assert erp("GET", "/sales-orders", params={"shop_order_id": 20001}).status_code == 400
    listed = erp("GET", "/sales-orders?since=2020-01-01T00:00:00%2B00:00").json()["results"][0]
    assert set(listed) == {*answer.json(), "total", "currency", "created_at"}


def test_an_order_may_get_its_number_late(erp, control: SandboxControl):
    control.configure(late_numbers=1)

    made = post(erp, "/sales-orders", order()).json()
    seen = [
        erp("GET", "/sales-orders", params={"external_reference": "1/CS1"}).json()["results"][0]["number"]
        for _ in range(2)
    ]

    assert (made["number"], seen) == ("", ["", "ERP-100001"])


def test_an_order_can_be_cancelled_in_the_erp(erp, control: SandboxControl):
    number = post(erp, "/sales-orders", order()).json()["number"]

    control.cancel_erp_order(number)

    found = erp("GET", "/sales-orders", params={"external_reference": "1/CS1"}).json()["results"]
    assert [held["status"] for held in found] == ["cancelled"]
