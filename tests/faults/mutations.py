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
TESTS = ("tests/faults/test_guards.py", "tests/faults/test_shipment_guards.py")


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
        "        claim.intend(Step.PUSH, **_intent(request))\n",
        "        pass\n",
    ),
    Mutation(
        "look-up before POST",
        "include/orderflow/flow/orders/push.py",
        "    found = services.erp.find(claim.order.external_reference or order.external_reference)\n",
        "    found = None\n",
    ),
    Mutation(
        "PUT's state",
        "include/orderflow/flow/orders/write_back.py",
        "    state = shop_order.state if shop_order.state in _KEPT_STATES else ShopState.PROCESSING.value\n",
        '    state = "confirmed"\n',
    ),
    Mutation(
        "PATCH of the state only where it is confirmed",
        "include/orderflow/flow/orders/write_back.py",
        "        if turn.proved:\n",
        "        if True:\n",
    ),
    Mutation(
        "what was seen of the number counts for one run",
        "include/orderflow/flow/orders/write_back.py",
        "    return fresh and claim.order.number_free_for == run.name and run.try_number == 1\n",
        "    return True\n",
    ),
    Mutation(
        "read-back",
        "include/orderflow/flow/orders/write_back.py",
        "    kept = services.shop.get_order(shop_order.id)\n",
        "    kept = ShopOrder.from_document(wanted)\n",
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
        "    kept = getattr(services.shop.get_order(order.id), field)\n",
        "    kept = value\n",
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
