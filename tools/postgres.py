"""A temporary PostgreSQL server for tests and demos, or the one given by ORDERFLOW_TEST_POSTGRES_URL."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import URL, create_engine, make_url, text

import programs

EXISTING_SERVER = "ORDERFLOW_TEST_POSTGRES_URL"
PASSWORD = "p@ss/w:rd %40?"  # noqa: S105 - of a server that lives for one test run
_FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=200"]


@contextmanager
def postgres_server() -> Iterator[URL]:
    """Start a server and stop it at the end; gives the URL of a database from which others can be created."""
    existing = os.environ.get(EXISTING_SERVER)
    if existing:
        yield make_url(existing).set(drivername="postgresql+psycopg")
        return
    with own_server("orderflow") as url:
        yield url


@contextmanager
def own_server(superuser: str) -> Iterator[URL]:
    """Start a separate server with this superuser, even if another exists; stop it at the end."""
    binaries = server_programs()
    with tempfile.TemporaryDirectory(prefix="orderflow-pg-", dir="/tmp") as folder:
        home = Path(folder)
        server = _Server(binaries, home, superuser)
        server.start()
        try:
            yield server.url
        finally:
            server.stop()


@contextmanager
def fresh_database(server: URL, template: str = "template0") -> Iterator[URL]:
    """Create a database and drop it at the end; it is empty, or a copy of another, to which nobody is connected."""
    name = f"orderflow_{uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        yield server.set(database=name)
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()


class _Server:
    """A cluster in its own folder. PostgreSQL refuses to run as root, so root hands it to another user."""

    def __init__(self, binaries: Path, home: Path, superuser: str) -> None:
        self._binaries = binaries
        self._home = home
        self._user = _unprivileged_user() if os.getuid() == 0 else None
        self._port = _free_port()
        self.url = URL.create(
            "postgresql+psycopg",
            username=superuser,
            password=PASSWORD,
            host="127.0.0.1",
            port=self._port,
            database="postgres",
        )

    def start(self) -> None:
        password_file = self._home / "password"
        password_file.write_text(PASSWORD, encoding="utf-8")
        if self._user:
            for path in (self._home, password_file):
                shutil.chown(path, self._user)
        auth = [f"--username={self.url.username}", f"--pwfile={password_file}", "--auth=scram-sha-256"]
        self._run("initdb", *auth, "--no-sync", "--encoding=UTF8", "--locale=C")
        settings = [*_FAST, "listen_addresses=127.0.0.1", f"port={self._port}", f"unix_socket_directories={self._home}"]
        options = " ".join(f"-c {setting}" for setting in settings)
        self._run("pg_ctl", "start", "-w", "-l", str(self._home / "log"), "-o", options)

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-w", "-m", "immediate")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._binaries / program), "-D", str(self._home / "data"), *arguments]
        with (self._home / "setup.log").open("a") as output:
            subprocess.run(command, user=self._user, cwd=self._home, stdout=output, stderr=output, check=True)


def server_programs() -> Path:
    """Return the folder of initdb, pg_ctl and pg_dump; RuntimeError says what to install."""
    found = programs.postgresql()
    if not found:
        raise RuntimeError(
            "a PostgreSQL server is needed: install the Debian package `postgresql`, "
            f"or set {EXISTING_SERVER} to the URL of a server on which databases may be created"
        )
    return found


def _unprivileged_user() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
