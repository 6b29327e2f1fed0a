"""Steps 3b and 3c as one cXML message with the ERP's number and line numbers, for webshops configured that way."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from orderflow.cloudsuite.cxml import Confirmation, ConfirmedLine
from orderflow.cloudsuite.models import ShopOrder
from orderflow.errors import InDoubtError
from orderflow.flow.services import Services


def confirms_by_cxml(services: Services, webshop: int | None) -> bool:
    """Whether the webshop of an order gets a cXML confirmation."""
    return services.settings.webshop(webshop).confirmation == "cxml"


def confirm(services: Services, webshop: int | None, message: Confirmation) -> InDoubtError | None:
    """Send the confirmation once; return the doubt if its outcome is unknown, because a read may settle it."""
    shop, user = services.settings.addressee(webshop)
    path = services.settings.webshop(webshop).messages.confirmation_path
    try:
        services.messages.send_confirmation(message, path=path, shop=shop, user=user)
    except InDoubtError as doubt:
        return doubt
    return None


def confirmation(
    services: Services,
    shop_order: ShopOrder,
    number: str,
    numbers: Mapping[int, int | str],
    *,
    noticed_at: datetime | None,
) -> Confirmation:
    """Build the message from the shop's order and the ERP's numbers (by position)."""
    now = services.now()
    return Confirmation(
        webshop=services.understand(shop_order).webshop,
        order_id=shop_order.id,
        reference=shop_order.reference,
        order_date=shop_order.order_date,
        erp_number=number,
        noticed_at=noticed_at or now,
        sent_at=now,
        lines=tuple(
            ConfirmedLine(
                line_number=position,
                erp_line_number=numbers[position],
                quantity=line.quantity or Decimal(0),  # removed since the export: the order is flagged as edited
            )
            for position, line in enumerate(services.exported_lines(shop_order), start=1)
        ),
    )
