"""Remove one guard at a time in a copy of the project, and see that a test fails: guards without tests do not last.

python -m faults.mutations
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PARTS = ("include", "tests", "tools", "dags", "docs", "pyproject.toml")
TESTS = (
    "tests/faults/test_guards.py",
    "tests/faults/test_shipment_guards.py",
    "tests/flow/test_names_in_erp.py",
    "tests/flow/test_proof.py",
    "tests/flow/test_line_numbers.py::test_a_write_that_carries_the_state_is_not_repeated_on_an_old_read",
    "tests/domain/test_lines.py",
)


class Mutation(NamedTuple):
    """A guard, the file it stands in, its text, and what is put in its place."""

    guard: str
    file: str
    text: str
    instead: str


MUTATIONS = (
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
            **named,
        )
""",
        "        pass\n",
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
        "    return _refused(text, Reason.REFERENCE_TAKEN) if others else None\n",
        "    return None\n",
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
        "    pair(content_of, lambda line: line.content, alike=True)\n",
        "",
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
        """    require_writable(shop_order, exported.number)
    return None if shop_order.state in KEPT_STATES else _PROCESSING
""",
        "    return None if shop_order.state in KEPT_STATES else _PROCESSING\n",
    ),
    Mutation(
        "no write is repeated on an old read",
        "include/orderflow/cloudsuite/client.py",
        "json=dict(body), retry=False, accept=accept)\n",
        "json=dict(body), retry=True, accept=accept)\n",
    ),
    Mutation(
        "another number in the shop is not overwritten",
        "include/orderflow/flow/orders/write_back_rules.py",
        "    if held and held != exported.number:\n",
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
        "    elif shipment.progress in UNCLEAR and not forced and not _may_repeat(services, shipment.content):\n",
        "    elif False:\n",
    ),
    Mutation(
        "a person's word is good for one message",
        "include/orderflow/flow/shipments/send.py",
        " and not _begun_here(services, claim)",
        "",
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
        "    if shop_order.erp_order_number != number:\n",
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


def failing(mutation: Mutation | None) -> list[str]:
    """Name the tests that fail in a copy of the project with this guard removed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in PARTS:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy / part)
        if mutation:
            path = copy / mutation.file
            before = path.read_text(encoding="utf-8")
            assert before.count(mutation.text) == 1, (
                f"the guard `{mutation.guard}` reads otherwise now: {mutation.file}"
            )
            path.write_text(before.replace(mutation.text, mutation.instead), encoding="utf-8")
        done = subprocess.run(  # this very Python
            [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", *TESTS],
            cwd=copy,
            env={"PYTHONPATH": str(copy / "include"), "PATH": "/usr/bin:/bin", "HOME": folder},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    if done.returncode not in {0, 1}:
        raise RuntimeError(done.stdout)
    return re.findall(r"^FAILED \S+::(\S+)", done.stdout, re.MULTILINE)


def table() -> str:
    """Remove each guard and say which tests fail; RuntimeError when one can be removed unnoticed."""
    broken = failing(None)
    if broken:
        raise RuntimeError(f"these fail without any mutation: {broken}")
    rows = ""
    for mutation in MUTATIONS:
        sys.stderr.write(f"without: {mutation.guard}\n")
        names = failing(mutation)
        if not names:
            raise RuntimeError(f"the guard `{mutation.guard}` can be removed, and no test fails")
        rows += f"| {mutation.guard} | {'<br>'.join(f'`{name}`' for name in names)} |\n"
    return f"| guard removed | tests that fail then |\n|---|---|\n{rows}"


if __name__ == "__main__":
    sys.stdout.write(table())
