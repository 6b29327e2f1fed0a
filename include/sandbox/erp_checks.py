"""Checks the shape of a request before it is handled. No type is converted."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from sandbox.wire import Call, JsonObject, Refusal, Reply, json_reply, loads

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_ORIGIN = re.compile(r"[A-Za-z0-9_-]{1,40}")
_KEY = re.compile(r"[!-~]{1,200}")


def is_instant(value: Any) -> bool:
    """Whether this is an ISO 8601 instant with its offset."""
    return isinstance(value, str) and _INSTANT.fullmatch(value) is not None and _parses(datetime.fromisoformat, value)


def is_origin(value: str) -> bool:
    """Whether this is the code of an origin."""
    return _ORIGIN.fullmatch(value) is not None


def _is_date(value: str) -> bool:
    return _DATE.fullmatch(value) is not None and _parses(date.fromisoformat, value)


def _parses(read: Callable[[str], object], value: str) -> bool:
    try:
        read(value.upper())
    except ValueError:
        return False
    return True


def _that(test: Callable[[Any], bool], what: str) -> AfterValidator:
    def check(value: Any) -> Any:
        if not test(value):
            raise ValueError(f"must be {what}")
        return value

    return AfterValidator(check)


def _whole(value: Any) -> Any:
    """Accept 1.0 as 1, as JSON Schema does."""
    return int(value) if isinstance(value, Decimal) and value % 1 == 0 else value


Whole = Annotated[int, BeforeValidator(_whole)]
Amount = Annotated[str, Field(pattern=r"\A-?[0-9]{1,12}([.][0-9]{1,8})?\z")]
Origin = Annotated[str, _that(is_origin, "the code of an origin")]
Filled = Annotated[str, Field(min_length=1)]
Instant = Annotated[str, _that(is_instant, "an instant with its offset")]
Day = Annotated[str, _that(_is_date, "a date")]
Extra = dict[str, Any] | None


class _Request(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow")


class _Product(_Request):
    origin: str | None = None
    key: Filled


class _Line(_Request):
    position: Annotated[Whole, Field(ge=1, le=100_000)]
    shop_line_id: Whole | None = None
    product: _Product
    description: str | None = None
    quantity: Amount
    unit_price: Amount
    extra: Extra = None


class _Party(_Request):
    id: Whole | None = None
    origin: str | None = None
    key: str | None = None
    code: str | None = None
    name: str | None = None
    vat_number: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    extra: Extra = None


class _Address(_Request):
    id: Whole | None = None
    origin: str | None = None
    key: str | None = None
    name: str | None = None
    attention: str | None = None
    street1: str | None = None
    house_number: str | None = None
    addition: str | None = None
    street2: str | None = None
    zip: str | None = None
    city: str | None = None
    country: str | None = None
    subdivision: str | None = None
    phone: str | None = None
    extra: Extra = None


class _Text(_Request):
    kind: str | None = None
    text: str | None = None
    after: Annotated[Whole, Field(ge=0, le=100_000)] = 0


class _Charge(_Request):
    kind: str | None = None
    description: str | None = None
    amount: Amount
    shop_line_id: Whole | None = None


def _positions_differ(lines: list[_Line]) -> bool:
    return len({line.position for line in lines}) == len(lines)


class NewOrder(_Request):
    """POST /sales-orders."""

    external_reference: Filled
    shop: str
    shop_order_id: Whole | None = None
    shop_reference: str
    customer_order_number: str | None = None
    customer: Whole | None = None
    currency: str
    order_date: Day
    confirmed_at: Instant | None = None
    requested_delivery_date: Day | None = None
    shipment_address: Whole | None = None
    invoice_address: Whole | None = None
    payment_status: str | None = None
    remarks: str | None = None
    buyer: _Party | None = None
    contact: _Party | None = None
    ship_to: _Address | None = None
    bill_to: _Address | None = None
    texts: list[_Text] | None = None
    charges: list[_Charge] | None = None
    paid_amount: Amount | None = None
    extra: Extra = None
    lines: Annotated[list[_Line], Field(min_length=1), _that(_positions_differ, "lines of different positions")]


class _KeyedParty(_Party):
    origin: Origin
    key: Annotated[str, Field(min_length=1, max_length=64)]


class _KeyedAddress(_Address):
    origin: Origin
    key: Annotated[str, Field(min_length=1, max_length=64)]


class ChangedCustomer(_Request):
    """PUT /customers/{origin}/{key}."""

    buyer: _KeyedParty | None = None
    addresses: list[_KeyedAddress] | None = None


class NewCustomer(ChangedCustomer):
    """POST /customers."""

    buyer: _KeyedParty


def checked(call: Call, model: type[BaseModel]) -> JsonObject:
    """Return the object in the body as sent; Refusal with 400 and everything that is wrong with it."""
    try:
        request: JsonObject = loads(call.body)
        model.model_validate(request)
    except ValidationError as error:
        mistakes = [f"`{'.'.join(map(str, wrong['loc']))}`: {wrong['msg']}" for wrong in error.errors()]
        raise Refusal(invalid("; ".join(mistakes))) from None
    except ValueError:
        raise Refusal(invalid("the body is not JSON")) from None
    return request


def idempotency_key(call: Call) -> str:
    """Return the key of a creation; Refusal with 400 without one."""
    key = call.headers.get("idempotency-key", "")
    if not _KEY.fullmatch(key):
        raise Refusal(invalid("the header Idempotency-Key is missing, or not a short printable text"))
    return key


def method_not_allowed(allowed: str) -> Reply:
    """Refuse a method that is not offered, and list those that are."""
    return json_reply({"error": "method_not_allowed"}, 405, headers={"allow": allowed})


def invalid(reason: str) -> Reply:
    """Answer a request that breaks the contract."""
    return json_reply({"error": "invalid", "reason": reason}, 400)
