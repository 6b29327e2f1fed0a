"""Judging the ERP: its answers, what it says it can do, its clock."""

from collections.abc import Callable, Mapping
from functools import partial

from orderflow.checking.seen import ErpSeen
from orderflow.checking.verdict import CheckResult, fails, holds, unseen
from orderflow.settings import Settings

APART = 120
"""Seconds by which two clocks may differ."""
_TODO = "check connection `erp_default` and the rights of its user"
_MAINTAINER = "ask whoever maintains the ERP's interface"
_FOLLOWS = {
    "erp_lookup": "no order can be created: each is looked up first",
    "erp_listing": "reconciliations fail",
    "erp_deliveries": "the shop gets no despatch advices",
}


def judge_question(name: str, seen: ErpSeen, _: Settings) -> CheckResult:
    if name in seen.problems:
        return fails(seen.problems[name], _FOLLOWS[name], _TODO)
    count = seen.counts.get(name)
    if count is None:
        return unseen("it was not asked")
    if name == "erp_lookup":
        text = "the ERP has an order for a name that cannot be"
        return fails(text, "look-ups cannot be trusted", _MAINTAINER) if count else holds("it has no such order")
    if name in seen.unreadable:
        broken, first = seen.unreadable[name]
        follows = "what these rows are about is reported as unreadable, and not compared or sent"
        return fails(f"{broken} of {count} rows cannot be read: {first}", follows, _MAINTAINER)
    return holds(f"{count} in the last week")


def judge_answers(seen: ErpSeen, _: Settings) -> CheckResult:
    if "erp_answers" in seen.problems:
        return fails(seen.problems["erp_answers"], "an order in the ERP cannot be recognized", _TODO)
    if not seen.answers:
        return unseen("the ERP lists no order of the last week")
    return _all_found(seen.answers, "such an order waits for a person, and may be held")


def judge_identity(seen: ErpSeen, _: Settings) -> CheckResult:
    can = seen.capabilities
    if can is None:
        return unseen(seen.problems.get("capabilities", "it was not asked"))
    if not can.shop_order_id_lookup:
        return fails("it does not declare so", "an order whose name repeats is held")
    if "erp_identity" in seen.problems:
        return fails(seen.problems["erp_identity"], "no order can be created: each is looked up first", _TODO)
    if not seen.by_shop_id:
        return holds("it declares so, and finds none for an id that no order has")
    return _all_found(seen.by_shop_id, "an order may be taken for another one")


def _all_found(answers: Mapping[str, str], follows: str) -> CheckResult:
    wrong = [f"{number} {said}".strip() for number, said in answers.items() if said]
    if wrong:
        return fails("; ".join(wrong), follows, _MAINTAINER)
    return holds(f"{len(answers)} orders of the last week, each found as itself")


def judge_resend(seen: ErpSeen, _: Settings) -> CheckResult:
    can = seen.capabilities
    if can is None:
        return unseen(seen.problems.get("capabilities", "it was not asked"))
    proofs = [name for name in ("idempotency_key", "unique_reference") if getattr(can, name)]
    if proofs:
        return holds(f"it declares {', '.join(proofs)}; proving it takes a write")
    return fails("it declares neither", "an order in doubt waits for a look-up, or for a person")


def judge_customers(seen: ErpSeen, settings: Settings) -> CheckResult:
    can = seen.capabilities
    if can is None:
        return unseen(seen.problems.get("capabilities", "it was not asked"))
    if not can.customers:
        if makes_customers(settings):
            follows = "orders of customers that the ERP does not have are rejected or held"
            return fails("it does not declare so", follows, "set `customers` of the webshops to must_exist")
        return holds("it does not declare so, and no webshop's `customers` asks for it")
    if "erp_customers" in seen.problems:
        return fails(seen.problems["erp_customers"], "orders of unknown customers are held", _TODO)
    if seen.counts.get("erp_customers"):
        return fails("the ERP has a customer for a key that cannot be", "look-ups cannot be trusted", _MAINTAINER)
    return holds("it declares so, and has no customer for a key that cannot be")


def judge_charges(seen: ErpSeen, _: Settings) -> CheckResult:
    can = seen.capabilities
    if can is None:
        return unseen(seen.problems.get("capabilities", "it was not asked"))
    if can.charges:
        return holds("it declares so; proving it takes a write")
    if seen.charges:
        return fails(
            f"it does not declare so, and {seen.charges} orders of the sample have charges",
            "these orders are held",
            "map charges to products of the ERP: `charges`",
        )
    return holds("it does not declare so, and no order of the sample has charges")


def judge_clock(seen: ErpSeen, _: Settings) -> CheckResult:
    if "erp_clock" in seen.problems:
        return unseen(seen.problems["erp_clock"])
    if seen.ahead is None:
        return unseen("no answer has a Date header that can be read")
    apart = f"{abs(seen.ahead):.0f}"
    if abs(seen.ahead) > APART:
        return fails(
            f"the ERP's clock is {apart} s {'ahead' if seen.ahead > 0 else 'behind'}",
            "packing slips may be missed when it is further behind than `limits.slip_overlap_minutes`, and orders "
            "are compared on another day",
            "set the clocks of both machines by NTP",
        )
    return holds(f"{apart} s apart")


def makes_customers(settings: Settings) -> bool:
    """Return whether any webshop creates customers in the ERP."""
    return any(webshop.customers != "must_exist" for webshop in settings.webshops.values())


OF_ERP: Mapping[str, Callable[[ErpSeen, Settings], CheckResult]] = {
    **{name: partial(judge_question, name) for name in _FOLLOWS},
    "erp_answers": judge_answers,
    "erp_resend": judge_resend,
    "erp_identity": judge_identity,
    "erp_customers": judge_customers,
    "erp_charges": judge_charges,
    "erp_clock": judge_clock,
}
