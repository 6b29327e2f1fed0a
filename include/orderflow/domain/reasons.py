"""Why an order is where it is: the reason codes, and who can act. `explanations` says what they mean."""

from enum import StrEnum

from orderflow.domain.open_enum import OpenEnum


class Owner(StrEnum):
    """Who has to act before the order moves on."""

    NOBODY = "nobody"
    SHOP = "shop team"
    ERP_MASTER_DATA = "ERP master data"
    FINANCE = "finance"
    INTEGRATION = "integration team"


class Reason(OpenEnum):
    """Machine-readable reason codes; `explanations` says what they mean."""

    # why an order is processed
    PAID = "paid"
    INVOICED_LATER = "invoiced_later"
    NO_PAYMENT_OPTION = "no_payment_option"
    RESUMED = "resumed"
    # why it waits
    PAYMENT_STARTED = "payment_started"
    PAYMENT_CANCELLED = "payment_cancelled"
    NOT_PAID = "not_paid"
    WEBSHOP_UNKNOWN = "webshop_unknown"
    OVERDUE = "overdue"
    # why it is held
    STATE_UNKNOWN = "state_unknown"
    PAYMENT_UNKNOWN = "payment_unknown"
    ORDER_INCOMPLETE = "order_incomplete"
    CHARGE_UNMAPPED = "charge_unmapped"
    FIELD_MISSING = "field_missing"
    CUSTOMER_UNKNOWN = "customer_unknown"
    CUSTOMER_NOT_IN_ERP = "customer_not_in_erp"
    CUSTOMER_REJECTED = "customer_rejected"
    NOT_IN_ERP = "not_in_erp"
    OFFLINE_UNKNOWN = "offline_unknown"
    BEFORE_GO_LIVE = "before_go_live"
    NOT_BEFORE = "not_before"
    # why it is only marked as sent, or left alone if it is from before go-live
    OFFLINE = "offline"
    # why it is skipped
    NOT_CONFIRMED = "not_confirmed"
    CANCELLED = "cancelled"
    OUTSIDE_WINDOW = "outside_window"
    ALREADY_EXPORTED = "already_exported"
    NEVER_PAID = "never_paid"
    RESOLVED = "resolved"
    # what went wrong with the ERP
    ERP_REJECTED = "erp_rejected"
    ERP_REFUSED = "erp_refused"
    ERP_UNAVAILABLE = "erp_unavailable"
    ERP_IN_DOUBT = "erp_in_doubt"
    ERP_ANSWER_INVALID = "erp_answer_invalid"
    ERP_ORDER_GONE = "erp_order_gone"
    TOTAL_DIFFERS = "total_differs"
    CUSTOMER_IN_DOUBT = "customer_in_doubt"
    ADDRESS_CHANGED = "address_changed"
    REFERENCE_TAKEN = "reference_taken"
    ERP_ORDER_UNPROVED = "erp_order_unproved"
    ERP_ORDER_CANCELLED = "erp_order_cancelled"
    EXPORTED_TWICE = "exported_twice"
    ERP_CUSTOMER_INACTIVE = "erp_customer_inactive"
    ERP_PRODUCT_INACTIVE = "erp_product_inactive"
    ERP_SHOP_INACTIVE = "erp_shop_inactive"
    ERP_NOT_PROCESSED = "erp_not_processed"
    # what went wrong with the shop
    SHOP_REFUSED = "shop_refused"
    SHOP_AUTH = "shop_auth"
    SHOP_UNAVAILABLE = "shop_unavailable"
    SHOP_ANSWER_INVALID = "shop_answer_invalid"
    ORDER_NOT_FOUND = "order_not_found"
    REFERENCE_AMBIGUOUS = "reference_ambiguous"
    WRITEBACK_IGNORED = "writeback_ignored"
    LINES_MISMATCH = "lines_mismatch"
    ERP_NUMBER_CONFLICT = "erp_number_conflict"
    MESSAGE_INVALID = "message_invalid"
    MESSAGE_REJECTED = "message_rejected"
    MESSAGE_IN_DOUBT = "message_in_doubt"
    # what happened in the shop after the order was exported
    EDITED_AFTER_EXPORT = "edited_after_export"
    CANCELLED_AFTER_EXPORT = "cancelled_after_export"
    WITHDRAWN_AFTER_EXPORT = "withdrawn_after_export"
    # why a packing slip is not sent, or needs attention
    NOT_A_SHOP_ORDER = "not_a_shop_order"
    NO_DELIVERY_MESSAGES = "no_delivery_messages"
    NUMBERS_NOT_IN_SHOP = "numbers_not_in_shop"
    SLIP_PARTLY_UNKNOWN = "slip_partly_unknown"
    SLIP_INCOMPLETE = "slip_incomplete"
    SLIP_LINE_UNKNOWN = "slip_line_unknown"
    SLIP_OF_TWO_WEBSHOPS = "slip_of_two_webshops"
    SLIP_CHANGED = "slip_changed"
    SLIP_ORDER_UNKNOWN = "slip_order_unknown"
    TRACKING_AWAITED = "tracking_awaited"
    # the integration itself
    CLAIMED_ELSEWHERE = "claimed_elsewhere"
    LEDGER_UNAVAILABLE = "ledger_unavailable"
    LEDGER_VERSION = "ledger_version"
    AIRFLOW_UNAVAILABLE = "airflow_unavailable"
    BUDGET_SPENT = "budget_spent"
    CIRCUIT_OPEN = "circuit_open"
    THROTTLED = "throttled"
    UNFINISHED = "unfinished"
    DAY_NOT_RUN = "day_not_run"
    SERVICE_LEVEL_MISSED = "service_level_missed"
    ASSUMPTION_CHANGED = "assumption_changed"
    SIDES_DIFFER = "sides_differ"
    CONFIGURATION = "configuration"
    WINDOW_MISSING = "window_missing"
    WINDOW_OPEN = "window_open"
    DRY_RUN_WRITE = "dry_run_write"
    UNEXPECTED = "unexpected"


