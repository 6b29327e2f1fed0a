"""What each reason means, who owns it, and what to do.

One table for decisions, failures, alerts, the page and the runbook, so that they cannot drift apart.
"""

from orderflow.domain.explanation import NOTHING, Explanation
from orderflow.domain.explanations_of_customers import OF_CUSTOMERS
from orderflow.domain.explanations_of_erp_records import OF_ERP_RECORDS
from orderflow.domain.explanations_of_identity import OF_IDENTITY
from orderflow.domain.explanations_of_messages import OF_MESSAGES
from orderflow.domain.open_enum import TextsOf
from orderflow.domain.reasons import Owner, Reason

_TEXTS: dict[Reason, Explanation] = {
    Reason.PAID: Explanation("The payment succeeded.", Owner.NOBODY, NOTHING),
    Reason.INVOICED_LATER: Explanation("Ordered on account; invoiced later.", Owner.NOBODY, NOTHING),
    Reason.NO_PAYMENT_OPTION: Explanation(
        "Payment status `none` in a webshop without a payment option.", Owner.NOBODY, NOTHING
    ),
    Reason.RESUMED: Explanation("Partly written back before; picked up again.", Owner.NOBODY, NOTHING),
    Reason.PAYMENT_STARTED: Explanation(
        "The buyer has started to pay but has not finished.",
        Owner.NOBODY,
        "Nothing: the order is picked up once it is paid.",
    ),
    Reason.PAYMENT_CANCELLED: Explanation(
        "The payment was cancelled.", Owner.SHOP, "Ask the buyer to pay again, or cancel the order in the shop."
    ),
    Reason.NOT_PAID: Explanation(
        "No payment yet, in a webshop that asks for payment.",
        Owner.SHOP,
        "Nothing if the buyer is still going to pay. If this webshop has no payment option, set `payment_option` to "
        "false.",
    ),
    Reason.WEBSHOP_UNKNOWN: Explanation(
        "No payment yet, in a webshop that is not in the settings: they do not say whether buyers can pay there.",
        Owner.INTEGRATION,
        "Add the webshop to the settings, with `payment_option` false if it has no payment option.",
    ),
    Reason.OVERDUE: Explanation(
        "Confirmed long ago and still not payable. It stays listed and is checked once a day.",
        Owner.SHOP,
        "Ask the buyer to pay, or cancel the order in the shop.",
    ),
    Reason.PAYMENT_UNKNOWN: Explanation(
        "The payment status is missing or not one that the vendor documents. The order is never exported.",
        Owner.FINANCE,
        "Check the payment in the shop's admin and correct its status there.",
    ),
    Reason.ORDER_INCOMPLETE: Explanation(
        "The order lacks something the ERP needs (lines, product key, quantity, price, currency).",
        Owner.SHOP,
        "Complete the order in the shop. The message says what is missing.",
    ),
    Reason.NOT_IN_ERP: Explanation(
        "The shop says that the ERP has it (`processing`, or an ERP number), but neither ledger nor ERP knows it.",
        Owner.SHOP,
        "If it really is missing from the ERP, clear the ERP number and set the state to `confirmed`. Otherwise "
        "correct the number.",
    ),
    Reason.OFFLINE: Explanation("An offline order: made in the ERP and never sent there.", Owner.NOBODY, NOTHING),
    Reason.NOT_CONFIRMED: Explanation("The order is not (or no longer) `confirmed`.", Owner.NOBODY, NOTHING),
    Reason.CANCELLED: Explanation("Cancelled in the shop before it was exported.", Owner.NOBODY, NOTHING),
    Reason.OUTSIDE_WINDOW: Explanation(
        "Listed, but confirmed outside this day: it belongs to another partition.", Owner.NOBODY, NOTHING
    ),
    Reason.ALREADY_EXPORTED: Explanation("Exported and written back before.", Owner.NOBODY, NOTHING),
    Reason.NEVER_PAID: Explanation(
        "Not paid, and not changed in the shop, for as long as `limits.never_paid_days` says. It is not read any more.",
        Owner.NOBODY,
        "Nothing: any change in the shop takes it up again.",
    ),
    Reason.RESOLVED: Explanation(
        "A person has dealt with it by hand; it is never sent automatically.", Owner.NOBODY, NOTHING
    ),
    Reason.TOTAL_DIFFERS: Explanation(
        "The ERP has the order, but its total without tax is not the shop's.",
        Owner.FINANCE,
        "Compare prices and quantities on both sides; the message has both totals. Then name the order under "
        "`resolve`.",
    ),
    Reason.ERP_REJECTED: Explanation(
        "The ERP understood the order and refused it.",
        Owner.ERP_MASTER_DATA,
        "Fix what the message names (often an unknown product or customer), then retry the order.",
    ),
    Reason.ERP_REFUSED: Explanation(
        "The ERP refused the request itself (400, 401, 403, 404).",
        Owner.INTEGRATION,
        "Check the connection `erp_default`: address, credentials, permissions.",
    ),
    Reason.ERP_UNAVAILABLE: Explanation(
        "The ERP did not answer, or had a server error. It certainly did not create the order.",
        Owner.NOBODY,
        "Nothing: retried automatically. If it lasts, check whether the ERP is up.",
    ),
    Reason.ERP_IN_DOUBT: Explanation(
        "The ERP did not confirm the order, and it cannot be found there yet. It may have been created all the same.",
        Owner.INTEGRATION,
        "Nothing at first: it is looked up again, never sent blindly. If it lasts, search the ERP for the reference.",
    ),
    Reason.ERP_ANSWER_INVALID: Explanation(
        "The ERP's answer does not follow the contract (line numbers are missing, for instance).",
        Owner.INTEGRATION,
        "Compare the answer in the message with the ERP contract.",
    ),
    Reason.ERP_ORDER_GONE: Explanation(
        "According to the ledger the ERP has this order, but it can no longer be found there. It is not sent again.",
        Owner.ERP_MASTER_DATA,
        "Search the ERP for the number in the message. If it was deleted on purpose, cancel the order in the shop and "
        "name it under `resolve`.",
    ),
    Reason.SHOP_REFUSED: Explanation(
        "The shop refused a request (4xx).", Owner.INTEGRATION, "Read the shop's answer in the message."
    ),
    Reason.SHOP_AUTH: Explanation(
        "The shop does not accept the credentials.",
        Owner.INTEGRATION,
        "Check id, secret, `token_url` and `scope` of the connection `cloudsuite_default`.",
    ),
    Reason.SHOP_UNAVAILABLE: Explanation(
        "The shop did not answer in time, throttled the call or had a server error, and quick retries did not help.",
        Owner.NOBODY,
        "Nothing: retried automatically. If it lasts, check whether the shop is up.",
    ),
    Reason.SHOP_ANSWER_INVALID: Explanation(
        "The shop's answer could not be understood.", Owner.INTEGRATION, "Read the shop's answer in the message."
    ),
    Reason.ORDER_NOT_FOUND: Explanation(
        "The shop does not know this order (any more).",
        Owner.SHOP,
        "Check the reference or id. If it was deleted after its export began, deal with it in the ERP, then name it "
        "under `resolve`. If it was deleted earlier, there is nothing to do.",
    ),
    Reason.REFERENCE_AMBIGUOUS: Explanation(
        "Several webshops have an order with this reference.",
        Owner.INTEGRATION,
        "Give the webshop too, as `webshop/reference`.",
    ),
    Reason.WRITEBACK_IGNORED: Explanation(
        "The shop answered 200 but did not keep what was sent.",
        Owner.INTEGRATION,
        "Retry the order. If it happens again, ask CloudSuite why the field named in the message is not stored.",
    ),
    Reason.LINES_MISMATCH: Explanation(
        "The lines in the shop and those in the ERP cannot be matched one to one.",
        Owner.INTEGRATION,
        "Compare the order in shop and ERP. The message names the lines.",
    ),
    Reason.ERP_NUMBER_CONFLICT: Explanation(
        "The shop already has a different ERP number for this order, or another order of the shop has the same one. "
        "Nothing was overwritten.",
        Owner.INTEGRATION,
        "Find out which ERP order is the right one and correct the other. The ERP may have both orders under one "
        "number: cancel neither for that, and enter in the shop by hand what is missing there.",
    ),
    Reason.EDITED_AFTER_EXPORT: Explanation(
        "The order was changed in the shop after it went to the ERP. The ERP's order was not changed.",
        Owner.SHOP,
        "Make the change in the ERP by hand, then name the order under `resolve`.",
    ),
    Reason.CANCELLED_AFTER_EXPORT: Explanation(
        "The order was cancelled in the shop after it went to the ERP.",
        Owner.ERP_MASTER_DATA,
        "Cancel the order in the ERP by hand, then name it under `resolve`.",
    ),
    Reason.CLAIMED_ELSEWHERE: Explanation(
        "Another run is working on this order right now.", Owner.NOBODY, "Nothing: retried automatically."
    ),
    Reason.LEDGER_UNAVAILABLE: Explanation(
        "The ledger's database did not answer. Nothing is sent without it.",
        Owner.INTEGRATION,
        "Nothing at first: retried automatically. If it lasts, check the database of the connection "
        "`orderflow_ledger`.",
    ),
    Reason.LEDGER_VERSION: Explanation(
        "The ledger's tables and this code have different versions: an upgrade or a roll-back is not finished.",
        Owner.INTEGRATION,
        "Nothing during a deployment. Otherwise run `python -m orderflow.ledger`, or deploy the newer code.",
    ),
    Reason.AIRFLOW_UNAVAILABLE: Explanation(
        "Airflow could not say whether a setting or connection exists. No default is used in its place.",
        Owner.INTEGRATION,
        "Nothing at first: retried automatically. If it lasts, check Airflow's API server, database, Fernet key and "
        "secrets backend.",
    ),
    Reason.BUDGET_SPENT: Explanation(
        "The day's calls to the shop (`limits.shop_per_day`) are used up. Backfills stop earlier.",
        Owner.INTEGRATION,
        "Nothing if it is rare: the sweeps of the next day continue. Otherwise raise the limit, or backfill fewer "
        "days.",
    ),
    Reason.CIRCUIT_OPEN: Explanation(
        "The other side kept refusing the same kind of call with the same answer, so such calls are paused.",
        Owner.INTEGRATION,
        "Read the answer in the message and fix its cause. Calls continue automatically after the pause.",
    ),
    Reason.THROTTLED: Explanation(
        "The other side asked for a pause (429) that is longer than a run waits. Nothing was sent.",
        Owner.INTEGRATION,
        "Nothing if it is rare: a later sweep continues. Otherwise set `limits.shop_per_second` (or `erp_per_second`) "
        "to what the other side allows.",
    ),
    Reason.UNFINISHED: Explanation(
        "The run ended before this order was done, and nothing says why (a task was killed, for instance).",
        Owner.INTEGRATION,
        "Clear the failed task, or run the day again: the order continues where it stopped.",
    ),
    Reason.SIDES_DIFFER: Explanation(
        "Shop and ERP have differed about orders for longer than the grace period.",
        Owner.INTEGRATION,
        "Go through the list: each line names the order, the difference and its owner.",
    ),
    Reason.CONFIGURATION: Explanation(
        "A connection or setting is missing or wrong.", Owner.INTEGRATION, "Correct what the message names."
    ),
    Reason.WINDOW_MISSING: Explanation(
        "The run does not say which day it is for.",
        Owner.INTEGRATION,
        "Trigger with a partition key or the parameter `date`.",
    ),
    Reason.WINDOW_OPEN: Explanation(
        "The day is not over yet.",
        Owner.INTEGRATION,
        "Wait until it is, or set the parameter `allow_open_window`.",
    ),
    Reason.DRY_RUN_WRITE: Explanation(
        "A dry run tried to write. The write was stopped.", Owner.INTEGRATION, "Report this as a bug."
    ),
    Reason.UNEXPECTED: Explanation(
        "An unexpected error.", Owner.INTEGRATION, "Read the task log and report it as a bug."
    ),
    **OF_CUSTOMERS,
    **OF_ERP_RECORDS,
    **OF_IDENTITY,
    **OF_MESSAGES,
}

EXPLAINED = TextsOf(
    _TEXTS,
    unknown=Explanation(
        "A reason code from a newer version, which this version does not know.",
        Owner.INTEGRATION,
        "Deploy the newer version again, or look at the order there.",
    ),
)
