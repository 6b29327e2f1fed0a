"""Trying the shop's message endpoints with an order number that does not exist, so that nothing can happen."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from zoneinfo import ZoneInfo

from orderflow.checking.tried import Fate, Message
from orderflow.cloudsuite.cxml import Confirmation, ConfirmedLine
from orderflow.cloudsuite.despatch_advice import DesadvItem, DespatchAdvice
from orderflow.cloudsuite.messages import MessagesClient, Sent
from orderflow.domain.reasons import Reason
from orderflow.errors import InDoubtError, OrderflowError, PermanentError
from orderflow.settings import Settings
from orderflow.transport import RefusedError

NOBODY = "ORDERFLOW-CHECK"
_NO_ADDRESS = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})


def try_messages(
    messages: MessagesClient, settings: Settings, webshop: int | None, now: datetime
) -> dict[str, Message]:
    """Send one packing slip and one confirmation for an order that does not exist."""
    shop, user = settings.addressee(webshop)
    day = now.astimezone(ZoneInfo(settings.timezone)).date()
    slip = DespatchAdvice(
        number=f"{NOBODY}-{now:%Y%m%d%H%M%S}",
        date=day,
        planned_delivery_date=day,
        items=(DesadvItem(item_num=1, order_num=NOBODY, quantity=Decimal(1), seller_item_id=NOBODY),),
    )
    confirmation = Confirmation(
        webshop=shop,
        order_id=0,
        reference=NOBODY,
        erp_number=NOBODY,
        noticed_at=now,
        sent_at=now,
        lines=(ConfirmedLine(line_number=1, erp_line_number=1, quantity=Decimal(1)),),
    )
    path = settings.webshop(webshop).messages.confirmation_path
    return {
        "DESADV": _sent(lambda: messages.send_desadv(slip, shop=shop, user=user)),
        "cXML": _sent(lambda: messages.send_confirmation(confirmation, path=path, shop=shop, user=user)),
    }


def _sent(send: Callable[[], Sent]) -> Message:
    try:
        return Message(Fate.TAKEN, send())
    except InDoubtError as error:
        return Message(Fate.IN_DOUBT, error.message)
    except PermanentError as error:
        if error.reason is not Reason.MESSAGE_REJECTED:
            return Message(Fate.NOT_SENT, error.message)
        refused = error if isinstance(error, RefusedError) else error.__cause__
        status = refused.status if isinstance(refused, RefusedError) else None
        return Message(Fate.NO_ADDRESS if status in _NO_ADDRESS else Fate.REFUSED, error.message)
    except OrderflowError as error:
        return Message(Fate.NOT_SENT, error.message)
