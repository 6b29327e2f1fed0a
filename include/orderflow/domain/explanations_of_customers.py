"""What the reasons about customers, addresses, and an order's amounts and fields mean."""

from orderflow.domain.explanation import Explanation
from orderflow.domain.reasons import Owner, Reason

OF_CUSTOMERS: dict[Reason, Explanation] = {
    Reason.CHARGE_UNMAPPED: Explanation(
        "The order has an amount besides goods, such as shipping costs or a discount, and the settings do not say "
        "where it goes in the ERP.",
        Owner.INTEGRATION,
        "Set the key that the message names in the Airflow Variable `orderflow`: to a product, `charge` or `ignore`. "
        "The next sweep exports the order.",
    ),
    Reason.FIELD_MISSING: Explanation(
        "The order lacks a field that the setting `fields` sends to the ERP, or has a list or an object there.",
        Owner.INTEGRATION,
        "Correct the path that the message names in the Airflow Variable `orderflow`, or ask CloudSuite why this order "
        "has no such field. The next sweep exports the order.",
    ),
    Reason.CUSTOMER_UNKNOWN: Explanation(
        "The order names a customer or an address that is in none of the shop's lists.",
        Owner.SHOP,
        "Check in the shop's admin that the record exists and is active, and that the setting `origins` names its "
        "origin. The order is tried again.",
    ),
    Reason.CUSTOMER_NOT_IN_ERP: Explanation(
        "The ERP does not have this order's customer, and the settings do not allow creating it there.",
        Owner.ERP_MASTER_DATA,
        "Create the customer in the ERP under the key in the message, or set `customers` of the webshop to `create`. "
        "The next sweep exports the order.",
    ),
    Reason.CUSTOMER_REJECTED: Explanation(
        "The ERP refused to create or change the customer of this order.",
        Owner.ERP_MASTER_DATA,
        "Correct what the message names: in the shop's record, or in the ERP. The next sweep tries again.",
    ),
    Reason.CUSTOMER_IN_DOUBT: Explanation(
        "The ERP did not confirm the new customer, and it cannot be found there yet. The order was not sent.",
        Owner.INTEGRATION,
        "Nothing at first: it is looked up again, never sent blindly. If it lasts, search the ERP for the key in the "
        "message.",
    ),
    Reason.ADDRESS_CHANGED: Explanation(
        "An address was changed in the shop after an earlier order was sent with it. The ERP's record was not changed.",
        Owner.ERP_MASTER_DATA,
        "Change the address in the ERP if later orders need it, then name the order under `resolve`. Earlier orders "
        "keep what was ordered.",
    ),
}
