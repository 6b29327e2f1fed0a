"""The shop's customers, addresses and users: in lists, by key, and on orders."""

from urllib.parse import urlsplit

import pytest

from sandbox.control import SandboxControl

GUEST = {"email": "an@example.nl", "name": "An Bos", "street1": "Kade", "house_number": "4", "zip": "1234AB"}


def rows(shop, path: str) -> list[dict]:
    """Return the rows of all pages."""
    found = []
    while path:
        answer = shop("GET", path)
        assert answer.status_code == 200, answer.text
        found += answer.json()["results"]
        link = answer.json()["next"]
        path = link and f"{urlsplit(link).path}?{urlsplit(link).query}"
    return found


@pytest.mark.parametrize("kind", ["customer", "address", "user"])
def test_a_list_holds_records_of_every_origin_in_pages(shop, control: SandboxControl, kind):
    ours = [control.people.add(kind)["id"] for _ in range(3)]
    theirs = control.people.add(kind, origin="erp")["id"]

    listed = rows(shop, f"/api/origin/webshop/{kind}/?limit=2")

    assert [row["id"] for row in listed] == [*ours, theirs]
    assert [row["origin"] for row in listed] == ["webshop"] * 3 + ["erp"]


def test_a_shop_can_list_each_origin_apart(shop, control: SandboxControl):
    control.configure(origin_lists="own")
    control.people.add("customer")
    theirs = control.people.add("customer", origin="erp")

    assert [row["key"] for row in rows(shop, "/api/origin/erp/customer/")] == [theirs["key"]]


def test_an_unknown_origin_is_404(shop):
    answer = shop("GET", "/api/origin/other/customer/")

    assert (answer.status_code, answer.json()) == (404, {"detail": "No Origin matches the given query."})


def test_lists_are_filtered_by_creation_and_by_nothing_that_is_not_documented(shop, control: SandboxControl):
    old, new = (control.people.add("address", create_date=f"2026-11-{day}T10:00:00.000000") for day in (20, 21))

    assert [row["id"] for row in rows(shop, "/api/origin/webshop/address/?create_date__gte=2026-11-21T00:00:00")] == [
        new["id"]
    ]
    assert len(rows(shop, "/api/origin/webshop/address/?modified_date__gte=2030-01-01T00:00:00")) == 2
    assert old["create_date"] == "2026-11-20T10:00:00.000000"


def test_inactive_users_and_new_registrations_show_when_asked_for(shop, control: SandboxControl):
    profile = control.people.add_profile(name="Nieuw", city="Zwolle")
    new = control.people.add("user", inactive=True, registration="new", user_profiles=[profile["id"]])
    control.people.add("user")

    assert new["id"] not in [row["id"] for row in rows(shop, "/api/origin/webshop/user/")]
    (found,) = rows(shop, "/api/origin/webshop/user/?registration=new&inactive=true")
    (number,) = found["user_profiles"]
    assert shop("GET", f"/api/userprofile/{number}/").json()["city"] == "Zwolle"
    assert shop("GET", "/api/userprofile/99/").status_code == 404


@pytest.mark.parametrize("kind", ["customer", "address", "user"])
def test_a_record_is_read_by_its_key_under_its_own_origin(shop, control: SandboxControl, kind):
    record = control.people.add(kind, name="Bos & Zn")

    answer = shop("GET", f"/api/origin/webshop/{kind}/{record['key']}/")

    assert (answer.json()["id"], answer.json()["name"]) == (record["id"], "Bos & Zn")
    assert shop("GET", f"/api/origin/erp/{kind}/{record['key']}/").status_code == 404
    assert shop("GET", f"/api/origin/webshop/{kind}/{record['key']}").status_code == 301


def test_users_take_a_patch_and_others_only_where_the_shop_says_so(shop, control: SandboxControl):
    user, customer = control.people.add("user"), control.people.add("customer")
    of_user, of_customer = (
        f"/api/origin/webshop/user/{user['key']}/",
        f"/api/origin/webshop/customer/{customer['key']}/",
    )

    assert shop("PATCH", of_user, json={"authorised_customers": [customer["key"]]}).status_code == 200
    assert shop("PATCH", of_customer, json={"code": "10231"}).status_code == 405
    control.configure(directory_patch=["user", "customer"])
    assert shop("PATCH", of_customer, json={"code": "10231", "key": "other"}).json()["code"] == "10231"
    assert control.people.get("user", user["id"])["authorised_customers"] == [customer["key"]]
    assert control.people.get("customer", customer["id"])["key"] == customer["key"]


