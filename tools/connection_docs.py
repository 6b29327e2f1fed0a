"""`make docs`: writes docs/reference/connections.md from the forms of our connection types; --check only compares.

python tools/connection_docs.py [--check]
"""

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from generated_page import REPOSITORY, cell, write_or_check
from orderflow.provider import CLOUDSUITE, ERP

PAGE = REPOSITORY / "docs" / "reference" / "connections.md"
HEAD = """# Connections

Written by `make docs` from `include/orderflow/provider.py` and `tools/connection_docs.py`. Do not edit.

Secrets are kept in Airflow connections and nowhere else. Create a connection in Airflow (Admin, Connections), in a
secrets backend, or as JSON in the environment:

```sh
export AIRFLOW_CONN_CLOUDSUITE_DEFAULT='{"conn_type": "cloudsuite", "host": "https://test-api.cloudsuite.io",
  "login": "<client id>", "password": "<client secret>",
  "extra": {"token_url": "https://id.cloudsuite.io/realms/CloudSuite-test/protocol/openid-connect/token"}}'
export AIRFLOW_CONN_ERP_DEFAULT='{"conn_type": "orderflow_erp", "host": "https://erp.example.com/api",
  "login": "<user>", "password": "<password>", "extra": {"adapter": "rest"}}'
```

The environment takes precedence over a connection created in Airflow. The form's *Test* button needs
`AIRFLOW__CORE__TEST_CONNECTION=Enabled` for the API server. It changes nothing: it gets a token and one row of the
order list, or looks up an order that does not exist. For a saved connection without a port, Airflow 3.3.2 sends port 0
and then refuses to test it ("Bad Request"): fill in the port (443), which changes nothing else.

![The form of a connection of type CloudSuite](../screenshots/connection-form.png)
"""
COMMON = """The type `http` is accepted as well, but with the form and the *Test* button of any HTTP connection.
`verify` (the file of your own CA, or `false`), `cert` and `proxies` in the extra mean the same as in every HTTP
connection of Airflow. Any other extra is sent as a header.
"""
STANDARD = (
    ("host", "text", "`https` unless it says otherwise."),
    ("port", "whole number", "The scheme's port when not set."),
    ("login", "text", ""),
    ("password", "text, secret", ""),
)
OTHERS = """## Optional connections

| connection | type | meaning |
|---|---|---|
| `orderflow_ledger` | `postgres` or `sqlite` | Where the ledger is: `postgresql://user:password@host/db` or \
`sqlite:////path/file.db`. Without it: `$AIRFLOW_HOME/orderflow.db`, which is only for trying things out. |
| `smtp_default` | `smtp` | The mail server for alerts to `alerts.mail_to` (see [settings](settings.md)). |
| `orderflow_alerts_webhook` | `http` | An address that accepts `{"text": "…"}`, as Slack and Teams do. |
"""


def page() -> str:
    """Return the whole page."""
    lines = [
        HEAD,
        *_section("cloudsuite_default", CLOUDSUITE),
        *_section("erp_default", ERP),
        "[ERP adapters](erp-adapters.md) explains the extras of `tryton`, and how to write another adapter.\n",
        OTHERS,
    ]
    return "\n".join(lines)


def _section(conn_id: str, form: dict[str, Any]) -> Iterator[str]:
    """Yield the table of one connection type."""
    look = form["ui-field-behaviour"]
    yield f"## `{conn_id}`: type `{form['connection-type']}`\n"
    yield COMMON
    yield "| field | label in the form | value | meaning |"
    yield "|---|---|---|---|"
    for field, kind, meaning in STANDARD:
        label = look["relabeling"].get(field, field.capitalize())
        example = look["placeholders"].get(field)
        yield f"| `{field}` | {label} | {kind} | {f'Such as `{example}`. ' if example else ''}{meaning} |"
    for name, field in form["conn-fields"].items():
        yield f"| extra `{name}` | {field['label']} | {_kind(field['schema'])} | {cell(field['description'])} |"
    yield ""


def _kind(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if schema.get("format") == "password":
        return "text, secret"
    names = {"string": "text", "integer": "whole number", "boolean": "`true` or `false`", "object": "JSON object"}
    return " or ".join(names[kind] for kind in kinds if kind != "null")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    sys.exit(write_or_check(PAGE, page(), check=parser.parse_args().check))
