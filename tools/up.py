"""`make up` and `make down`: Airflow's page, scheduler and the sandbox in the background, with their state in .local/.

    python tools/up.py start [--port 8080] [--sandbox-port 8090]
    python tools/up.py stop

With AIRFLOW_CONN_CLOUDSUITE_DEFAULT in the environment no sandbox is started: shop and ERP are your own. Every
AIRFLOW_CONN_…, AIRFLOW_VAR_… and ORDERFLOW_… of the environment is passed to Airflow, whose only user, admin, gets a
random password at each start. Otherwise the sandbox and its ledger are kept across restarts, the settings are a
Variable that can be edited on Airflow's page, and the passwords are no secret.
"""

import argparse
import fcntl
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Collection
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn, TextIO
from zoneinfo import ZoneInfo

from kept_sandbox import KeptSandbox
from local_airflow import REPOSITORY, LocalAirflow
from sandbox.catalogue import SHOP_TIMEZONE
from sandbox_env import sandbox_environment
from service import ManagedProcess, ServiceError, unusable, wait_until

STATE = Path(os.environ.get("ORDERFLOW_LOCAL") or REPOSITORY / ".local")
LOG = STATE / "logs" / "up.log"
LOCK = STATE / "up.lock"  # held by the background process for as long as it lives
READY = STATE / "up.json"  # written by it once everything is up
HOME = STATE / "airflow"
ENVIRONMENT = STATE / "environment.json"  # its connections, for `python -m orderflow`
DAG_ID = "orderflow_daily"
PAUSED = ("orderflow_sweep", "orderflow_deliveries", "orderflow_reconcile", "orderflow_decisions")
SHOP = "AIRFLOW_CONN_CLOUDSUITE_DEFAULT"
VARIABLE = "AIRFLOW_VAR_ORDERFLOW"
HANDED_ON = ("AIRFLOW_CONN_", "AIRFLOW_VAR_", "ORDERFLOW_")
POOLS = ("ORDERFLOW_SHOP_POOL", "ORDERFLOW_ERP_POOL")
"""Pools named here are created, unlike elsewhere; their slots can be edited on Airflow's page."""
POOL_SLOTS = 4
PATIENCE = 300
"""Seconds until a start is given up: a little more than LocalAirflow takes at most."""


def start(port: int, sandbox_port: int) -> None:
    """Start everything in the background, unless it is running, and print the addresses."""
    STATE.mkdir(mode=0o700, exist_ok=True)
    if (lock := _locked()) is None:
        print("It is running already.")
        _welcome(wait_until(_ready, PATIENCE, "answer of the Airflow that is starting"))
        return
    READY.unlink(missing_ok=True)
    lock.close()
    LOG.parent.mkdir(exist_ok=True)
    _check_ports(port, None if SHOP in os.environ else sandbox_port)
    password = secrets.token_urlsafe(16) if SHOP in os.environ else ""
    print("Starting Airflow; this takes about half a minute …", flush=True)
    command = [sys.executable, __file__, "serve", "--port", str(port), "--sandbox-port", str(sandbox_port)]
    with LOG.open("wb") as log:
        background = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True, cwd=REPOSITORY, text=True
        )
    assert background.stdin  # noqa: S101 - a pipe was asked for
    with background.stdin as to_background:
        to_background.write(f"{password}\n")

    def up() -> dict[str, Any] | None:
        if background.poll() is not None:
            raise ServiceError(f"it did not start:\n{LOG.read_text(encoding='utf-8', errors='replace')[-4000:]}")
        return _ready()

    _welcome(wait_until(up, PATIENCE, "running Airflow"), password)


def stop() -> None:
    """Stop what start() started and wait until it is gone."""
    if not LOCK.exists() or _locked() is not None:
        print("Nothing is running.")
        return
    os.kill(int(LOCK.read_text(encoding="utf-8")), signal.SIGTERM)
    wait_until(_locked, 60, "end of Airflow").close()
    READY.unlink(missing_ok=True)
    print(
        "Stopped. Airflow's runs, the sandbox and the ledger are kept in .local/; delete that folder to begin afresh."
    )


