"""A real Tryton 8.2 on this machine, for as long as a block lasts: a seeded database and two gunicorn workers.

`running(postgres_url, folder)` returns its address, and the extra for a connection to it.
"""

import json
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import URL

from service import ManagedProcess, free_port, wait_until
from tryton_database import ADMIN_PASSWORD, environment, fresh_database, install, maintain
from tryton_wish import SHOPS

TYPED = Path(__file__).with_name("tryton_typed.py")
WORKERS = 2
START_TIMEOUT = 60


@dataclass(frozen=True)
class RunningTryton:
    """A running Tryton, and the key of its integration user."""

    url: str
    database: URL
    company: int
    key: str
    key_of_all_companies: str
    """The key of a user who also works for the second company."""

    @property
    def connection_extra(self) -> dict[str, Any]:
        """The extra for a connection `erp_default` to it."""
        database = self.database.database
        return {
            "adapter": "tryton",
            "token": self.key,
            "database": database,
            "company": self.company,
            "web_shop": SHOPS,
        }

    def forget_sales(self) -> None:
        """Delete the sales and everything created from them, within milliseconds; the master data stays."""
        maintain(self.database, "TRUNCATE sale_sale, stock_shipment_out, stock_move CASCADE")

    def as_typed(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Enter sales as a person does in the client, and read the results (tools/tryton_typed.py)."""
        program = [str(install() / "python"), str(TYPED), str(self.database.database)]
        ran = subprocess.run(
            program,
            input=json.dumps(wanted),
            env=environment(self.database),
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            raise RuntimeError(f"the sales could not be typed: {ran.stderr[-2000:]}")
        facts: dict[str, Any] = json.loads(ran.stdout)
        return facts

    def rpc(self, method: str, *parameters: Any, **context: Any) -> Any:
        """Call Tryton as its administrator over JSON-RPC, as its own clients do; RuntimeError if it refuses."""
        address = f"{self.url}/{self.database.database}/rpc/"
        login = _posted(address, "common.db.login", "admin", {"password": ADMIN_PASSWORD}, "en")
        session = b64encode(f"admin:{login[0]}:{login[1]}".encode()).decode()
        return _posted(
            address, method, *parameters, {"company": self.company, **context}, authorization=f"Session {session}"
        )


@contextmanager
def running(
    postgres: URL, folder: Path, *, workers: int = WORKERS, client: Path | None = None
) -> Iterator[RunningTryton]:
    """Run a Tryton with its own database on a PostgreSQL server for the duration of the block.

    `folder` receives the logs. The template stays on the server, the database does not. `client` is the folder of a web
    client to serve.
    """
    programs = install()
    with (
        fresh_database(postgres, programs, folder) as (database, made),
        _serving(programs, database, folder, workers, client) as url,
    ):
        yield RunningTryton(url, database, made["company"], made["key"], made["key_of_all_companies"])


@contextmanager
def _serving(programs: Path, database: URL, folder: Path, workers: int, client: Path | None) -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [str(programs / "gunicorn"), "trytond.application:app", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(workers), "--threads", "4", "--no-control-socket", "--graceful-timeout", "1"]
    environ = environment(database) | {"TRYTOND_DATABASE_NAMES": str(database.database)}
    environ |= {"TRYTOND_WEB__ROOT": str(client)} if client else {}
    service = ManagedProcess("Tryton", command, env=environ, log=folder / "tryton.log")
    try:
        wait_until(lambda: _answers(service, url), START_TIMEOUT, "Tryton")
        yield url
    finally:
        service.stop()


def _answers(service: ManagedProcess, url: str) -> bool | None:
    service.check()
    try:
        return bool(_posted(f"{url}/rpc/", "common.server.version")) or None
    except requests.ConnectionError:
        return None


def _posted(address: str, method: str, *parameters: Any, authorization: str | None = None) -> Any:
    body = {"id": 1, "method": method, "params": parameters}
    headers = {"Authorization": authorization} if authorization else {}
    response = requests.post(address, json=body, headers=headers, timeout=START_TIMEOUT)
    response.raise_for_status()
    answer = response.json()
    if "error" in answer:
        raise RuntimeError(f"Tryton refused {method}: {answer['error']}")
    return answer["result"]
