"""What a comparison of shop and ERP may find: every kind, what it means, its owner, and whether it may wait."""

from typing import NamedTuple

from orderflow.domain.open_enum import OpenEnum, TextsOf
from orderflow.domain.reasons import Owner


class FindingKind(OpenEnum):
    """How the two sides can differ about one order; the texts are in `KINDS`."""

    # the shop has it, the ERP does not
    NOT_IN_ERP = "not_in_erp"
    GONE_FROM_ERP = "gone_from_erp"
    # the shop does not say what the ERP says
    NUMBER_MISSING = "number_missing"
    NUMBER_DIFFERS = "number_differs"
    LINES_MISSING = "lines_missing"
    # the ERP has it, the shop thinks otherwise
    STILL_CONFIRMED = "still_confirmed"
    CANCELLED_IN_SHOP = "cancelled_in_shop"
    UNKNOWN_IN_SHOP = "unknown_in_shop"
    DUPLICATE_IN_ERP = "duplicate_in_erp"
    # both have it, with another content
    LINE_COUNT_DIFFERS = "line_count_differs"
    AMOUNT_DIFFERS = "amount_differs"
    CUSTOMER_DIFFERS = "customer_differs"
    ADDRESS_DIFFERS = "address_differs"
    CONTENT_DIFFERS = "content_differs"
    # only the ERP can know
    CORRECTED_IN_ERP = "corrected_in_erp"
    # offline orders
    OFFLINE_NOT_SENT = "offline_not_sent"


class KindText(NamedTuple):
    """What a kind means, who owns it and what to do.

    `has_grace`: the flow or a person first gets time to heal it. `is_notice`: nothing is wrong; it is only listed.
    """

    meaning: str
    owner: Owner
    action: str
    has_grace: bool
    is_notice: bool = False


_TEXTS: dict[FindingKind, KindText] = {
    FindingKind.NOT_IN_ERP: KindText(
        "Confirmed and payable in the shop, but not in the ERP.",
        Owner.INTEGRATION,
        "Fix what the detail names, if it names anything. Then run orderflow_orders with this order's reference.",
        has_grace=True,
    ),
    FindingKind.GONE_FROM_ERP: KindText(
        "According to the ledger or the shop the ERP has this order, but it is missing there or cancelled.",
        Owner.ERP_MASTER_DATA,
        "Search the ERP for the number. If it was deleted on purpose, cancel the order in the shop.",
        has_grace=False,
    ),
    FindingKind.NUMBER_MISSING: KindText(
        "The shop says `processing` or `done` but shows no ERP number.",
        Owner.INTEGRATION,
        "Run orderflow_orders with this order's reference. If the ERP does not have the order, set it back to "
        "`confirmed` in the shop.",
        has_grace=True,
    ),
    FindingKind.NUMBER_DIFFERS: KindText(
        "The shop shows a different ERP number than the ERP.",
        Owner.INTEGRATION,
        "Find out which ERP order is the right one and correct the other.",
        has_grace=False,
    ),
    FindingKind.LINES_MISSING: KindText(
        "The shop shows the ERP number, but lines lack their ERP line number or show one the ERP does not have.",
        Owner.INTEGRATION,
        "Run orderflow_orders with this order's reference.",
        has_grace=True,
    ),
    FindingKind.STILL_CONFIRMED: KindText(
        "The ERP has the order, but the shop does not say `processing` (or `done`).",
        Owner.INTEGRATION,
        "Run orderflow_orders with this order's reference. It is written back again, not exported again.",
        has_grace=True,
    ),
    FindingKind.CANCELLED_IN_SHOP: KindText(
        "The ERP has the order, but it is cancelled in the shop.",
        Owner.ERP_MASTER_DATA,
        "Cancel the order in the ERP.",
        has_grace=True,
    ),
    FindingKind.UNKNOWN_IN_SHOP: KindText(
        "The ERP has an order under a shop reference that the shop does not know.",
        Owner.ERP_MASTER_DATA,
        "Check the reference in the ERP. If the order was deleted in the shop, cancel it in the ERP.",
        has_grace=False,
    ),
    FindingKind.DUPLICATE_IN_ERP: KindText(
        "The ERP has more than one order under one shop reference.",
        Owner.ERP_MASTER_DATA,
        "Cancel those in the ERP whose number the shop does not show.",
        has_grace=False,
    ),
    FindingKind.LINE_COUNT_DIFFERS: KindText(
        "Shop and ERP have different numbers of lines.",
        Owner.SHOP,
        "Compare both orders and make the change by hand on the side that is behind.",
        has_grace=False,
    ),
    FindingKind.AMOUNT_DIFFERS: KindText(
        "Shop and ERP have different totals (excluding tax) or currencies.",
        Owner.FINANCE,
        "Compare both orders and make the change by hand on the side that is behind.",
        has_grace=False,
    ),
    FindingKind.CUSTOMER_DIFFERS: KindText(
        "The ERP's order is for a different customer than the one it was sent for.",
        Owner.ERP_MASTER_DATA,
        "Compare the customers in the ERP (the line gives their numbers), and correct the order's customer.",
        has_grace=False,
    ),
    FindingKind.ADDRESS_DIFFERS: KindText(
        "The ERP's order goes to a different address than the one it was sent with.",
        Owner.ERP_MASTER_DATA,
        "Compare the addresses (the line gives the shop's keys or ids), and correct the one of the order in the ERP.",
        has_grace=False,
    ),
    FindingKind.CONTENT_DIFFERS: KindText(
        "The order was changed in the shop after it went to the ERP: a product, an address, a date or a remark.",
        Owner.SHOP,
        "Compare both orders and make the change in the ERP by hand, then name the order under `resolve`.",
        has_grace=False,
    ),
    FindingKind.CORRECTED_IN_ERP: KindText(
        "In the ERP the order has a return or a credit note, which the shop does not show.",
        Owner.FINANCE,
        "Nothing is wrong. If the customer paid in the shop, see that the money goes back there.",
        has_grace=False,
        is_notice=True,
    ),
    FindingKind.OFFLINE_NOT_SENT: KindText(
        "An offline order is not marked as sent in the shop.",
        Owner.INTEGRATION,
        "Run orderflow_daily for the day of this order.",
        has_grace=True,
    ),
}

KINDS = TextsOf(
    _TEXTS,
    unknown=KindText(
        "A kind of difference from a newer version, which this version does not know.",
        Owner.INTEGRATION,
        "Deploy the newer version again, or look at the order there.",
        has_grace=True,
    ),
)