def serve(port: int, sandbox_port: int) -> NoReturn:
    """Keep everything running until SIGTERM, or until a part stops unexpectedly (ServiceError).

    The password of Airflow's user comes through stdin, where no process list shows it.
    """
    signal.signal(signal.SIGTERM, _leave)
    password = sys.stdin.readline().strip() or None
    if (lock := _locked()) is None:
        raise ServiceError("another one is running")
    lock.truncate()
    lock.write(str(os.getpid()))
    lock.flush()
    environment = {name: value for name, value in os.environ.items() if name.startswith(HANDED_ON)}
    facts: dict[str, Any] = {"sandbox": None, "given_settings": VARIABLE in os.environ}
    with ExitStack() as running:
        parts: list[ManagedProcess | LocalAirflow] = []
        variables: dict[str, str] = {}
        connections = {"AIRFLOW_HOME": str(HOME)}
        if SHOP not in environment:
            kept = KeptSandbox(STATE)
            sandbox, facts["sandbox"] = kept.start(sandbox_port)
            running.callback(sandbox.stop)
            facts["new"] = kept.fill(facts["sandbox"], yesterday := _yesterday())  # Airflow runs it at once
            parts.append(sandbox)
            connections |= sandbox_environment(facts["sandbox"]) | kept.ledger
            environment = connections | environment
            if VARIABLE not in os.environ:
                variables["orderflow"] = environment.pop(VARIABLE)
        pools = {environment[name]: POOL_SLOTS for name in POOLS if name in environment}
        airflow = LocalAirflow(
            HOME, port=port, environment=environment, pools=pools, expect=[DAG_ID], password=password
        )
        parts.append(running.enter_context(airflow))
        for name, value in variables.items():
            airflow.set_variable(name, value)
        if facts["sandbox"]:
            ran = {run["partition_key"] for run in airflow.runs(DAG_ID)}
            facts["day"] = _latest_without_run(ran, before=yesterday)
            kept.fill(facts["sandbox"], date.fromisoformat(facts["day"]))
        _keep_private(ENVIRONMENT, json.dumps(connections))
        airflow.unpause(DAG_ID)
        READY.write_text(json.dumps(facts | {"url": airflow.url}), encoding="utf-8")
        while True:
            for part in parts:
                part.check()
            time.sleep(5)


def _yesterday() -> date:
    zone = ZoneInfo(os.environ.get("ORDERFLOW_TIMEZONE", SHOP_TIMEZONE))
    return datetime.now(zone).date() - timedelta(days=1)


def _latest_without_run(ran: Collection[str], *, before: date) -> str:
    """Return the latest day before a date that is not one of those that have run."""
    earlier = (str(before - timedelta(days=n)) for n in count(1))
    return next(day for day in earlier if day not in ran)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _check_ports(port: int, sandbox_port: int | None) -> None:
    """ServiceError, with the command to type, if a port is unavailable."""
    if port == sandbox_port:
        raise ServiceError(f"PORT and SANDBOX_PORT are both {port}: make up PORT=<another one>")
    for number, setting in ((port, "PORT"), (sandbox_port, "SANDBOX_PORT")):
        if number is not None and (why := unusable(number)):
            raise ServiceError(f"port {number} cannot be used ({why}): make up {setting}=<another one>")


def _keep_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")


def _locked() -> TextIO | None:
    """Return the lock, held until it is closed; None while another process holds it."""
    lock = LOCK.open("r+" if LOCK.exists() else "w+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


def _ready() -> dict[str, Any] | None:
    facts: dict[str, Any] | None = json.loads(READY.read_text(encoding="utf-8")) if READY.exists() else None
    return facts


def _welcome(facts: dict[str, Any], password: str = "") -> None:
    print(f"Airflow   {facts['url']}   {_login(facts, password)}")
    print(f"the DAG   {facts['url']}/dags/{DAG_ID}")
    if facts["sandbox"]:
        orders = "yesterday's orders are on their way already" if facts.get("new") else "with what they had before"
        print(f"sandbox   {facts['sandbox']}   a shop and an ERP; {orders}")
        print(f"Try: trigger {DAG_ID} with partition key {facts['day']}, a day with orders that has not run yet.")
    print(f"Paused: {', '.join(PAUSED)}. Switch them on with the toggle at {facts['url']}/dags.")
    if facts.get("given_settings"):
        print(f"Settings: {VARIABLE} of the environment; a Variable `orderflow` made on Airflow's page has no effect.")
    print(f"logs      {STATE.name}/logs and {STATE.name}/airflow/logs")
    print("`make down` stops it all.")


def _login(facts: dict[str, Any], password: str) -> str:
    if facts["sandbox"]:
        return "log in as admin / admin (or viewer / viewer, who may only look)"
    if password:
        return f"log in as admin / {password} (said this once, and another one at the next start)"
    return "log in as admin with the password that its start printed"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("start", "stop", "serve"))
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--sandbox-port", type=int, default=8090)
    asked = parser.parse_args()
    try:
        if asked.command == "stop":
            stop()
        else:
            (start if asked.command == "start" else serve)(asked.port, asked.sandbox_port)
    except (ServiceError, TimeoutError) as error:
        sys.exit(str(error))
