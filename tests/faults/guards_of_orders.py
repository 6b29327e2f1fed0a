"""The guards of sending, finding and writing back, each with its removal and the tests that then fail."""

from collections.abc import Sequence
from typing import NamedTuple

TESTS = (
    "tests/faults/test_guards.py",
    "tests/faults/test_shipment_guards.py",
    "tests/flow/test_names_in_erp.py",
    "tests/flow/test_proof.py",
    "tests/flow/test_line_numbers.py::test_a_write_that_carries_the_state_is_not_repeated_on_an_old_read",
    "tests/domain/test_lines.py",
)
"""The tests for the guards of sending, finding and writing back."""


class Mutation(NamedTuple):
    """A guard, its file and text, and what replaces it."""

    guard: str
    file: str
    text: str
    instead: str
    tests: Sequence[str] = TESTS
    """The tests that run without it."""


OF_ORDERS = (
    Mutation(
        "claim",
        "include/orderflow/ledger/tables/lease.py",
        "        .where(or_(table.claim_token.is_(None), table.claimed_until <= now))\n",
        "",
    ),
    Mutation(
        "intent row",
        "include/orderflow/flow/orders/push.py",
        """        claim.intend(
            Step.PUSH,
            external_reference=request.external_reference,
            idempotency_key=request.idempotency_key,
            **content_of(order),
            **named_in(people),
        )
""",
        "        pass\n",
    ),
    Mutation(
        "what is sent again may differ",
        "include/orderflow/flow/orders/push.py",
        ", **content_sent_again(claim.order, order))",
        ")",
        ("tests/flow/test_sent_again.py",),
    ),
    Mutation(
        "the ERP's lines tell what it took",
        "include/orderflow/flow/orders/sent_content.py",
        "    lines = lines_in_erp(before, there)\n",
        "    lines = before\n",
        ("tests/flow/test_sent_again.py",),
    ),
    Mutation(
        "look-up before POST",
        "include/orderflow/flow/orders/push.py",
        "    found = services.erp.find(facts.name, facts.order.order_id)\n",
        "    found = None\n",
    ),
    Mutation(
        "the ERP's word on whose order it is",
        "include/orderflow/flow/orders/proof.py",
        "        if found.shop_order_id == order.order_id:\n",
        "        if True:\n",
    ),
    Mutation(
        "the ledger's word on whose ERP order it is",
        "include/orderflow/flow/orders/proof.py",
        "    if owner is not None:\n",
        "    if False:\n",
    ),
    Mutation(
        "content that contradicts",
        "include/orderflow/flow/orders/proof.py",
        "    return ProofResult(Proof.CONTRADICTED, against) if against else ProofResult(Proof.LIKELY)\n",
        "    return ProofResult(Proof.LIKELY)\n",
    ),
    Mutation(
        "other orders of the shop with this reference",
        "include/orderflow/flow/orders/decision.py",
        "    if others:\n        return _refused(text, Reason.REFERENCE_TAKEN)\n",
        "",
    ),
    Mutation(
        "other orders of the shop that show this ERP number",
        "include/orderflow/flow/orders/push.py",
        "    showing = services.shop.ids_showing(facts.found.number) if facts.found else set[int]()\n",
        "    showing = set[int]()\n",
        ("tests/flow/test_names_in_erp.py",),
    ),
    Mutation(
        "a slip of a number that two orders have",
        "include/orderflow/flow/shipments/whose.py",
        "        if some and len(fitting) != 1:\n",
        "        if some and not fitting:\n",
        ("tests/flow/shipments/test_deliveries.py",),
    ),
    Mutation(
        "a cancelled ERP order is no export",
        "include/orderflow/flow/orders/decision.py",
        "_RULES_OF_FOUND = (_another_order, _cancelled, _unnumbered)\n",
        "_RULES_OF_FOUND = (_another_order, _unnumbered)\n",
    ),
    Mutation(
        "the name that was sent",
        "include/orderflow/flow/orders/decision.py",
        "        return given or self.order.external_reference\n",
        "        return self.order.external_reference\n",
    ),
    Mutation(
        "lines by content",
        "include/orderflow/domain/lines.py",
        "    pair(lambda line: _both(line.line_id, line.product))\n    pair(lambda line: line.content, alike=True)\n",
        "    pair(lambda line: _both(line.line_id, line.product))\n",
    ),
    Mutation(
        "ids that were given anew",
        "include/orderflow/domain/lines.py",
        "    if Counter(line.content for line in rest) == Counter(line.content for line in free):\n",
        "    if False:\n",
    ),
    Mutation(
        "PUT's state",
        "include/orderflow/flow/orders/write_back_rules.py",
        "    state = shop_order.state if shop_order.state in KEPT_STATES else ShopState.PROCESSING.value\n",
        '    state = "confirmed"\n',
    ),
    Mutation(
        "an order that was taken back is not written",
        "include/orderflow/flow/orders/write_back_rules.py",
        """    require_alive(shop_order.state, exported.number)
    return None if shop_order.state in KEPT_STATES else _PROCESSING
""",
        "    return None if shop_order.state in KEPT_STATES else _PROCESSING\n",
    ),
    Mutation(
        "no write is repeated on an old read",
        "include/orderflow/cloudsuite/client.py",
        "json=dict(body), retry=False, accept=accept, once=True)\n",
        "json=dict(body), retry=True, accept=accept)\n",
    ),
    Mutation(
        "nor after a pause that the shop asks for",
        "include/orderflow/cloudsuite/client.py",
        "accept=accept, once=True)\n",
        "accept=accept)\n",
    ),
    Mutation(
        "an ERP order that was made from another one is not compared",
        "include/orderflow/flow/reconciliation/erp_orders.py",
        "        return bool(owners) and order.order_id not in owners\n",
        "        return False\n",
        ("tests/flow/reconciliation/test_orders.py",),
    ),
    Mutation(
        "another number in the shop is not overwritten",
        "include/orderflow/flow/orders/write_back_rules.py",
        "    if held and held not in {exported.number, *exported.former}:\n",
        "    if False:\n",
    ),
    Mutation(
        "read-back",
        "include/orderflow/flow/orders/writing.py",
        "    if trust_answer and _is_settled(change, answer):\n",
        "    if True:\n",
    ),
    Mutation(
        "intent kept when the ledger breaks",
        "include/orderflow/flow/orders/steps.py",
        " or error.reason not in _SAYS_NO",
        "",
    ),
    Mutation(
        "read-back of an offline order",
        "include/orderflow/flow/orders/finish.py",
        "        trust_answer=False,\n",
        "",
    ),
    Mutation(
        "a slip's intent row",
        "include/orderflow/flow/shipments/send.py",
        "    claim.intend()\n",
        "",
    ),
    Mutation(
        "a slip in doubt waits for a person",
        "include/orderflow/flow/shipments/send.py",
        "    if shipment.progress not in UNCLEAR or forced or _may_repeat(services, shipment.content):\n",
        "    if True:\n",
    ),
    Mutation(
        "a person's word is good for one message",
        "include/orderflow/flow/shipments/send.py",
        " and not _begun_here(services, shipment, run)",
        "",
    ),
    Mutation(
        "a person's word is not about a later message",
        "include/orderflow/flow/shipments/send.py",
        "    if forced and _begun_since(services, shipment, decided.made_at):\n",
        "    if False:\n",
    ),
    Mutation(
        "a slip's outcome is written again",
        "include/orderflow/flow/shipments/send.py",
        "    for wait in services.settings.limits.lookup_waits:\n",
        "    for wait in ():\n",
    ),
    Mutation(
        "a slip waits for its order's number",
        "include/orderflow/flow/shipments/eligibility.py",
        "    if shop_order.erp_order_number is None or shop_order.erp_order_number not in numbers:\n",
        "    if False:\n",
    ),
    Mutation(
        "a slip waits for its lines' numbers",
        "include/orderflow/flow/shipments/eligibility.py",
        "    if None in given:\n",
        "    if False:\n",
    ),
    Mutation(
        "the reading goes back to the last one",
        "include/orderflow/flow/shipments/listing.py",
        "    return min(asked or overlapping, overlapping)\n",
        "    return asked or overlapping\n",
    ),
)
