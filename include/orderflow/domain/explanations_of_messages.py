"""What the reasons of packing slips and other messages mean: the part of the table that is about them."""

from orderflow.domain.explanation import NOTHING, Explanation
from orderflow.domain.reasons import Owner, Reason

OF_MESSAGES: dict[Reason, Explanation] = {
    Reason.MESSAGE_INVALID: Explanation(
        "A message for the shop cannot be written as the shop wants it; it was not sent.",
        Owner.ERP_MASTER_DATA,
        "Correct in the ERP what the message names: a quantity with too many digits, a part number that is missing.",
    ),
    Reason.MESSAGE_REJECTED: Explanation(
        "The shop refused a message (a delivery, a confirmation, an order status).",
        Owner.INTEGRATION,
        "Read the shop's answer in the message.",
    ),
    Reason.MESSAGE_IN_DOUBT: Explanation(
        "The shop did not say whether it took a message that it takes only once: it is never sent again blindly.",
        Owner.INTEGRATION,
        "Look in the shop whether the message arrived.",
    ),
    Reason.NOT_A_SHOP_ORDER: Explanation(
        "A packing slip of an ERP order that did not come from the shop, or that the ledger does not know yet.",
        Owner.NOBODY,
        "Nothing: it is taken up by itself once the ledger knows the order. After a lost ledger, run the days again.",
    ),
    Reason.NO_DELIVERY_MESSAGES: Explanation(
        "A packing slip of a webshop whose settings say that it takes no delivery messages.", Owner.NOBODY, NOTHING
    ),
    Reason.NUMBERS_NOT_IN_SHOP: Explanation(
        "A packing slip waits: the shop does not have the ERP number and all line numbers of its order yet.",
        Owner.INTEGRATION,
        "Nothing at first: it is sent once the order is written back. If it lasts, look at the order.",
    ),
    Reason.SLIP_PARTLY_UNKNOWN: Explanation(
        "A packing slip for several orders, of which the ledger does not know all; a number can be sent only once.",
        Owner.INTEGRATION,
        "If the unknown orders are not the shop's: trigger `orderflow_deliveries` with the slip under `send_now`.",
    ),
    Reason.SLIP_INCOMPLETE: Explanation(
        "The packing slip lacks something a delivery message cannot do without (lines, quantities, products).",
        Owner.ERP_MASTER_DATA,
        "Correct the packing slip in the ERP; the message names what is missing.",
    ),
    Reason.SLIP_LINE_UNKNOWN: Explanation(
        "The packing slip names an order line whose number no line of the shop's order has.",
        Owner.ERP_MASTER_DATA,
        "Compare the lines of the order in both; lines added in the ERP later are not known to the shop.",
    ),
    Reason.SLIP_OF_TWO_WEBSHOPS: Explanation(
        "One packing slip for orders of two webshops; a message goes to one webshop, and its number only once.",
        Owner.ERP_MASTER_DATA,
        "Make a packing slip for each webshop in the ERP.",
    ),
    Reason.SLIP_ORDER_UNKNOWN: Explanation(
        "A packing slip of an order that the ERP has from the shop and the ledger does not know: was it restored?",
        Owner.INTEGRATION,
        "Run `orderflow_daily` for the day of the order: the ledger learns it again, and the slip is sent.",
    ),
    Reason.TRACKING_AWAITED: Explanation(
        "A packing slip names a carrier and no tracking code yet; the shop takes each slip once, so it waits for one.",
        Owner.NOBODY,
        "Nothing: it is sent with the code, or without one after `limits.slip_tracking_hours`.",
    ),
    Reason.SLIP_CHANGED: Explanation(
        "The packing slip was changed in the ERP after it was sent to the shop, which takes each only once.",
        Owner.SHOP,
        "Correct the shipment by hand in the shop's admin.",
    ),
}
