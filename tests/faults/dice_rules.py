"""Random faults for a sandbox: which call, what happens to it, how often."""

import random
from typing import Any, NamedTuple

Choices = tuple[dict[str, Any], ...]

DESADV = {"service": "shop", "method": "POST", "path": "des_adv"}
SHOP_CALLS: Choices = (
    {"service": "shop", "method": "GET", "path": r"/api/order/\?"},
    {"service": "shop", "method": "GET", "path": r"/api/order/\d+/"},
    {"service": "shop", "method": "PATCH", "body": '"state"'},
    {"service": "shop", "method": "PATCH", "body": '"erp_order_number"'},
    {"service": "shop", "method": "PATCH", "body": '"shipment_state"'},
    {"service": "shop", "method": "PUT"},
    DESADV,
)
PEOPLE_CALLS: Choices = (
    {"service": "shop", "method": "GET", "path": r"/api/origin/[^/]+/[a-z]+/\?"},
    {"service": "shop", "method": "GET", "path": r"/api/origin/[^/]+/[a-z]+/[^?]"},
    {"service": "erp", "method": "GET", "path": "(/customers|party)"},
    {"service": "erp", "method": "POST", "path": "(/customers|party)"},
    {"service": "erp", "method": "PUT", "path": "(/customers|party)"},
)
"""The calls about an order's customer and addresses."""
TOKEN_CALLS: Choices = ({"service": "token"},)
ERP_CALLS: Choices = ({"service": "erp", "method": "GET"}, {"service": "erp", "method": "POST"})
HTML = "<html><body><h1>Server Error (500)</h1></body></html>"
REJECTED = {"error": "rejected", "reason": "unknown product 124_STUK", "lines": [1]}
LATE_SECONDS = 0.3


class ErpDice(NamedTuple):
    """What can go wrong with calls to an ERP."""

    calls: Choices
    refusals: Choices
    """The answers with which it refuses an order."""
    none_found: Any
    """Its answer to a look-up that finds nothing."""
    late_seconds: float = LATE_SECONDS
    """How long a hanging call hangs."""
    more: int = 0
    """How many additional rules for this ERP there may be at a time."""


SANDBOX_ERP = ErpDice(
    ERP_CALLS,
    (
        {"action": "status", "status": 422, "answer": REJECTED},
        {"action": "status", "status": 409, "answer": {"error": "in_progress"}},
    ),
    {"results": []},
)
TRYTON_ERP = ErpDice(
    (
        *ERP_CALLS,
        {"service": "erp", "method": "GET", "path": r"/sale\.sale\?"},
        {"service": "erp", "method": "GET", "path": r"/(party|product|web)\."},
        {"service": "erp", "method": "POST", "path": r"/sale\.sale\?"},
        {"service": "erp", "method": "POST", "path": r"/quote\?"},
        {"service": "erp", "method": "POST", "path": r"/confirm\?"},
    ),
    (
        {"action": "status", "status": 400, "answer": {"message": "No.", "description": ""}},
        {"action": "status", "status": 403, "html": HTML},
        {"action": "status", "status": 204, "html": "", "commit": True},  # done, but not shown
    ),
    [],
    late_seconds=1.0,
    more=4,
)


def random_rules(
    dice: random.Random, erp: ErpDice, *, honest_lookup: bool, hang: bool, people: bool
) -> list[dict[str, Any]]:
    """Generate some rules; with `honest_lookup` the ERP never denies an order it has."""
    everywhere = SHOP_CALLS + erp.calls + TOKEN_CALLS + (PEOPLE_CALLS if people else ())
    calls = [everywhere] * dice.randint(1, 4)
    if erp.more:
        calls += [erp.calls] * dice.randint(0, erp.more)
    return [_rule(dice, erp, some, honest_lookup=honest_lookup, hang=hang) for some in calls]


def _rule(dice: random.Random, erp: ErpDice, calls: Choices, *, honest_lookup: bool, hang: bool) -> dict[str, Any]:
    call = dice.choice(calls)
    faults = [
        {"action": "reset_before_commit"},
        {"action": "reset_after_commit"},
        {"action": "truncated_body"},
        {"action": "status", "status": 500, "html": HTML},
        {"action": "status", "status": 502, "html": HTML, "commit": True},
        {"action": "status", "status": 429, "headers": {"retry-after": "1"}},
        {"action": "status", "status": 401, "answer": {"detail": "no"}},
        # The answer to a delivery message is not documented: any 2xx that is not a web page counts as success.
        {"action": "wrong_answer", "answer": {"hello": "world"}, "commit": dice.random() < 0.5 or call == DESADV},
    ]
    if hang:
        late = erp.late_seconds if call["service"] == "erp" else LATE_SECONDS
        faults += [{"action": "hang_then_commit", "seconds": late}] * 3
    if call.get("method") in {"PATCH", "PUT"}:
        fields = dice.choice((["state"], ["erp_order_number"], ["order_lines.erp_line_number"], ["shipment_state"]))
        faults += [{"action": "ignore_fields", "fields": fields, "echo": dice.random() < 0.5}] * 2
    if call["service"] == "erp" and call["method"] == "POST":
        faults += erp.refusals
    if call == DESADV:
        faults.append({"action": "status", "status": 400, "answer": {"detail": "customer unknown"}})
        faults.append({"action": "wrong_answer", "html": HTML, "commit": dice.random() < 0.5})
    if call["service"] == "erp" and call["method"] == "GET" and not honest_lookup:
        faults.append({"action": "wrong_answer", "answer": erp.none_found, "path": "external_reference="})
    if call.get("path") == r"/api/order/\?":
        faults.append({"action": "wrong_answer", "answer": {"count": 0, "next": None, "results": []}})
    often = dice.choice(({"times": 1}, {"times": dice.randint(2, 5)}, {"times": 0, "probability": 0.25}))
    rule = {**call, **dice.choice(faults), **often, "skip": dice.choice((0, 0, dice.randrange(12)))}
    return {**rule, "seed": dice.randrange(1000)}
