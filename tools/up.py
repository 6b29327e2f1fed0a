"""`make up` and `make down`: Airflow's page, scheduler and the sandbox in the background, with their state in .local/.

    python tools/up.py start [--port 8080] [--sandbox-port 8090]
    python tools/up.py stop

With AIRFLOW_CONN_CLOUDSUITE_DEFAULT in the environment no sandbox is started: the shop and the ERP are yours, and every
AIRFLOW_CONN_…, AIRFLOW_VAR_… and ORDERFLOW_… of the environment is handed to Airflow.
"""

import argparse
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from types import FrameType
from typing import Any, NoReturn, TextIO
from zoneinfo import ZoneInfo

import httpx

from local_airflow import REPOSITORY, LocalAirflow
from sandbox_env import sandbox_environment
from service import Service, ServiceError, loopback_environment, taken, wait_until

STATE = REPOSITORY / ".local"
LOG = STATE / "logs" / "up.log"
LOCK = STATE / "up.lock"  # held by the process in the background for as long as it lives
READY = STATE / "up.json"  # what it says of itself once all is up
DAG_ID = "orderflow_daily"
HANDED_ON = ("AIRFLOW_CONN_", "AIRFLOW_VAR_", "ORDERFLOW_")
POOLS = ("ORDERFLOW_SHOP_POOL", "ORDERFLOW_ERP_POOL")
"""Pools that are named here are made, unlike elsewhere; their slots can be changed on Airflow's page."""
POOL_SLOTS = 4


def start(port: int, sandbox_port: int) -> None:
    """Start all of it in the background, unless it is running, and say where to look."""
    STATE.mkdir(exist_ok=True)
    if (lock := _locked()) is None:
        print("It is running already.")
        _welcome(wait_until(_ready, 180, "answer of the Airflow that is starting"))
        return
    READY.unlink(missing_ok=True)
    lock.close()
    LOG.parent.mkdir(exist_ok=True)
    for number, setting in ((port, "PORT"), (sandbox_port, "SANDBOX_PORT")):
        if taken(number):
            raise ServiceError(f"port {number} is taken by another program: make up {setting}=<another one>")
    print("Starting Airflow; this takes about half a minute …", flush=True)
    command = [sys.executable, __file__, "serve", "--port", str(port), "--sandbox-port", str(sandbox_port)]
    with LOG.open("wb") as log:
        background = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=REPOSITORY
        )

    def up() -> dict[str, Any] | None:
        if background.poll() is not None:
            raise ServiceError(f"it did not start:\n{LOG.read_text(encoding='utf-8', errors='replace')[-4000:]}")
        return _ready()

    _welcome(wait_until(up, 180, "running Airflow"))


def stop() -> None:
    """End what start() began and wait until it is gone."""
    if not LOCK.exists() or _locked() is not None:
        print("Nothing is running.")
        return
    os.kill(int(LOCK.read_text(encoding="utf-8")), signal.SIGTERM)
    wait_until(_locked, 60, "end of Airflow").close()
    READY.unlink(missing_ok=True)
    print("Stopped. Airflow's runs are kept in .local/; delete that folder to begin afresh.")


def serve(port: int, sandbox_port: int) -> NoReturn:
    """Hold it all up until SIGTERM, or until a part of it ends by itself (ServiceError)."""
    signal.signal(signal.SIGTERM, _leave)
    if (lock := _locked()) is None:
        raise ServiceError("another one is running")
    lock.truncate()
    lock.write(str(os.getpid()))
    lock.flush()
    environment = {name: value for name, value in os.environ.items() if name.startswith(HANDED_ON)}
    facts: dict[str, Any] = {"sandbox": None}
    with ExitStack() as running:
        parts: list[Service | LocalAirflow] = []
        if "AIRFLOW_CONN_CLOUDSUITE_DEFAULT" not in environment:
            day = datetime.now(ZoneInfo(os.environ.get("ORDERFLOW_TIMEZONE", "Europe/Amsterdam"))).date() - timedelta(1)
            facts |= {"sandbox": f"http://127.0.0.1:{sandbox_port}", "day": day.isoformat()}
            environment |= sandbox_environment(facts["sandbox"]) | _fresh_ledger()
            sandbox = _sandbox(sandbox_port, day)
            running.callback(sandbox.stop)
            _await_sandbox(sandbox, facts["sandbox"])
            parts.append(sandbox)
        pools = {environment[name]: POOL_SLOTS for name in POOLS if name in environment}
        airflow = LocalAirflow(STATE / "airflow", port=port, environment=environment, pools=pools, expect=[DAG_ID])
        parts.append(running.enter_context(airflow))
        airflow.unpause(DAG_ID)
        READY.write_text(json.dumps(facts | {"url": airflow.url}), encoding="utf-8")
        while True:
            for part in parts:
                part.check()
            time.sleep(5)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _sandbox(port: int, day: date) -> Service:
    environment = loopback_environment() | {"PYTHONPATH": str(REPOSITORY / "include")}
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--day", day.isoformat()]
    return Service("sandbox", command, env=environment, log=STATE / "logs" / "sandbox.log")


def _fresh_ledger() -> dict[str, str]:
    """Return the connection of an empty ledger: a sandbox knows nothing of the one before it, nor may its ledger."""
    ledger = STATE / "sandbox-ledger.db"
    for file in STATE.glob(f"{ledger.name}*"):
        file.unlink()
    return {"AIRFLOW_CONN_ORDERFLOW_LEDGER": f"sqlite:///{ledger}"}


def _await_sandbox(sandbox: Service, url: str) -> None:
    def answers() -> bool | None:
        sandbox.check()
        try:
            httpx.get(url, trust_env=False)
        except httpx.TransportError:
            return None
        return True

    wait_until(answers, 30, "answer of the sandbox")


def _locked() -> TextIO | None:
    """Return the lock, now ours until it is closed; None while another process holds it."""
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


def _welcome(facts: dict[str, Any]) -> None:
    print(f"Airflow   {facts['url']}   log in as admin / admin (or viewer / viewer, who may only look)")
    print(f"the DAG   {facts['url']}/dags/{DAG_ID}")
    if facts["sandbox"]:
        print(f"sandbox   {facts['sandbox']}   a shop and an ERP with the orders of {facts['day']}")
        print(f"Try: Trigger {DAG_ID} with partition key {facts['day']}.")
    print("logs      .local/logs and .local/airflow/logs")
    print("`make down` stops it all.")


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
