"""What the shop accepts in a body, field by field, and its error messages (REST framework's)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from sandbox.config import Config
from sandbox.wire import JsonObject

STATES = ("draft", "quotation", "confirmed", "processing", "done", "cancel")
SHIPMENT_STATES = ("none", "waiting", "sent", "exception")
READ_ONLY = ("id", "reference", "create_date", "modified_date", "confirm_date", "offline")


class Invalid(ValueError):  # noqa: N818  # becomes one entry of a 400, not an error of the sandbox
    """A refused value, with the shop's error (text, object or list of objects)."""

    def __init__(self, said: Any) -> None:
        super().__init__(said)
        self.said = said


class Field(NamedTuple):
    """How a writable field is read, and its value if a PUT leaves it out."""

    read: Callable[[Any], Any]
    default: Any = None
    nullable: bool = True

    def check(self, value: Any) -> Any:
        """Return the value to store; Invalid with the shop's error."""
        if value is None:
            if self.nullable:
                return None
            raise Invalid(["This field may not be null."])
        return self.read(value)


def _text(limit: int | None = None) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str | int | Decimal) or isinstance(value, bool):
            raise Invalid(["Not a valid string."])
        if limit is not None and len(str(value)) > limit:
            raise Invalid([f"Ensure this field has no more than {limit} characters."])
        return str(value)

    return read


def _choice(choices: tuple[str, ...]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in choices:
            raise Invalid([f'"{value}" is not a valid choice.'])
        return str(value)

    return read


def _integer(value: Any) -> int:
    try:
        if isinstance(value, bool) or Decimal(str(value)) % 1:
            raise Invalid(["A valid integer is required."])
        return int(Decimal(str(value)))
    except InvalidOperation:
        raise Invalid(["A valid integer is required."]) from None


def _number(value: Any) -> Any:
    """Check a decimal and keep it as written, number or text."""
    try:
        finite = not isinstance(value, bool) and Decimal(str(value)).is_finite()
    except InvalidOperation:
        finite = False
    if not finite:
        raise Invalid(["A valid number is required."])
    return value


def _date(value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        said = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."
        raise Invalid([said]) from None


def _product(value: Any) -> JsonObject:
    if not isinstance(value, dict):
        raise Invalid({"non_field_errors": [f"Invalid data. Expected a dictionary, but got {type(value).__name__}."]})
    missing = {name: ["This field is required."] for name in ("origin", "key") if not value.get(name)}
    if missing:
        raise Invalid(missing)
    return {"origin": str(value["origin"]), "key": str(value["key"])}


def _lines(value: Any) -> list[JsonObject]:
    if not isinstance(value, list):
        raise Invalid({"non_field_errors": [f'Expected a list of items but got type "{type(value).__name__}".']})
    said: list[JsonObject] = []
    lines: list[JsonObject] = []
    for item in value:
        try:
            lines.append(_line(item))
            said.append({})
        except Invalid as invalid:
            said.append(invalid.said)
    if any(said):
        raise Invalid(said)
    return lines


def _line(item: Any) -> JsonObject:
    if not isinstance(item, dict):
        raise Invalid({"non_field_errors": [f"Invalid data. Expected a dictionary, but got {type(item).__name__}."]})
    values, mistakes = read_fields(item, LINE_FIELDS)
    for name in ("type", "quantity"):
        if name not in item:
            mistakes.setdefault(name, ["This field is required."])
    if mistakes:
        raise Invalid(mistakes)
    defaults = {name: field.default for name, field in LINE_FIELDS.items()}
    return {**item, **defaults, **values}


def read_fields(body: JsonObject, fields: dict[str, Field]) -> tuple[JsonObject, JsonObject]:
    """Check the known fields of a body: return the values to store and the errors."""
    values: JsonObject = {}
    mistakes: JsonObject = {}
    for name, field in fields.items():
        if name in body:
            try:
                values[name] = field.check(body[name])
            except Invalid as invalid:
                mistakes[name] = invalid.said
    return values, mistakes


LINE_FIELDS: dict[str, Field] = {
    "type": Field(_text(20), "line", nullable=False),
    "product": Field(_product),
    "description": Field(_text()),
    "quantity": Field(_number, nullable=False),
    "unit_price": Field(_number),
    "erp_line_number": Field(_integer),
}

ORDER_FIELDS: dict[str, Field] = {
    "key": Field(_text(64)),
    "customer_order_number": Field(_text(64)),
    "erp_order_number": Field(_text(64)),
    "state": Field(_choice(STATES), "draft", nullable=False),
    "shipment_state": Field(_choice(SHIPMENT_STATES), "none", nullable=False),
    "payment_status": Field(_text(64)),
    "order_date": Field(_date),
    "requested_delivery_date": Field(_date),
    "description": Field(_text()),
    "currency": Field(_text(3)),
    "paid_amount": Field(_number),
    "customer": Field(_integer),
    "user": Field(_integer),
    "webshop": Field(_integer),
    "shipment_address": Field(_integer),
    "invoice_address": Field(_integer),
    "order_lines": Field(_lines, (), nullable=False),
}


def forbidden(body: JsonObject, shown: JsonObject, config: Config) -> JsonObject:
    """Return the strict serializers' errors about fields that a body must not contain; `shown` is the current order."""
    found: JsonObject = {}
    if config.refuse_unknown_fields:
        found |= {name: ["Unexpected field."] for name in body if name not in ORDER_FIELDS and name not in shown}
    if config.refuse_read_only_fields:
        found |= {name: ["This field is read-only."] for name in READ_ONLY if name in body}
    return found
