"""What the reasons about identity mean: which ERP order belongs to which shop order, and does it still count."""

from orderflow.domain.explanation import Explanation
from orderflow.domain.reasons import Owner, Reason

OF_IDENTITY: dict[Reason, Explanation] = {
    Reason.ERP_ORDER_UNPROVED: Explanation(
        "The ERP has an order with this name, and it is not proved to be this one: its content differs, or the shop "
        "cannot tell which order has its number. It was not matched to this order, and no second one was sent.",
        Owner.SHOP,
        "Compare both; the message says what is wrong. If they are two orders, give this one its own reference in the "
        "shop. If it is the same order, finish it by hand and name it under `resolve`.",
    ),
    Reason.ERP_ORDER_CANCELLED: Explanation(
        "The order is cancelled in the ERP but not in the shop. Nothing more is written to the shop.",
        Owner.SHOP,
        "Cancel the order in the shop, or reopen it in the ERP. To have it delivered under a new ERP order, place it "
        "again in the shop.",
    ),
    Reason.REFERENCE_TAKEN: Explanation(
        "Two shop orders have the same name in the ERP, or the same ERP order was found for both. The ERP order "
        "belongs to the other order; this one was left alone.",
        Owner.SHOP,
        "The message names both orders. Give this one its own reference in the shop, or cancel it there if it is "
        "a duplicate.",
    ),
    Reason.EXPORTED_TWICE: Explanation(
        "The ERP may have two orders for this one: an earlier version kept it under two webshops and sent it twice.",
        Owner.ERP_MASTER_DATA,
        "The message names both ERP orders. Cancel the one that is not in the shop, then name the order under "
        "`resolve`.",
    ),
    Reason.WITHDRAWN_AFTER_EXPORT: Explanation(
        "Set back in the shop to a draft or quotation, or to an unknown state, after it was exported. It is left "
        "alone, because any write would undo that.",
        Owner.SHOP,
        "Confirm the order again in the shop, or cancel it there and in the ERP.",
    ),
    Reason.STATE_UNKNOWN: Explanation(
        "The order's state is missing or not one that the vendor documents. The order is not exported.",
        Owner.SHOP,
        "Check the order in the shop's admin and correct its state there. If all orders show this, tell the vendor.",
    ),
    Reason.OFFLINE_UNKNOWN: Explanation(
        "The order does not say whether it is an offline order, and neither do the shop's lists: they ignore the "
        "filter `offline`. It was not exported.",
        Owner.INTEGRATION,
        "Ask CloudSuite to show `offline` in the order or to honour the filter. If the shop has no offline orders, set "
        "`offline_orders` to false.",
    ),
    Reason.BEFORE_GO_LIVE: Explanation(
        "Confirmed before go-live (`not_before`, or else the earliest day that was run). The sweep does not export it.",
        Owner.INTEGRATION,
        "Nothing if it was entered in the ERP by hand. Otherwise run its day, or name it under `references`.",
    ),
    Reason.NOT_BEFORE: Explanation(
        "Confirmed before `not_before`: the settings forbid its export.",
        Owner.INTEGRATION,
        "If the order should be exported, set `not_before` to an earlier day and run it again.",
    ),
    Reason.DAY_NOT_RUN: Explanation(
        "Scheduled days were missed so long ago that no sweep picks them up any more (`limits.catch_up_days`).",
        Owner.INTEGRATION,
        "Run the days in the message with a backfill of `orderflow_daily`.",
    ),
    Reason.SERVICE_LEVEL_MISSED: Explanation(
        "Fewer orders of the last day than `alerts.service_level` asks for were in the ERP in time.",
        Owner.INTEGRATION,
        "See on the page, under “How long it takes”, whether this lasts, and mend the causes that hold most orders.",
    ),
    Reason.ASSUMPTION_CHANGED: Explanation(
        "Shop or ERP answer otherwise than at the last check, so that an assumption about them does not hold any more, "
        "or holds now.",
        Owner.INTEGRATION,
        "Read in the table of the check what follows and what to set or ask. Then run `orderflow_check` again, which "
        "closes this.",
    ),
}
