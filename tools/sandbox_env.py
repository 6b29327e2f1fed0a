"""The connections and settings that Airflow needs to use a sandbox (`python -m sandbox`)."""

import json

CLIENT_ID = "orderflow"
CLIENT_SECRET = "sandbox-secret"  # noqa: S105 - the sandbox is a toy on this machine and everyone may know its password

# Few, larger task groups: on SQLite a task instance costs far more than the orders in it.
SETTINGS = {
    "webshops": {"1": {"messages": {"user": 10}}, "2": {"payment_option": False, "messages": {"user": 10}}},
    "limits": {"max_mapped": 6},
}


def sandbox_environment(url: str) -> dict[str, str]:
    """Return the environment variables for a sandbox at `url` (no trailing slash)."""
    login = {"conn_type": "http", "login": CLIENT_ID, "password": CLIENT_SECRET}
    extra = {"timeout": 10, "allow_http": True}
    token_url = f"{url}/realms/CloudSuite/protocol/openid-connect/token"
    return {
        "AIRFLOW_CONN_CLOUDSUITE_DEFAULT": json.dumps(
            login | {"host": url, "extra": {"token_url": token_url, **extra}}
        ),
        "AIRFLOW_CONN_ERP_DEFAULT": json.dumps(login | {"host": f"{url}/erp", "extra": extra}),
        "AIRFLOW_VAR_ORDERFLOW": json.dumps(SETTINGS),
    }
