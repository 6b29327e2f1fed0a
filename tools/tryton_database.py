"""Tryton's own venv, and databases with a small seeded company, copied from a template.

Building the template takes minutes, so a dump of it is kept in `.local`, and a PostgreSQL server without a template is
restored from there. Tryton is never installed beside Airflow.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, create_engine, text
from sqlalchemy.engine import Connection

from postgres import server_programs
from service import loopback_environment
from tryton_wish import wish as everything

REPOSITORY = Path(__file__).resolve().parent.parent
LOCAL = REPOSITORY / ".local"
VENV = LOCAL / "tryton-venv"
REQUIREMENTS = Path(__file__).with_name("tryton-requirements.txt")
SEED = Path(__file__).with_name("tryton_seed.py")
MODULES = ("sale", "web_shop")
ADMIN_PASSWORD = "orderflow-demo-1"  # noqa: S105  # for a Tryton that listens on 127.0.0.1 while we run


def install() -> Path:
    """Create the venv unless it exists with the right versions; return its folder of programs."""
    stamp, wanted = VENV / ".installed", REQUIREMENTS.read_text()
    if not stamp.exists() or stamp.read_text() != wanted:
        uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
        if uv is None:
            raise RuntimeError("uv is needed to make Tryton's venv; `make setup` installs it into .venv")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)], check=True)
        sync = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(VENV / "bin" / "python")]
        if subprocess.run([*sync, str(REQUIREMENTS)], check=False).returncode:  # as in install.sh
            subprocess.run([*sync, "--system-certs", str(REQUIREMENTS)], check=True)
        stamp.write_text(wanted)
    return VENV / "bin"


@contextmanager
def fresh_database(postgres: URL, programs: Path, folder: Path) -> Iterator[tuple[URL, dict[str, Any]]]:
    """Copy the template, and drop the copy at the end; also returns the seed's output. `folder` receives the logs."""
    template, made = _template(postgres, programs, folder)
    database = postgres.set(database=f"tryton_{os.urandom(6).hex()}")
    maintain(postgres, f"CREATE DATABASE {database.database} TEMPLATE {template}")
    try:
        yield database, made
    finally:
        maintain(postgres, f"DROP DATABASE {database.database} WITH (FORCE)")


def environment(database: URL) -> dict[str, str]:
    """Return the environment for Tryton's programs; the server is given without a database."""
    login = f"{quote(database.username or '', safe='')}:{quote(str(database.password or ''), safe='')}"
    server = f"postgresql://{login}@{database.host}:{database.port or 5432}/"
    kept = {name: value for name, value in loopback_environment().items() if not name.startswith(("TRYTON", "PYTHON"))}
    return kept | {"TRYTOND_DATABASE_URI": server}


@contextmanager
def _connected(postgres: URL) -> Iterator[Connection]:
    engine = create_engine(postgres, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def maintain(postgres: URL, *statements: str) -> None:
    """Run statements, each in its own transaction."""
    with _connected(postgres) as connection:
        for statement in statements:
            connection.execute(text(statement))


def _template(postgres: URL, programs: Path, folder: Path) -> tuple[str, dict[str, Any]]:
    """Return the name of the seeded database on this server, and the seed's output.

    Seeding takes a minute or more, so a dump is kept, from which servers without a template are restored.
    """
    wish = json.dumps(everything())
    recipe = hashlib.sha256(f"{wish}{SEED.read_text()}{REQUIREMENTS.read_text()}".encode()).hexdigest()[:12]
    name, kept = f"tryton_template_{recipe}", LOCAL / f"tryton-{recipe}"
    with _connected(postgres) as connection:
        exists = connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name})
    if not (exists and kept.exists()):
        half = postgres.set(database=f"tryton_half_{os.urandom(6).hex()}")
        maintain(postgres, f"CREATE DATABASE {half.database} TEMPLATE template0")
        if kept.exists():
            _dumped("pg_restore", half, "--no-owner", str(kept / "database.dump"))
        else:
            _keep(half, _fill(half, programs, folder, wish), kept)
        maintain(postgres, f"DROP DATABASE IF EXISTS {name}", f"ALTER DATABASE {half.database} RENAME TO {name}")
    made: dict[str, Any] = json.loads((kept / "made.json").read_text())
    return name, made


def _keep(database: URL, made: dict[str, Any], kept: Path) -> None:
    """Save a dump and the seed's output, completely or not at all."""
    with tempfile.TemporaryDirectory(dir=LOCAL) as folder:
        half = Path(folder) / "half"
        half.mkdir()
        (half / "made.json").write_text(json.dumps(made))
        _dumped("pg_dump", database, "--format=custom", f"--file={half / 'database.dump'}")
        half.rename(kept)


def _dumped(program: str, database: URL, *arguments: str) -> None:
    """Run pg_dump or pg_restore; both read the password from the environment, where no process list shows it."""
    server = ["--host", str(database.host), "--port", str(database.port or 5432), "--username", str(database.username)]
    environment = os.environ | {"PGPASSWORD": str(database.password or "")}
    command = [str(server_programs() / program), *server, "--dbname", str(database.database), *arguments]
    subprocess.run(command, env=environment, check=True)


def _fill(database: URL, programs: Path, folder: Path, wish: str) -> dict[str, Any]:
    password = folder / "tryton-admin-password"
    password.write_text(ADMIN_PASSWORD)
    environ = environment(database) | {"TRYTONPASSFILE": str(password)}
    name = str(database.database)
    with (folder / "tryton-setup.log").open("ab") as log:
        setup = [str(programs / "trytond-admin"), "-d", name, "-u", *MODULES, "--activate-dependencies"]
        subprocess.run([*setup, "--email", "admin@example.com"], env=environ, stdout=log, stderr=log, check=True)
        seed = [str(programs / "python"), str(SEED), name]
        run = subprocess.run(seed, env=environ, input=wish.encode(), stdout=subprocess.PIPE, stderr=log, check=True)
    made: dict[str, Any] = json.loads(run.stdout)
    return made
