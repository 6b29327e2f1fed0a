"""From the ids on an order to origins and keys, and to the current records."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from orderflow.domain.order import Order
from orderflow.domain.people import KIND_OF, RecordKey, RecordKind, RecordRef, Role
from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError
from orderflow.flow.customers.lists import read_lists
from orderflow.flow.services import Services

_OPTIONAL = frozenset({Role.CONTACT})
"""Roles that may be missing: an order is complete without the person who placed it."""


class Named(NamedTuple):
    """A record that an order refers to."""

    kind: RecordKind
    id: int | None
    record: RecordKey


def resolve(services: Services, order: Order) -> dict[Role, Named]:
    """Return the key of every record that an order refers to; CUSTOMER_UNKNOWN names those without one.

    If the order itself contains the keys, no list is needed.
    """
    _learn_twins(services, order)
    _read_what_is_missing(services, order)
    found = {role: _one(services, role, ref) for role, ref in order.people.items()}
    _require_all(services, order, found)
    return {role: named for role, named in found.items() if named is not None}


def read_record(services: Services, named: Named) -> Mapping[str, Any]:
    """Read a record; CUSTOMER_UNKNOWN if the shop has none with its key."""
    return services.shop.directory.read(named.kind, named.record, named.id)


def _learn_twins(services: Services, order: Order) -> None:
    directory = services.ledger.people.directory
    for role, (record_id, record) in order.people.items():
        if record_id is not None and record is not None and record_id not in directory.find(KIND_OF[role], [record_id]):
            directory.keep(KIND_OF[role], [(record_id, record.origin, record.key)])


def _read_what_is_missing(services: Services, order: Order) -> None:
    wanted: dict[RecordKind, set[int]] = {}
    for role, ref in order.people.items():
        if ref.record is None and ref.id is not None:
            wanted.setdefault(KIND_OF[role], set()).add(ref.id)

    def is_known(kind: RecordKind) -> bool:
        return wanted[kind] <= services.ledger.people.directory.find(kind, wanted[kind]).keys()

    missing = [kind for kind in wanted if not is_known(kind)]
    if missing:
        read_lists(services, missing, is_enough=is_known)


def _one(services: Services, role: Role, ref: RecordRef) -> Named | None:
    kind = KIND_OF[role]
    if ref.record is not None:
        return Named(kind, ref.id, ref.record)
    if ref.id is None:
        return None
    known = services.ledger.people.directory.find(kind, [ref.id]).get(ref.id)
    if known is None:
        return None
    origin, key = known
    if origin is not None:
        return Named(kind, ref.id, RecordKey(origin, key))
    return _of_some_origin(services, kind, ref.id, key)


def _of_some_origin(services: Services, kind: RecordKind, record_id: int, key: str) -> Named | None:
    """Find the origin under which a key leads to this very id, if its list did not say."""
    for origin in services.settings.origins:
        named = Named(kind, record_id, RecordKey(origin, key))
        try:
            document = read_record(services, named)
        except PermanentError as error:
            if error.reason in {Reason.CUSTOMER_UNKNOWN, Reason.SHOP_ANSWER_INVALID}:
                continue
            raise
        if str(document.get("id")) == str(record_id):
            services.ledger.people.directory.keep(kind, [(record_id, origin, key)])
            return named
    return None


def _require_all(services: Services, order: Order, found: Mapping[Role, Named | None]) -> None:
    lost = [role for role, named in found.items() if named is None and role not in _OPTIONAL]
    if lost:
        names = ", ".join(f"{role.value} {KIND_OF[role]} {order.people[role].id}" for role in lost)
        origins = ", ".join(services.settings.origins)
        raise PermanentError(f"not in the lists of {origins}: {names}", reason=Reason.CUSTOMER_UNKNOWN)
