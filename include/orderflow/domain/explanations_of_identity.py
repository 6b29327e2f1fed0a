"""What the reasons about identity mean: which ERP order is which order of the shop, and is it still alive."""

from orderflow.domain.explanation import Explanation
from orderflow.domain.reasons import Owner, Reason

OF_IDENTITY: dict[Reason, Explanation] = {
    Reason.ERP_ORDER_UNPROVED: Explanation(
        "The ERP has an order of this name that holds something else. It was not taken for this one, and no second one "
        "was sent.",
        Owner.SHOP,
        "Compare both; the message says what differs. If they are two orders, give this one a reference of its own in "
        "the shop. If it is the same order, finish it by hand and name it under `resolve`.",
    ),
    Reason.ERP_ORDER_CANCELLED: Explanation(
        "The ERP's order is cancelled, and the shop's is not. The shop was told nothing.",
        Owner.SHOP,
        "Cancel the order in the shop, or reopen it in the ERP. To have it delivered under a new ERP order, place it "
        "anew in the shop.",
    ),
    Reason.REFERENCE_TAKEN: Explanation(
        "Two orders of the shop have one name in the ERP, or one ERP order was found for both. The ERP order belongs "
        "to the other order; this one was left alone.",
        Owner.SHOP,
        "The message names both orders. Give this one a reference of its own in the shop, or cancel it there if it is "
        "the same order a second time.",
    ),
    Reason.EXPORTED_TWICE: Explanation(
        "The ERP may hold two orders for this one: an earlier version kept it under two webshops and sent it twice.",
        Owner.ERP_MASTER_DATA,
        "The message names both ERP orders. Cancel the one that is not in the shop, then name the order under "
        "`resolve`.",
    ),
    Reason.WITHDRAWN_AFTER_EXPORT: Explanation(
        "Set back in the shop to a draft or quotation, or to a state unknown here, after it was exported. It is left "
        "alone, for any write would undo that.",
        Owner.SHOP,
        "Confirm the order again in the shop, or cancel it there and in the ERP.",
    ),
    Reason.OFFLINE_UNKNOWN: Explanation(
        "The order does not say whether it is an offline order, and the shop's lists do not tell either: the filter "
        "`offline` is ignored. It was not exported.",
        Owner.INTEGRATION,
        "Ask CloudSuite to show `offline` in the order or to honour the filter. If the shop has no offline orders, set "
        "`offline_orders` to false.",
    ),
    Reason.BEFORE_GO_LIVE: Explanation(
        "Confirmed before go-live (`not_before`, else the earliest day that was run): the sweep does not export it.",
        Owner.INTEGRATION,
        "Nothing if it was entered in the ERP by hand. Else run its day, or name it under `references`.",
    ),
    Reason.NOT_BEFORE: Explanation(
        "Confirmed before `not_before`, which the settings forbid to export.",
        Owner.INTEGRATION,
        "Set `not_before` to an earlier day if the order is to be exported, then run it again.",
    ),
    Reason.DAY_NOT_RUN: Explanation(
        "Scheduled days were missed for so long that no sweep takes them up any more (`limits.catch_up_days`).",
        Owner.INTEGRATION,
        "Run the days in the message: a backfill of `orderflow_daily`.",
    ),
    Reason.SERVICE_LEVEL_MISSED: Explanation(
        "Fewer orders of the last day than `alerts.service_level` asks for were in the ERP in time.",
        Owner.INTEGRATION,
        "See on the page, under “How long it takes”, whether this lasts, and mend the causes that hold most orders.",
    ),
}
