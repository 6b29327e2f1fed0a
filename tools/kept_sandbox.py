"""The sandbox of `make up`, kept across restarts together with the ledger that knows its orders."""

import hashlib
import sys
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from sandbox.catalogue import FIRST_ID, FIRST_NUMBER, orders_for_day
from sandbox.control import SandboxControl
from service import ManagedProcess, loopback_environment, wait_until

INCLUDE = Path(__file__).resolve().parent.parent / "include"
ORDERS = 40
FILES = "sandbox-*"


class KeptSandbox:
    """A shop and an ERP with their ledger; new code starts with new ones."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        name = f"sandbox-{_fingerprint()}"
        self._state = folder / f"{name}.state"
        for file in folder.glob(FILES):  # a ledger is useless without the shop that it describes
            if not file.name.startswith(name) or not self._state.exists():
                file.unlink()
        self.ledger = {"AIRFLOW_CONN_ORDERFLOW_LEDGER": f"sqlite:///{folder / name}.db"}

    def start(self, port: int) -> tuple[ManagedProcess, str]:
        """Start it and wait until it answers; return the program and its address."""
        environment = loopback_environment() | {"PYTHONPATH": str(INCLUDE)}
        command = [sys.executable, "-m", "sandbox", "--port", str(port), "--count", "0", "--keep", str(self._state)]
        sandbox = ManagedProcess("sandbox", command, env=environment, log=self._folder / "logs" / "sandbox.log")
        url = f"http://127.0.0.1:{port}"

        def answers() -> bool | None:
            sandbox.check()
            try:
                httpx.get(url, trust_env=False)
            except httpx.TransportError:
                return None
            return True

        wait_until(answers, 30, "answer of the sandbox")
        return sandbox, url

    def fill(self, url: str, day: date) -> bool:
        """Add a day's orders, and none of the days beside it, unless they exist; say whether they were added."""
        with SandboxControl(url) as control:
            orders = control.orders()
            if sum(_is_of(order, day) for order in orders) >= ORDERS // 2:  # people add some of their own
                return False
            number = max((order["id"] for order in orders), default=FIRST_ID - 1) - FIRST_ID + 1 + FIRST_NUMBER
            new = orders_for_day(day, ORDERS, first_number=number)
            control.add_orders(*(order for order in new if _is_of(order, day)))
            return True


def _is_of(order: dict[str, Any], day: date) -> bool:
    return str(order["confirm_date"]).startswith(day.isoformat())


def _fingerprint() -> str:
    """Return a value that changes with the sandbox's code: what other code has saved cannot be read."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted((INCLUDE / "sandbox").rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
