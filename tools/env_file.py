"""`make env`: .env and .secrets/ for docker-compose.yaml, with strong random secrets; existing files are kept.

The connections point to the sandbox, which exists only with the profile `demo`: replace them with your own in
.secrets/connections.json. Passwords in an .env of an earlier version are kept, because their databases use them.
"""

import base64
import json
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox_env import sandbox_environment

ROOT = Path(__file__).resolve().parent.parent
ENV_FILE = ROOT / ".env"
SECRETS = ROOT / ".secrets"
SANDBOX = "http://sandbox:8090"


def content(folder: str = "./.secrets") -> str:
    """Return a new .env without any secret; compose finds those in the folder."""
    settings = sandbox_environment(SANDBOX)["AIRFLOW_VAR_ORDERFLOW"]
    return f"SECRETS={folder}\nORDERFLOW_SETTINGS='{settings}'\nDAGS_PAUSED=true\n"


def secret_files(kept: Mapping[str, str]) -> dict[str, str]:
    """Return each secret by file name: random, except for those `kept` from an earlier .env."""

    def password(name: str) -> str:
        return kept.get(name) or secrets.token_urlsafe(32)

    airflow, ledger, redis = (password(f"{name}_PASSWORD") for name in ("AIRFLOW_DB", "LEDGER_DB", "REDIS"))
    database = f"postgresql+psycopg2://airflow:{airflow}@postgres/airflow"
    mine = {"orderflow_ledger": _postgres("orderflow", ledger)}
    return {
        "postgres_password": password("POSTGRES_PASSWORD"),
        "airflow_db_password": airflow,
        "ledger_db_password": ledger,
        "redis_password": redis,
        "airflow_database": database,
        "celery_broker": f"redis://:{redis}@redis:6379/0",
        "celery_results": f"db+{database.replace('+psycopg2', '')}",
        "admin_password": password("ADMIN_PASSWORD"),
        "fernet_key": kept.get("FERNET_KEY") or base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "api_secret_key": password("API_SECRET_KEY"),
        "jwt_secret": kept.get("JWT_SECRET") or secrets.token_urlsafe(64),
        "ledger_connection.json": json.dumps(mine, indent=2),
        "connections.json": json.dumps(mine | _shop_and_erp(kept), indent=2),
    }


def write_secrets(folder: Path, kept: Mapping[str, str]) -> list[str]:
    """Write the missing files into a folder that only its owner may enter; return their names.

    The files themselves are readable by all: inside a container another user reads them.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    texts = secret_files(kept)
    missing = [name for name in texts if not (folder / name).exists()]
    if missing and len(missing) < len(texts):
        raise SystemExit(f"{folder.name} is not whole: {', '.join(missing)} missing, and each has to fit the others")
    for name in missing:
        path = folder / name
        path.write_text(texts[name], encoding="utf-8")
        path.chmod(0o644)
    return missing


def earlier(path: Path) -> dict[str, str]:
    """Return the contents of an earlier file of variables; empty if there is none."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    pairs = (line.partition("=") for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip(): value.strip().strip("'") for name, _, value in pairs}


def main() -> int:
    """Write what is missing; returns the exit code."""
    kept = earlier(ENV_FILE)
    written = write_secrets(SECRETS, kept)
    print(f"{SECRETS.name}/ {'written' if written else 'exists already and was not changed'}")
    if not ENV_FILE.exists():
        with os.fdopen(os.open(ENV_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(content())
        print(f"{ENV_FILE.name} written; log in as admin with the password in {SECRETS.name}/admin_password")
    elif "SECRETS" not in kept:
        print(f"Add this line to {ENV_FILE.name}, and take every secret out of it:\nSECRETS=./{SECRETS.name}")
    else:
        print(f"{ENV_FILE.name} exists already and was not changed")
    return 0


def _postgres(role: str, password: str) -> dict[str, str]:
    return {"conn_type": "postgres", "host": "postgres", "schema": role, "login": role, "password": password}


def _shop_and_erp(kept: Mapping[str, str]) -> dict[str, Any]:
    sandbox = sandbox_environment(SANDBOX)
    shop = kept.get("CLOUDSUITE_CONNECTION") or sandbox["AIRFLOW_CONN_CLOUDSUITE_DEFAULT"]
    erp = kept.get("ERP_CONNECTION") or sandbox["AIRFLOW_CONN_ERP_DEFAULT"]
    return {"cloudsuite_default": _read(shop), "erp_default": _read(erp)}


def _read(connection: str) -> Any:
    """Return a connection in the file's form: an object if it was JSON, otherwise its URI."""
    return json.loads(connection) if connection.startswith("{") else connection


if __name__ == "__main__":
    sys.exit(main())
