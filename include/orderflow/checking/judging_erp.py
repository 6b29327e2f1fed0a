"""Judging the ERP by its answers and its declared capabilities."""

from collections.abc import Callable, Mapping
from functools import partial

from orderflow.checking.seen import ErpSeen
from orderflow.checking.verdict import CheckResult, fails, holds, unseen

_TODO = "check connection `erp_default` and the rights of its user"
_FOLLOWS = {
    "erp_lookup": "no order can be created: each is looked up first",
    "erp_listing": "reconciliations fail",
    "erp_deliveries": "the shop gets no despatch advices",
}


def judge_question(name: str, seen: ErpSeen) -> CheckResult:
    if name in seen.problems:
        return fails(seen.problems[name], _FOLLOWS[name], _TODO)
    count = seen.counts.get(name)
    if count is None:
        return unseen("it was not asked")
    if name == "erp_lookup":
        text = "the ERP has an order for a name that cannot be"
        return fails(text, "look-ups cannot be trusted", _TODO) if count else holds("it has no such order")
    return holds(f"{count} in the last day")


def judge_resend(seen: ErpSeen) -> CheckResult:
    can = seen.capabilities
    if can is None:
        return unseen(seen.problems.get("capabilities", "it was not asked"))
    proofs = [name for name in ("idempotency_key", "unique_reference") if getattr(can, name)]
    if proofs:
        return holds(", ".join(proofs))
    return fails("it declares neither", "an order in doubt waits for a look-up, or for a person")


def judge_identity(seen: ErpSeen) -> CheckResult:
    can = seen.capabilities
    if can is None:
        return unseen(seen.problems.get("capabilities", "it was not asked"))
    also = [name for name in ("customers", "charges", "extra") if getattr(can, name)]
    more = f"; it also takes {', '.join(also)}" if also else ""
    if can.shop_order_id_lookup:
        return holds(f"it declares so{more}")
    return fails(f"it does not declare so{more}", "an order whose name repeats is held")


OF_ERP: Mapping[str, Callable[[ErpSeen], CheckResult]] = {
    **{name: partial(judge_question, name) for name in _FOLLOWS},
    "erp_resend": judge_resend,
    "erp_identity": judge_identity,
}
