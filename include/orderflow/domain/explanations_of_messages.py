"""What the reasons about packing slips and other messages mean."""

from orderflow.domain.explanation import NOTHING, Explanation
from orderflow.domain.reasons import Owner, Reason

OF_MESSAGES: dict[Reason, Explanation] = {
    Reason.MESSAGE_INVALID: Explanation(
        "A message for the shop cannot be written in the form that the shop requires. It was not sent.",
        Owner.ERP_MASTER_DATA,
        "Correct what the message names in the ERP: a quantity with too many digits or a missing part number, for "
        "instance.",
    ),
    Reason.MESSAGE_REJECTED: Explanation(
        "The shop refused a message (a delivery, a confirmation, an order status).",
        Owner.INTEGRATION,
        "Read the shop's answer in the message.",
    ),
    Reason.MESSAGE_IN_DOUBT: Explanation(
        "The shop did not confirm a message that it takes only once. It is never sent again blindly.",
        Owner.INTEGRATION,
        "Check in the shop whether the message arrived. A packing slip is then decided about on its order's page.",
    ),
    Reason.NOT_A_SHOP_ORDER: Explanation(
        "A packing slip for an ERP order that did not come from the shop, or that the ledger does not know yet.",
        Owner.NOBODY,
        "Nothing: it is picked up once the ledger knows the order. After a lost ledger, run the days again.",
    ),
    Reason.NO_DELIVERY_MESSAGES: Explanation(
        "A packing slip of a webshop that gets no despatch advices, according to the settings.", Owner.NOBODY, NOTHING
    ),
    Reason.NUMBERS_NOT_IN_SHOP: Explanation(
        "A packing slip is waiting: the shop does not have its order's ERP number and all line numbers yet.",
        Owner.INTEGRATION,
        "Nothing at first: it is sent once the order is written back. If it lasts, look at the order.",
    ),
    Reason.SLIP_PARTLY_UNKNOWN: Explanation(
        "A packing slip for several orders, some of which the ledger does not know. Its number can be sent only once.",
        Owner.INTEGRATION,
        "If the unknown orders are not the shop's, trigger `orderflow_deliveries` with the slip under `send_now`.",
    ),
    Reason.SLIP_INCOMPLETE: Explanation(
        "The packing slip lacks something a despatch advice needs (lines, quantities, products).",
        Owner.ERP_MASTER_DATA,
        "Correct the packing slip in the ERP. The message says what is missing.",
    ),
    Reason.SLIP_LINE_UNKNOWN: Explanation(
        "The packing slip names a line number that no line of the shop's order has.",
        Owner.ERP_MASTER_DATA,
        "Compare the order's lines on both sides. The shop does not know lines that were added in the ERP later.",
    ),
    Reason.SLIP_OF_TWO_WEBSHOPS: Explanation(
        "One packing slip for orders of two webshops. A message goes to one webshop, and its number only once.",
        Owner.ERP_MASTER_DATA,
        "Make one packing slip per webshop in the ERP.",
    ),
    Reason.SLIP_ORDER_UNKNOWN: Explanation(
        "A packing slip for a shop order that the ERP has but the ledger does not know. Was the ledger restored?",
        Owner.INTEGRATION,
        "Run `orderflow_daily` for the day of the order. Then the ledger knows it again, and the slip is sent.",
    ),
    Reason.TRACKING_AWAITED: Explanation(
        "A packing slip has a carrier but no tracking code yet. It waits for one, because the shop takes each slip "
        "only once.",
        Owner.NOBODY,
        "Nothing: it is sent with the code, or without one after `limits.slip_tracking_hours`.",
    ),
    Reason.SLIP_CHANGED: Explanation(
        "The packing slip was changed in the ERP after it was sent to the shop, which takes each slip only once.",
        Owner.SHOP,
        "Correct the shipment by hand in the shop's admin.",
    ),
}
