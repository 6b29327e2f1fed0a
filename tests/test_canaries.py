"""Canaries: every secret, in every form, in every failing answer of both services, is then searched for everywhere."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from sandbox.control import SandboxControl
from support.canaries import forms, leaks
from support.orderflow_command import command

DAY = "2026-11-22"
PAID = {"confirm_date": f"{DAY}T12:00:00", "payment_status": "paid", "webshop": 1}
SHOP_SECRET, ERP_SECRET, HEADER = "sandbox-secret", "sandbox-secret", "tenant+key/value=0123&<x>"
PERSON = "canary.person@example.nl"


@pytest.mark.parametrize(
    ("fault", "written"),
    [
        ({"service": "shop", "method": "GET", "path": r"/api/order/\d+/", "status": 400}, True),
        ({"service": "shop", "method": "PATCH", "status": 400}, True),
        ({"service": "shop", "method": "PUT", "status": 409}, True),
        ({"service": "shop", "path": r"/api/order/\?", "status": 403}, False),
        ({"service": "token", "status": 401}, False),
        ({"service": "erp", "method": "GET", "path": "external_reference", "status": 400}, True),
        ({"service": "erp", "method": "POST", "status": 422}, True),
        ({"service": "erp", "method": "POST", "status": 400}, True),
        ({"service": "erp", "method": "POST", "status": 409}, True),
        (
            {"service": "erp", "method": "POST", "status": 302, "headers": {"location": f"/{quote(HEADER)}?{HEADER}"}},
            True,
        ),
    ],
    ids=lambda value: (
        f"{value.get('service')}-{value.get('method')}-{value['status']}" if isinstance(value, dict) else ""
    ),
)
def test_no_secret_is_in_any_file_or_line_of_a_failing_run(
    environment: dict[str, str], control: SandboxControl, tmp_path: Path, fault: dict[str, object], *, written: bool
) -> None:
    for name in ("AIRFLOW_CONN_CLOUDSUITE_DEFAULT", "AIRFLOW_CONN_ERP_DEFAULT"):
        connection = json.loads(environment[name])
        connection["extra"]["X-Tenant-Key"] = HEADER
        environment[name] = json.dumps(connection)
    control.add_orders({"reference": "CS1", **PAID})
    said = "; ".join([*forms(SHOP_SECRET), *forms(HEADER), PERSON])
    control.fault(
        "status", **{"times": 0, "answer": {"error": "rejected", "reason": said[:400], "more": said}, **fault}
    )
    code, lines, shown = command(environment, "run", "--date", DAY, cwd=tmp_path)
    assert code in {1, 2}
    texts = {"stdout": "\n".join(lines), "stderr": shown}
    for path in tmp_path.rglob("*"):
        if path.is_file():
            texts[str(path.relative_to(tmp_path))] = path.read_bytes().decode("utf-8", "replace")
    assert len(texts) > 2 or not written
    assert not leaks(texts, SHOP_SECRET, HEADER)
    assert not [where for where, text in texts.items() if PERSON in text]
