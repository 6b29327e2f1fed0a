"""Sales in Tryton: how the one of the tests' order is found, and what counts as confirmed."""

from support.erp_orders import REFERENCE

OURS = [["web_id", "=", REFERENCE]]


CONFIRMED = {"confirmed", "processing"}