def test_what_an_order_names_has_been_there_long(shop, control: SandboxControl):
    control.reset("2026-11-22", 40)
    order = control.orders()[0]

    customer = control.people.get("customer", order["customer"])

    assert (customer["origin"], customer["key"]) == ("erp", f"C{order['customer']}")
    assert customer["create_date"] < order["create_date"]
    assert control.people.get("address", order["shipment_address"])["city"] == "Houten"
    assert shop("GET", "/api/origin/erp/customer/").status_code == 401  # the token went with the reset


def test_every_guest_order_makes_a_party_of_its_own(control: SandboxControl):
    first, second = (control.order(n) for n in control.add_orders({"guest": GUEST}, {"guest": GUEST}))

    assert first["customer"] != second["customer"]
    assert first["shipment_address"] != second["shipment_address"]
    party = control.people.get("customer", first["customer"])
    assert (party["origin"], party["guest"], party["email"]) == ("webshop", True, GUEST["email"])
    assert party["key"].startswith("BK")


def test_a_shop_may_know_a_guest_again_by_mail(control: SandboxControl):
    control.configure(reuse_guest_party=True)

    orders = [control.order(n) for n in control.add_orders(*[{"guest": GUEST}] * 2, {"guest": {**GUEST, "zip": "9"}})]

    assert len({order["customer"] for order in orders}) == 1
    assert len({order["user"] for order in orders}) == 1
    assert [order["shipment_address"] == orders[0]["shipment_address"] for order in orders] == [True, True, False]


def test_a_guest_may_have_no_user(control: SandboxControl):
    control.configure(guests_have_users=False)

    assert control.order(control.add_orders({"guest": GUEST})[0])["user"] is None


def test_an_address_added_at_checkout_belongs_to_the_customer_and_to_the_webshop(control: SandboxControl):
    (number,) = control.add_orders({"customer": 1324, "new_address": {"street1": "Bouwplaats", "city": "Zwolle"}})

    order = control.order(number)
    address = control.people.get("address", order["shipment_address"])
    assert (address["customer"], address["origin"], address["city"]) == (1324, "webshop", "Zwolle")
    assert control.people.get("customer", 1324)["origin"] == "erp"


def test_an_order_may_name_keys_beside_ids(shop, control: SandboxControl):
    (number,) = control.add_orders({"guest": GUEST})
    before = shop("GET", f"/api/order/{number}/").json()
    control.configure(key_twins=True)

    after = shop("GET", f"/api/order/{number}/").json()

    customer = control.people.get("customer", after["customer"])
    assert after["customer_key"] == {"origin": "webshop", "key": customer["key"]}
    assert set(after) - set(before) == {"customer_key", "user_key", "shipment_address_key", "invoice_address_key"}
    assert shop("PUT", f"/api/order/{number}/", json=after).json() == {
        **after,
        "modified_date": control.order(number)["modified_date"],
    }


def test_a_record_can_change_and_go(shop, control: SandboxControl):
    (number,) = control.add_orders({"guest": GUEST})
    address = control.people.get("address", control.order(number)["shipment_address"])

    control.people.edit("address", address["id"], city="Elders")
    path = f"/api/origin/webshop/address/{address['key']}/"
    assert shop("GET", path).json()["city"] == "Elders"
    control.people.remove("address", address["id"])
    assert shop("GET", path).status_code == 404
    with pytest.raises(ValueError, match="404"):
        control.people.all("parties")


def test_rows_may_be_brief_and_fields_unknown(shop, control: SandboxControl):
    control.people.add("customer", name="Bos")
    control.configure(brief_directory_rows=True, hidden_directory_fields=["modified_date"])

    assert [set(row) for row in rows(shop, "/api/origin/webshop/customer/")] == [{"id", "key", "create_date"}]


def test_a_day_of_guests_arrives_with_its_people(control: SandboxControl):
    control.reset("2026-11-22", 0, parts=["guest_day"], reuse_guest_party=True)

    customers = control.people.all("customer")

    assert len([row for row in customers if row["guest"]]) == 50
    orders = control.orders()
    assert len(orders) == 65
    addresses = {row["id"]: row for row in control.people.all("address")}
    assert all(addresses[order["shipment_address"]]["customer"] == order["customer"] for order in orders)


def test_an_offline_order_may_name_its_addresses_by_key(shop, control: SandboxControl):
    address = control.people.add("address")
    body = {"erp_order_number": "E1", "state": "done", "order_date": "2026-11-22", "currency": "EUR", "order_lines": []}
    twin = {"origin": "webshop", "key": address["key"]}

    made = shop("POST", "/api/order/", json={**body, "shipment_address_key": twin})
    unknown = shop("POST", "/api/order/", json={**body, "shipment_address_key": {**twin, "key": "x"}})

    assert (made.status_code, made.json()["shipment_address"]) == (201, address["id"])
    assert (unknown.status_code, unknown.json()) == (400, {"shipment_address_key": ["Object does not exist."]})
