"""Sales in Tryton: how to find the test order's sale, and what counts as confirmed."""

from support.erp_orders import REFERENCE

OURS = [["web_id", "=", REFERENCE]]


CONFIRMED = {"confirmed", "processing"}
