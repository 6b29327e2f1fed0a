"""A despatch advice as it reads in XML."""

import datetime as dt
from decimal import Decimal

from lxml import etree

from orderflow.cloudsuite.despatch_advice import DesadvItem, DespatchAdvice
from orderflow.cloudsuite.xml import read


def from_xml(document: bytes) -> DespatchAdvice:
    """Read a message."""
    root = read(document)
    return DespatchAdvice(
        number=_text(root, "DesadvHeader/DesadvNumber"),
        date=dt.date.fromisoformat(_text(root, "DesadvHeader/DesadvDate")),
        planned_delivery_date=dt.date.fromisoformat(_text(root, "DesadvHeader/PlannedDeliveryDate")),
        comment=_text(root, "DesadvHeader/Comment") or None,
        carrier=_text(root, "DesadvHeader/TransportDetails/TransportModeCode") or None,
        tracking_code=_text(root, "DesadvHeader/TransportDetails/MeansOfTransport/Identification") or None,
        items=tuple(map(_item, root.iterfind("DesadvDetail/Packaging/LineItems/Item"))),
    )


def _item(row: etree._Element) -> DesadvItem:
    return DesadvItem(
        item_num=int(_text(row, "ItemNum")),
        order_num=_text(row, "OrderNum"),
        quantity=Decimal(_text(row, "QuantityValue")),
        seller_item_id=_text(row, "SellerItemID"),
    )


def _text(element: etree._Element, path: str) -> str:
    return element.findtext(path) or ""
