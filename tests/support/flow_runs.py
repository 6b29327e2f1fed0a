"""Runs of the flow without Airflow, and the calls that they made to the sandbox."""

from orderflow.ledger.models.orders import RunRef
from sandbox.control import SandboxControl

SETTINGS = {"webshops": {"2": {"payment_option": False}}, "limits": {"lookup_waits": [0, 0]}}
UNKNOWN_PRODUCT = {"product": {"origin": "x", "key": "UNKNOWN-1"}, "quantity": "1.0", "unit_price": "1.00"}


class Runs:
    """Returns a new run name each time."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, partition: str | None = None) -> RunRef:
        self._count += 1
        return RunRef(dag_id="test", run_id=f"run{self._count}", partition=partition)


IDLE_SWEEP = [("shop", "GET")] * 5 + [("erp", "GET")]
"""The calls of a sweep that finds nothing to do: its listings, and whether the ERP answers."""


def calls(control: SandboxControl, since: int = 0) -> list[tuple[str, str]]:
    return [(call["service"], call["method"]) for call in control.journal(since=since)]


def last_call(control: SandboxControl) -> int:
    journal = control.journal()
    return int(journal[-1]["n"]) if journal else 0
