"""Judging what the ERP has for the orders of the sample: rights, customers, products, units, taxes."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from orderflow.checking.judging_erp import makes_customers
from orderflow.checking.seen import ErpSeen
from orderflow.checking.verdict import CheckResult, fails, holds, unseen
from orderflow.settings import Settings

_MOST_PROBLEMS = 20
"""Problems that are listed; the others are counted."""


class _Consequence(NamedTuple):
    follows: str
    todo: str


_OF: dict[str, _Consequence] = {
    "erp_rights": _Consequence(
        "what takes that right fails: orders, line numbers or packing slips",
        "give the key's user these rights (docs/reference/erp-adapters.md)",
    ),
    "erp_identifiers": _Consequence("orders of these customers are held", "add the identifiers in the ERP"),
    "erp_products": _Consequence("orders with these products are held", "add or mend the products in the ERP"),
    "erp_units": _Consequence("orders with these products are held", "give the unit more digits, or set extra `unit`"),
    "erp_taxes": _Consequence("their lines get no VAT", "set account category and taxes of these products"),
}


def judge_master_data(name: str, seen: ErpSeen, settings: Settings) -> CheckResult:
    """Judge one aspect of what the adapter has found in the ERP."""
    if name in seen.problems:
        return fails(seen.problems[name], "orders that need it fail or are held", "check the rights of the key's user")
    found = seen.inspected.get(name)
    if found is None:
        return unseen("the ERP's adapter cannot look at it")
    if not found.is_seen:
        return unseen(found.found)
    if not found.problems:
        return holds(found.found)
    follows, todo = _OF[name]
    more = len(found.problems) - _MOST_PROBLEMS
    listed = "; ".join([*found.problems[:_MOST_PROBLEMS], *([f"{more} more"] if more > 0 else [])])
    if name == "erp_identifiers" and makes_customers(settings):
        return fails(listed, "customers without one are created where `customers` of their webshop says so")
    return fails(listed, follows, todo)


OF_MASTER_DATA: Mapping[str, Callable[[ErpSeen, Settings], CheckResult]] = {
    name: partial(judge_master_data, name) for name in _OF
}
