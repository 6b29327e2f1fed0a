"""`make env`: write .env for docker-compose.yaml, with strong random secrets; one that is there already is kept.

The connections name the sandbox of the profile `demo`, which exists there only: write your own in their place.
"""

import base64
import os
import secrets
import sys
from pathlib import Path

from sandbox_env import sandbox_environment

ENV_FILE = Path(__file__).resolve().parent.parent / ".env"
SANDBOX = "http://sandbox:8090"


def content() -> str:
    """Return a new .env."""
    connections = sandbox_environment(SANDBOX)
    random = {
        name: secrets.token_urlsafe(32)
        for name in (
            "ADMIN_PASSWORD",
            "POSTGRES_PASSWORD",
            "AIRFLOW_DB_PASSWORD",
            "LEDGER_DB_PASSWORD",
            "REDIS_PASSWORD",
            "API_SECRET_KEY",
        )
    }
    fernet = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    given = {
        **random,
        "FERNET_KEY": fernet,
        "JWT_SECRET": secrets.token_urlsafe(64),
        "CLOUDSUITE_CONNECTION": f"'{connections['AIRFLOW_CONN_CLOUDSUITE_DEFAULT']}'",
        "ERP_CONNECTION": f"'{connections['AIRFLOW_CONN_ERP_DEFAULT']}'",
        "ORDERFLOW_SETTINGS": f"'{connections['AIRFLOW_VAR_ORDERFLOW']}'",
        "DAGS_PAUSED": "true",
    }
    return "".join(f"{name}={value}\n" for name, value in given.items())


def main() -> int:
    """Write the file for its owner's eyes only; returns the exit code."""
    try:
        descriptor = os.open(ENV_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        print(f"{ENV_FILE.name} is there already and was left as it is")
        return 0
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content())
    print(f"{ENV_FILE.name} written; log in as admin with its ADMIN_PASSWORD")
    return 0


if __name__ == "__main__":
    sys.exit(main())