TO_PROCESS = frozenset({Reason.PAID, Reason.INVOICED_LATER, Reason.NO_PAYMENT_OPTION, Reason.RESUMED})
"""Why an order is processed."""

SKIPPED = frozenset(
    {
        Reason.OFFLINE,
        Reason.NOT_CONFIRMED,
        Reason.CANCELLED,
        Reason.OUTSIDE_WINDOW,
        Reason.ALREADY_EXPORTED,
        Reason.NEVER_PAID,
        Reason.ORDER_NOT_FOUND,
        Reason.RESOLVED,
    }
)
"""Why an order is skipped."""

UNPAID = frozenset({Reason.PAYMENT_STARTED, Reason.PAYMENT_CANCELLED, Reason.NOT_PAID})
"""A buyer still has to pay."""

STUCK = frozenset(
    {
        Reason.STATE_UNKNOWN,
        Reason.ORDER_INCOMPLETE,
        Reason.CHARGE_UNMAPPED,
        Reason.FIELD_MISSING,
        Reason.CUSTOMER_UNKNOWN,
        Reason.CUSTOMER_NOT_IN_ERP,
        Reason.CUSTOMER_REJECTED,
        Reason.NOT_IN_ERP,
        Reason.OFFLINE_UNKNOWN,
        Reason.NOT_BEFORE,
    }
)
"""Held although it is payable, or even further: a run that finds such an order has not done its job."""

NOT_THIS_ORDER = frozenset(
    {Reason.REFERENCE_TAKEN, Reason.ERP_NUMBER_CONFLICT, Reason.ERP_ORDER_UNPROVED, Reason.ERP_ORDER_CANCELLED}
)
"""What the ERP has under the order's name is not its export: nothing was sent, and nothing was adopted."""

DEFERRED = frozenset({Reason.BUDGET_SPENT, Reason.CIRCUIT_OPEN, Reason.THROTTLED})
"""The call was not made: what it was meant to do has certainly not happened."""

NOT_SENT = DEFERRED | {Reason.CONFIGURATION}
"""The request never left: our own limits forbid it, or the connection cannot work."""

PASSING = DEFERRED | {
    Reason.SHOP_UNAVAILABLE,
    Reason.ERP_UNAVAILABLE,
    Reason.LEDGER_UNAVAILABLE,
    Reason.LEDGER_VERSION,
    Reason.AIRFLOW_UNAVAILABLE,
}
"""Trouble that says nothing about an order, and goes away without anybody changing the order."""

REJECTIONS = frozenset(
    {Reason.ERP_REJECTED, Reason.ERP_CUSTOMER_INACTIVE, Reason.ERP_PRODUCT_INACTIVE, Reason.ERP_SHOP_INACTIVE}
)
"""The ERP judged the order itself and did not accept it."""
