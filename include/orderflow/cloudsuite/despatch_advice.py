"""A despatch advice (DESADV) with the fields of the vendor's page; `schemas/desadv.xsd` lists the assumptions."""

import datetime as dt
from decimal import Decimal
from importlib.resources import files

from lxml import etree
from pydantic import BaseModel, ConfigDict, Field

from orderflow.cloudsuite.xml import XmlError, child, exact, readable, write
from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError

_SMALLEST = Decimal("0.0001")
_TOO_MUCH = Decimal(10) ** 8


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True)


class DesadvItem(_Message):
    """A delivered order line, or the delivered part of it."""

    item_num: int
    """The ERP's line number, as written back to the shop."""
    order_num: str
    """The ERP's order number."""
    quantity: Decimal
    seller_item_id: str


class DespatchAdvice(_Message):
    """A packing slip. The shop accepts each `number` once."""

    number: str
    date: dt.date
    planned_delivery_date: dt.date
    comment: str | None = None
    carrier: str | None = None
    tracking_code: str | None = None
    items: tuple[DesadvItem, ...] = Field(min_length=1)

    def to_xml(self) -> bytes:
        """Return the message, checked against our schema; PermanentError naming the slip if it cannot be written.

        Numbers, codes and quantities are written exactly or not at all. In the comment, which only people read,
        characters that XML cannot hold are replaced by U+FFFD.
        """
        try:
            root = self._tree()
            _schema().assertValid(root)
        except (XmlError, etree.DocumentInvalid) as error:
            raise PermanentError(
                f"packing slip {self.number!r} cannot be written as the shop wants it: {error}",
                reason=Reason.MESSAGE_INVALID,
            ) from error
        return write(root)

    def _tree(self) -> etree._Element:
        root = etree.Element("Desadv")
        header = child(root, "DesadvHeader")
        child(header, "DesadvNumber", exact(self.number, "the number"))
        child(header, "DesadvDate", self.date.isoformat())
        child(header, "PlannedDeliveryDate", self.planned_delivery_date.isoformat())
        child(header, "Comment", readable(self.comment or ""))
        transport = child(header, "TransportDetails")
        child(transport, "TransportModeCode", exact(self.carrier or "", "the carrier"))
        child(transport, "MeansOfTransport/Identification", exact(self.tracking_code or "", "the tracking code"))
        child(root, "DesadvParty/BuyerParty")
        items = child(root, "DesadvDetail/Packaging/LineItems")
        for item in self.items:
            row = child(items, "Item")
            child(row, "ItemNum", str(item.item_num))
            child(row, "OrderNum", exact(item.order_num, "the order number"))
            child(row, "QuantityValue", _quantity(item))
            child(row, "SellerItemID", exact(item.seller_item_id, "the part number"))
        return root


def _quantity(item: DesadvItem) -> str:
    """Format as decimal(12,4); XmlError if the value would have to be rounded."""
    quantity = item.quantity
    if not (abs(quantity) < _TOO_MUCH and quantity == quantity.quantize(_SMALLEST)):
        raise XmlError(
            f"{quantity} of order {item.order_num}, line {item.item_num}, is no decimal(12,4): at most eight digits "
            "before the point and four after it"
        )
    return f"{quantity:.4f}"


def _schema() -> etree.XMLSchema:
    """Load the schema anew each time (half a millisecond): lxml schemas cannot be shared between threads."""
    return etree.XMLSchema(etree.fromstring((files("orderflow.cloudsuite") / "schemas" / "desadv.xsd").read_bytes()))
