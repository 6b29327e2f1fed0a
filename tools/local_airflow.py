"""A real Airflow on this machine: its own API server, scheduler and DAG processor, with their state in one folder.

    with LocalAirflow(home, environment=sandbox_environment(url), expect=["orderflow_daily"]) as airflow:
        run_id = airflow.trigger("orderflow_daily", partition_key="2026-11-22")
        state = airflow.wait("orderflow_daily", run_id, timeout=120)

There is no triggerer: none of our tasks defers.
"""

import base64
import json
import secrets
import subprocess
import sys
from collections.abc import Collection, Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from airflow_api import AirflowApi, AirflowApiError
from service import ManagedProcess, ServiceError, free_port, loopback_environment, wait_until

AIRFLOW_VERSION = version("apache-airflow")
REPOSITORY = Path(__file__).resolve().parent.parent
USERS = {"admin": "admin", "viewer": "viewer"}
"""Role by user name. The password is the name unless one is given: this Airflow listens on 127.0.0.1 only."""
SQLITE_PARALLELISM = 4  # more concurrent writers fail with `database is locked`
POSTGRES_PARALLELISM = 8
SERVICES = {
    "api-server": ["api-server", "--workers", "1"],
    "scheduler": ["scheduler", "--skip-serve-logs"],  # the API server reads the log files directly
    "dag-processor": ["dag-processor"],
}


class LocalAirflow(AirflowApi):
    """Airflow with its home in `home`; start() or `with` starts it, stop() ends all of its processes."""

    def __init__(
        self,
        home: Path,
        *,
        dags: Path = REPOSITORY / "dags",
        python: Path | None = None,
        database: str | None = None,
        parallelism: int | None = None,
        port: int | None = None,
        paused: bool = True,
        schedules: bool = True,
        environment: Mapping[str, str] | None = None,
        pools: Mapping[str, int] | None = None,
        expect: Collection[str] = (),
        password: str | None = None,
    ) -> None:
        """Prepare, but start nothing.

        `python` belongs to another virtual environment, which then must contain the package as well. `database` is an
        SQLAlchemy URL for Airflow's own state; by default an SQLite file in `home`. `paused` says whether new DAGs are
        paused. Without `schedules`, Airflow starts no run on its own. `environment` adds connections, Variables and
        settings, and overrides others. `pools` are created (slots by name). `expect` lists the DAGs that must be loaded
        before start() returns. With a `password`, `admin` uses it and is the only user.
        """
        self.home = home.resolve()
        self.port = port or free_port()
        super().__init__(f"http://127.0.0.1:{self.port}", "admin", password or "admin")
        self._passwords = {"admin": password} if password else {user: user for user in USERS}
        self._python = str(python or sys.executable)
        self._database = database
        self._pools = dict(pools or {})
        self._expect = expect
        self._services: list[ManagedProcess] = []
        self.environment = {
            **loopback_environment(),
            "PYTHONPATH": "" if python else str(REPOSITORY / "include"),
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(dags.resolve()),
            "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": str(
                parallelism or (POSTGRES_PARALLELISM if database else SQLITE_PARALLELISM)
            ),
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": str(paused),
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{user}:{USERS[user]}" for user in self._passwords),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self.home / "passwords.json"),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database or f"sqlite:///{self.home / 'airflow.db'}",
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.port),
            "AIRFLOW__API__BASE_URL": self.url,
            "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",
            "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": str(schedules),
            # A task's slot is often kept this long (seconds) after the task has ended; the default is 5.
            "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "ORDERFLOW_PRELOAD": "1",
        }
        self._added = dict(environment or {})

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, timeout: float = 240) -> None:
        """Start everything and wait until it is healthy and has loaded the DAGs in `expect`.

        ServiceError if a part stops unexpectedly or a DAG file cannot be imported, TimeoutError after `timeout`
        seconds.
        """
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        passwords = self.home / "passwords.json"
        passwords.touch(mode=0o600)
        passwords.chmod(0o600)
        passwords.write_text(json.dumps(self._passwords), encoding="utf-8")
        self.environment |= self._secrets() | self._added
        self._migrate()
        try:
            for name, arguments in SERVICES.items():
                log = self.home / "logs" / f"{name}.log"
                command = [self._python, "-m", "airflow", *arguments]
                self._services.append(ManagedProcess(name, command, env=self.environment, log=log))
            wait_until(self._healthy, timeout, "healthy Airflow")
            for name, slots in self._pools.items():
                self.set_pool(name, slots)
            wait_until(self._read, timeout, f"DAG {', '.join(self._expect)}")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop every process; a second call does nothing."""
        for service in self._services:
            service.ask_to_stop()
        for service in self._services:
            service.stop()
        self._services.clear()

    def check(self) -> None:
        """ServiceError if a part of Airflow has stopped unexpectedly."""
        for service in self._services:
            service.check()

    def airflow(self, *arguments: str) -> str:
        """Run a command of Airflow's command line and return its output; ServiceError if it fails."""
        command = [self._python, "-m", "airflow", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ServiceError(f"airflow {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def backfill(self, dag_id: str, from_date: date, to_date: date, **options: str | int) -> str:
        """Run `airflow backfill create` for both dates and all days between.

        Options such as `reprocess_behavior="failed"` and `run_backwards=True`.
        """
        extra: list[str] = []
        for name, value in options.items():
            extra += [f"--{name.replace('_', '-')}", *([] if value is True else [str(value)])]
        bounds = ("--from-date", from_date.isoformat(), "--to-date", to_date.isoformat())
        return self.airflow("backfill", "create", "--dag-id", dag_id, *bounds, *extra)

    def _secrets(self) -> dict[str, str]:
        """Return the keys of this home: random at its first start, then always the same."""
        path = self.home / "secrets.json"
        if not path.exists():
            path.touch(mode=0o600)
            keys = {
                "AIRFLOW__CORE__FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
                "AIRFLOW__API__SECRET_KEY": secrets.token_urlsafe(32),
                "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(64),
            }
            path.write_text(json.dumps(keys), encoding="utf-8")
        kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return kept

    def _migrate(self) -> None:
        """Migrate the database to this Airflow's version; an existing, kept SQLite file is left alone."""
        stamp = self.home / "migrated"
        if self._database or not stamp.exists() or stamp.read_text(encoding="utf-8") != AIRFLOW_VERSION:
            self.airflow("db", "migrate")
            stamp.write_text(AIRFLOW_VERSION, encoding="utf-8")

    def _healthy(self) -> bool | None:
        self.check()
        try:
            state = self.health()
        except (httpx.TransportError, AirflowApiError):
            return None
        parts = ("metadatabase", "scheduler", "dag_processor")
        return True if all(state[part]["status"] == "healthy" for part in parts) else None

    def _read(self) -> bool | None:
        self.check()
        if errors := self.import_errors():
            raise ServiceError(errors)
        try:
            for dag_id in self._expect:
                self.api("GET", f"/dags/{dag_id}")
        except AirflowApiError:
            return None
        return True
