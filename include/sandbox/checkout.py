"""Checkout: a guest gets a customer record, and a new address is stored.

An order may contain `guest: {...}` or `new_address: {...}` instead of ids:

    {"guest": {"email": "an@example.nl", "name": "An Bos", "street1": "Kade", "zip": "1234AB"}}
    {"customer": 1324, "new_address": {"street1": "Bouwplaats 3", "city": "Zwolle"}}
"""

from sandbox.config import Config
from sandbox.directory_store import WEBSHOP, DirectoryStore
from sandbox.wire import JsonObject

_OF_CUSTOMER = ("email", "name", "phone", "vat_number", "language", "code")


def checked_out(order: JsonObject, directory: DirectoryStore, config: Config) -> JsonObject:
    """Return the order with ids in place of the people it describes, who are added to the directory."""
    order = dict(order)
    guest, address = order.pop("guest", None), order.pop("new_address", None)
    created = order.get("create_date") or order.get("confirm_date")
    if guest is not None:
        order |= _guest(guest, created, directory, config)
    if address is not None:
        new = {**address, "customer": order.get("customer", 1324), "origin": WEBSHOP, "create_date": created}
        order["shipment_address"] = directory.add("address", new)["id"]
    return order


def _guest(guest: JsonObject, created: str | None, directory: DirectoryStore, config: Config) -> JsonObject:
    party = _known_by_mail(guest.get("email"), directory) if config.reuse_guest_party else None
    if party is None:
        who = {name: guest[name] for name in _OF_CUSTOMER if name in guest}
        party = directory.add("customer", {**who, "guest": True, "create_date": created})
    where = {name: value for name, value in guest.items() if name not in _OF_CUSTOMER or name == "name"}
    address = _same_address(where, party, directory)
    if address is None:
        address = directory.add("address", {**where, "customer": party["id"], "create_date": created})
    return {
        "customer": party["id"],
        "user": _user(party, created, directory) if config.guests_have_users else None,
        "shipment_address": address["id"],
        "invoice_address": address["id"],
    }


def _known_by_mail(email: str | None, directory: DirectoryStore) -> JsonObject | None:
    guests = (row for row in directory.records["customer"].values() if row["guest"])
    return next((row for row in guests if email and row["email"] == email), None)


def _same_address(where: JsonObject, party: JsonObject, directory: DirectoryStore) -> JsonObject | None:
    own = (row for row in directory.records["address"].values() if row["customer"] == party["id"])
    return next((row for row in own if all(row.get(name) == value for name, value in where.items())), None)


def _user(party: JsonObject, created: str | None, directory: DirectoryStore) -> int:
    users = directory.records["user"].values()
    known = next((row for row in users if party["key"] in row["authorised_customers"]), None)
    if known is None:
        who = {"name": party["name"], "email": party["email"], "language": party["language"]}
        known = directory.add("user", {**who, "authorised_customers": [party["key"]], "create_date": created})
    return int(known["id"])
