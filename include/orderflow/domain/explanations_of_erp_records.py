"""What the reasons about single records of the ERP mean."""

from orderflow.domain.explanation import Explanation
from orderflow.domain.reasons import Owner, Reason

OF_ERP_RECORDS: dict[Reason, Explanation] = {
    Reason.ERP_CUSTOMER_INACTIVE: Explanation(
        "The customer or an address of the order is inactive in the ERP.",
        Owner.ERP_MASTER_DATA,
        "Activate what the message names, or tie its identifier to the record in use. Then retry the order.",
    ),
    Reason.ERP_PRODUCT_INACTIVE: Explanation(
        "A product of the order is inactive in the ERP.",
        Owner.ERP_MASTER_DATA,
        "Activate the product, or give its code to the one that replaces it. Then retry the order.",
    ),
    Reason.ERP_SHOP_INACTIVE: Explanation(
        "The ERP's web shop for this webshop is inactive.",
        Owner.ERP_MASTER_DATA,
        "Activate it in the ERP, or name another one in the ERP's connection. Other webshops are not affected.",
    ),
    Reason.ERP_NOT_PROCESSED: Explanation(
        "The ERP has the order but has not made the shipment or invoice that its own settings require.",
        Owner.ERP_MASTER_DATA,
        "Open the order in the ERP by the number in the message and process it. Then name the order under `resolve`.",
    ),
}
