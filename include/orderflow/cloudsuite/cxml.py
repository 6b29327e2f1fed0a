"""The order confirmation in cXML 1.2, instead of the PATCH of the ERP number and the PUT of the lines.

The vendor's page "Order incoming - feedback - cXML" is not public. That this message replaces both is DOCUMENTED; its
content is ASSUMED to be a standard ConfirmationRequest. Every value is in its standard element, except the ERP's line
numbers: the standard has none for them, so they are Extrinsics, the usual way to extend cXML.
"""

import datetime as dt
from decimal import Decimal

from lxml import etree
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from orderflow.cloudsuite.xml import XmlError, child, exact, write
from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError

VERSION = "1.2.021"
DOCTYPE = f'<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/{VERSION}/Fulfill.dtd">'
ERP_LINE = "erp_line_number"
"""The Extrinsic with the ERP's line number, named as in the vendor's JSON (ASSUMED)."""
UNIT = "EA"
"""The standard requires a unit, but the shop's order object has none (ASSUMED: each)."""


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True)


class ConfirmedLine(_Message):
    """A line of the shop's order and its number in the ERP."""

    line_number: int
    """Counts from 1 in the shop's order of lines, as in cXML (ASSUMED: goods lines only)."""
    erp_line_number: int | str
    quantity: Decimal


class Confirmation(_Message):
    """The ERP's confirmation of one order."""

    webshop: int
    order_id: int
    reference: str
    order_date: dt.date | None = None
    erp_number: str
    noticed_at: AwareDatetime
    """When the ERP accepted the order."""
    sent_at: AwareDatetime
    lines: tuple[ConfirmedLine, ...] = Field(min_length=1)

    @property
    def payload_id(self) -> str:
        """The message's identity. It depends only on the order's number, so repeated confirmations are recognisable."""
        return f"confirmation-{self.webshop}-{self.order_id}-{self.erp_number}@orderflow"

    def to_xml(self) -> bytes:
        """Return the document; PermanentError naming the order if it cannot be written."""
        try:
            return write(self._tree(), doctype=DOCTYPE)
        except XmlError as error:
            order = f"{self.webshop}/{self.reference}"
            raise PermanentError(str(error), reason=Reason.MESSAGE_INVALID, order=order) from error

    def _tree(self) -> etree._Element:
        sent_at = self.sent_at.isoformat(timespec="seconds")
        root = etree.Element("cXML", payloadID=exact(self.payload_id, "the ERP number"), timestamp=sent_at)
        header = child(root, "Header")
        # ASSUMED: the bearer token identifies the sender, so these only have to be present.
        child(header, "From/Credential", domain="orderflow").append(_identity("erp"))
        child(header, "To/Credential", domain="cloudsuite").append(_identity(str(self.webshop)))
        sender = child(header, "Sender")
        child(sender, "Credential", domain="orderflow").append(_identity("erp"))
        child(sender, "UserAgent", "Orderflow")
        request = child(root, "Request/ConfirmationRequest")
        child(
            request,
            "ConfirmationHeader",
            type="allDetail",
            confirmID=exact(self.erp_number, "the ERP number"),
            noticeDate=self.noticed_at.isoformat(timespec="seconds"),
        )
        order_date = {"orderDate": self.order_date.isoformat()} if self.order_date else {}
        order = child(request, "OrderReference", orderID=exact(self.reference, "the reference"), **order_date)
        # ASSUMED: the order's own payloadID. For offline orders the page prefers CloudSuite's order id.
        child(order, "DocumentReference", payloadID=str(self.order_id))
        for line in self.lines:
            _add(request, line)
        return root


def _add(request: etree._Element, line: ConfirmedLine) -> None:
    quantity = f"{line.quantity:f}"
    item = child(request, "ConfirmationItem", lineNumber=str(line.line_number), quantity=quantity)
    child(item, "UnitOfMeasure", UNIT)
    status = child(item, "ConfirmationStatus", type="allDetail", quantity=quantity)
    child(status, "UnitOfMeasure", UNIT)
    child(status, "Extrinsic", str(line.erp_line_number), name=ERP_LINE)


def _identity(name: str) -> etree._Element:
    identity = etree.Element("Identity")
    identity.text = name
    return identity
