"""What the ERP checks in a request before it looks at what it asks for."""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.wire import Call, JsonObject, Refusal, Reply, json_reply, loads

_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_PARTIES = ("buyer", "contact", "ship_to", "bill_to")


def object_in(call: Call) -> JsonObject:
    """Return the object in the body; Refusal with 400 when it is none."""
    try:
        request = loads(call.body)
    except ValueError:
        raise Refusal(invalid("the body is not JSON")) from None
    if not isinstance(request, dict):
        raise Refusal(invalid("the body is not an object"))
    checked: JsonObject = request
    return checked


def refuse_if(mistakes: list[str]) -> None:
    """Refuse with 400 and all that is wrong."""
    if mistakes:
        raise Refusal(invalid("; ".join(mistakes)))


def order_mistakes(request: JsonObject) -> list[str]:
    """Return what breaks the contract in an order."""
    wanted = ("external_reference", "shop", "shop_reference", "currency", "order_date")
    found = [f"`{name}` must be a text" for name in wanted if not isinstance(request.get(name), str)]
    if request.get("confirmed_at") is not None and not is_instant(request["confirmed_at"]):
        found.append("`confirmed_at` must be an instant with its offset")
    found += _amounts(request)
    found += [f"`{n}` must be an object" for n in (*_PARTIES, "extra") if not isinstance(request.get(n), dict | None)]
    lines = request.get("lines")
    if not isinstance(lines, list) or not lines:
        return [*found, "`lines` must be a list with at least one line"]
    for line in lines:
        found += _line_mistakes(line)
    if not found and len({line["position"] for line in lines}) < len(lines):
        found.append("`position` must differ per line")
    return found


def customer_mistakes(request: JsonObject, *, needs_buyer: bool) -> list[str]:
    """Return what breaks the contract in a customer."""
    buyer, addresses = request.get("buyer"), request.get("addresses")
    found = []
    if (needs_buyer or buyer is not None) and not _is_keyed(buyer):
        found.append("`buyer` must be an object with `origin` and `key`")
    if addresses is not None and not (isinstance(addresses, list) and all(map(_is_keyed, addresses))):
        found.append("`addresses` must be a list of objects with `origin` and `key`")
    return found


def is_instant(value: Any) -> bool:
    """Whether this is an ISO 8601 instant with its offset."""
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False


def invalid(reason: str) -> Reply:
    """Answer a request that breaks the contract."""
    return json_reply({"error": "invalid", "reason": reason}, 400)


def _is_keyed(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(name), str) and value[name] for name in _KEY)


_KEY = ("origin", "key")


def _amounts(request: JsonObject) -> list[str]:
    found = []
    if request.get("paid_amount") is not None and not _is_decimal(request["paid_amount"]):
        found.append("`paid_amount` must be a decimal text")
    charges = request.get("charges")
    if charges is not None and not isinstance(charges, list):
        return [*found, "`charges` must be a list"]
    if not all(isinstance(charge, dict) and _is_decimal(charge.get("amount")) for charge in charges or ()):
        found.append("every charge needs an `amount` as a decimal text")
    return found


def _line_mistakes(line: Any) -> list[str]:
    if not isinstance(line, dict) or not isinstance(line.get("position"), int):
        return ["every line needs a whole number `position`"]
    where = f"line {line['position']}: "
    found = [f"{where}`{n}` must be a decimal text" for n in ("quantity", "unit_price") if not _is_decimal(line.get(n))]
    product = line.get("product")
    if not isinstance(product, dict) or not isinstance(product.get("key"), str):
        found.append(f"{where}`product` must have a `key`")
    return found


def _is_decimal(value: Any) -> bool:
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        return False
    try:
        return Decimal(value).is_finite()
    except InvalidOperation:
        return False
