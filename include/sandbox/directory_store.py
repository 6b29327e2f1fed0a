"""The shop's customers ("parties"), their addresses, users and user profiles."""

import copy
from typing import Any, Literal, get_args
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from sandbox import clock
from sandbox.wire import JsonObject

Kind = Literal["customer", "address", "user"]
KINDS: tuple[Kind, ...] = get_args(Kind)
WEBSHOP, ERP = "webshop", "erp"
FOUNDED = "2024-01-08T09:00:00.000000"
"""When the records from the ERP were created: long before any order."""
FIRST_ID: dict[Kind, int] = {"customer": 30001, "address": 50001, "user": 40001}
OF_ORDER: dict[str, Kind] = {
    "customer": "customer",
    "user": "user",
    "shipment_address": "address",
    "invoice_address": "address",
}
"""The fields of an order that refer to a record."""
_ERP_PREFIX: dict[Kind, str] = {"customer": "C", "address": "A", "user": "U"}
_EMPTY: dict[Kind, JsonObject] = {
    "customer": {
        "name": None,
        "email": None,
        "phone": None,
        "vat_number": None,
        "language": "nl",
        "guest": False,
    },
    "address": {
        "customer": None,
        "name": None,
        "attention": None,
        "street1": "Elzenkade",
        "house_number": "1",
        "addition": None,
        "street2": None,
        "zip": "3992AD",
        "city": "Houten",
        "country": "NL",
        "subdivision": None,
        "company_telephone_number": None,
        "delivery": True,
        "invoice": True,
    },
    "user": {
        "name": None,
        "email": None,
        "language": "nl",
        "inactive": False,
        "registration": None,
        "authorised_customers": [],
        "user_profiles": [],
    },
}


class DirectoryStore:
    """Records by kind and id. Records are replaced, never changed, so a record once read stays the same."""

    def __init__(self, api_timezone: str) -> None:
        self.records: dict[Kind, dict[int, JsonObject]] = {kind: {} for kind in KINDS}
        self.profiles: dict[int, JsonObject] = {}
        self.api_timezone = api_timezone

    def add(self, kind: Kind, record: JsonObject) -> JsonObject:
        """Add a record, filling in missing fields; one without an origin was created in the webshop."""
        held = self.records[kind]
        number = int(record.get("id") or max([FIRST_ID[kind] - 1, *held]) + 1)
        origin = record.get("origin", WEBSHOP)
        created = record.get("create_date") or self.now()
        whole = {
            "id": number,
            "origin": origin,
            "key": new_key(kind, origin, number),
            "code": None,
            **copy.deepcopy(_EMPTY[kind]),
            "modified_date": created,
            **copy.deepcopy(record),
            "create_date": created,
        }
        held[number] = whole
        return whole

    def edit(self, kind: Kind, number: int, changes: JsonObject) -> JsonObject:
        """Change any field of a record; KeyError for an unknown id."""
        changed = {**self.records[kind][number], "modified_date": self.now(), **copy.deepcopy(changes)}
        self.records[kind][number] = changed
        return changed

    def remove(self, kind: Kind, number: int) -> JsonObject:
        """Remove a record; KeyError for an unknown id."""
        return self.records[kind].pop(number)

    def by_key(self, kind: Kind, origin: str, key: str) -> JsonObject | None:
        """Find a record by its permanent key."""
        rows = self.records[kind].values()
        return next((row for row in rows if (row["origin"], row["key"]) == (origin, key)), None)

    def twin(self, kind: Kind, number: Any) -> JsonObject | None:
        """Return a record's origin and key, which an order may give beside its id."""
        record = self.records[kind].get(number)
        return {"origin": record["origin"], "key": record["key"]} if record else None

    def ensure(self, order: JsonObject) -> None:
        """Add the records that an order refers to if they are missing, as if they had come from the ERP long ago."""
        for field, kind in OF_ORDER.items():
            number = order.get(field)
            if isinstance(number, int) and number not in self.records[kind]:
                self.add(kind, {"id": number, "origin": ERP, "create_date": FOUNDED, **_from_erp(kind, number, order)})

    def add_profile(self, profile: JsonObject) -> JsonObject:
        """Add the data typed by a user who has no customer and no address yet."""
        number = int(profile.get("id") or max([0, *self.profiles]) + 1)
        whole = {name: value for name, value in _EMPTY["address"].items() if name not in {"customer", "invoice"}}
        self.profiles[number] = {"id": number, **whole, **copy.deepcopy(profile)}
        return self.profiles[number]

    def now(self) -> str:
        """Read the shop's clock: naive, with microseconds."""
        return clock.now(ZoneInfo(self.api_timezone)).replace(tzinfo=None).isoformat(timespec="microseconds")


def new_key(kind: Kind, origin: str, number: int) -> str:
    """Return the key of a new record: a number for the shop's own customers, a UUID for everything else."""
    if origin != WEBSHOP:
        return f"{_ERP_PREFIX[kind]}{number}"
    return f"BK{number}" if kind == "customer" else str(uuid5(NAMESPACE_URL, f"{kind}/{number}"))


def _from_erp(kind: Kind, number: int, order: JsonObject) -> JsonObject:
    if kind == "customer":
        return {"code": f"C{number}", "name": f"Klant {number} B.V.", "email": f"inkoop@klant{number}.example"}
    if kind == "user":
        return {"name": f"Inkoper {number}", "email": f"inkoper{number}@klant.example"}
    return {"customer": order.get("customer"), "name": f"Adres {number}", "house_number": str(number % 200 + 1)}
