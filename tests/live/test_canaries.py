"""Canaries through a real Airflow: a service quotes every secret back, and all that Airflow keeps is searched."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, create_engine, select

from sandbox.control import SandboxControl
from support.canaries import forms, leaks
from support.live_airflow import Live
from support.quoting import ADAPTERS, BASIC, LOGIN, PASSWORD, TENANT, TOKEN, quoting_server

PROBE = "canaries_probe"
DAY = "2026-11-22"
NAME, MAIL, PHONE = "Wilhelmina Canary", "w.canary@example.org", "+31 6 12345678"
ORDER = {
    "confirm_date": f"{DAY}T12:00:00", "payment_status": "paid", "webshop": 1, "reference": "CS7731",
    "description": f"{NAME}, {MAIL}, {PHONE}",
}  # fmt: skip
SHOP: dict[str, Any] = {**LOGIN, "extra": {"X-Tenant": TENANT}}


@pytest.mark.parametrize(
    ("service", "given", "secrets", "method", "status"),
    [
        ("ERP", ADAPTERS["REST, password"], (PASSWORD, BASIC, TENANT), "POST", "422 Unprocessable"),
        ("ERP", ADAPTERS["Tryton, token"], (TOKEN, TENANT), "GET", "401 Unauthorized"),
        ("CLOUDSUITE", SHOP, (PASSWORD, TENANT), "POST", "400 Bad Request"),
    ],
    ids=["REST", "Tryton", "shop"],
)
def test_no_secret_and_no_buyer_is_in_anything_that_airflow_keeps(  # noqa: PLR0917 - fixtures
    live: Live,
    control: SandboxControl,
    service: str,
    given: dict[str, Any],
    secrets: tuple[str, ...],
    method: str,
    status: str,
) -> None:
    """Logs of tasks, scheduler, API server and DAG processor, and every table; after a rejection and a dry run."""
    control.add_orders(ORDER)
    file = live.airflow.home / "canaries.json"
    with quoting_server() as (address, chosen):
        chosen.update(methods={method}, answer=(status, _quoting(secrets)))
        name = f"AIRFLOW_CONN_{service}_DEFAULT"
        own = {} if service == "ERP" else {"token_url": f"{address}/token"}
        connection = {
            **json.loads(live.airflow.environment[name]),
            "host": address,
            "login": None,
            "password": None,
            **given,
            "extra": {"timeout": 5, "allow_http": True, **own, **given["extra"]},
        }
        file.write_text(json.dumps({name: json.dumps(connection)}), encoding="utf-8")
        try:
            live.airflow.unpause(PROBE)
            run_id, state = live.run(dag_id=PROBE, date=DAY)
            if status.startswith("422"):  # the others read nothing that a plan could be made of
                live.run(dag_id=PROBE, date=DAY, dry_run=True)
        finally:
            file.unlink()
    assert state == "failed"

    logs = dict(_logs(live))
    tables = dict(_rows_of(create_engine(live.airflow.environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])))
    told = "".join(text for name, text in logs.items() if f"run_id={run_id}" in name)
    assert status[:3] in told or "the ERP rejected the order" in told, "the answer was quoted"
    assert "***" in told
    assert "***" in logs["scheduler.log"]
    assert run_id in tables["task_instance"]
    assert PROBE in tables["rendered_task_instance_fields"]
    everything = {**logs, **tables, **dict(_rows_of(live.ledger._engine)), **_messages(live)}
    assert leaks(everything, *secrets) == []
    for piece in (NAME, MAIL, PHONE):
        assert {where for where, text in everything.items() if piece in text} <= {"orderflow_planned_call"}, piece


def _quoting(secrets: tuple[str, ...]) -> bytes:
    """Return an answer that says what this connection has to hide, and nothing of the others: logs are kept."""
    said = f"cannot mail {MAIL} nor call {PHONE}; {'; '.join(f for secret in secrets for f in forms(secret))}"
    return json.dumps({"error": "rejected", "error_description": said, "reason": said, said: said}).encode()


def _logs(live: Live) -> Iterator[tuple[str, str]]:
    folder = live.airflow.home / "logs"
    for path in folder.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_text(encoding="utf-8", errors="replace")


def _rows_of(engine: Engine) -> Iterator[tuple[str, str]]:
    """Return everything in a database, by table."""
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            rows = connection.execute(select(table))
            yield table.name, "\n".join(_said(value) for row in rows for value in row)


def _said(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _messages(live: Live) -> dict[str, str]:
    mailbox = live.mailbox
    mails = [*map(str, mailbox.mails), *map(mailbox.text, range(len(mailbox.mails)))]
    return {"mail": "".join(mails), "chat": json.dumps(list(live.messages))}
