"""Canaries: an ERP, a shop, a webhook and a mail server that quote every secret back, through each adapter and channel.

Then each secret is looked for, in every form, in all that a run leaves behind: the ledger's file, log lines, what tasks
raise and hand on, the page for who may see and for who may retry, mail, chat, and the streams of the process.
"""

import json
import logging
import os
import re
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select

from orderflow.domain.window import Window
from orderflow.flow.batch import raise_failures
from orderflow.flow.orders.preview import preview_orders
from orderflow.flow.orders.run import run_day
from orderflow.flow.plan import keep_plan
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.tables.base import Base
from orderflow.orchestration.announcing import announce_now
from orderflow.orchestration.connect import connect
from orderflow.orchestration.edge import guarded
from orderflow.orchestration.run_context import RunContext
from orderflow.redaction import guard_logs
from orderflow.web import api
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox
from sandbox_env import sandbox_environment
from support.canaries import forms, leaks
from support.page import app_of, serving
from support.quoting import ADAPTERS, ANSWERS, LOGIN, PASSWORD, SHORT, TENANT, TOKEN, quoting_server, secrets_of
from support.receivers import Inbox, Mailbox

DAY = "2026-11-22"
FIRST = 20_001
ORDER = {"confirm_date": f"{DAY}T12:00:00", "payment_status": "paid", "webshop": 1, "reference": "CS1"}
RUN = RunRef(dag_id="orderflow_daily", run_id="run1", task_id="push_to_erp", partition=DAY)

log = logging.getLogger("orderflow.canaries")

HOOK = "T0CANARY/B0CANARY/xCanaryPathOfTheHook"
HOOK_PASSWORD = "canary-h00k-password-0123"

Quoting = tuple[str, dict[str, Any]]
Said = Callable[..., dict[str, str]]


@pytest.fixture
def quoting() -> Iterator[Quoting]:
    """Return a server that quotes, and what it is to answer."""
    with quoting_server() as (address, chosen):
        yield address, chosen


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Iterator[Said]:
    """Return a function that tells what was logged and printed."""
    factory = logging.getLogRecordFactory()
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, "orderflow")
    guard_logs()
    yield lambda: {"log": caplog.text, **capsys.readouterr()._asdict()}
    logging.setLogRecordFactory(factory)


@pytest.fixture
def told(mailbox: Mailbox, webhook: Inbox) -> Said:
    """Return a function that tells what came by mail and in the chat."""
    return lambda: {
        "mail": "".join(map(str, mailbox.mails)) + "".join(map(mailbox.text, range(len(mailbox.mails)))),
        "chat": json.dumps(list(webhook), ensure_ascii=False),
    }


@pytest.fixture
def connected(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that sets connections: the sandbox's, but for what is given."""

    def connected(**connections: dict[str, Any]) -> None:
        told = sandbox_environment(sandbox.url)
        settings = {"limits": {"lookup_waits": [0]}, "alerts": {"mail_to": ["team@example.org"]}}
        hook = json.loads(os.environ["AIRFLOW_CONN_ORDERFLOW_ALERTS_WEBHOOK"])
        hook["host"] = f"{hook['host'].rpartition('/')[0]}/{HOOK}"
        told["AIRFLOW_VAR_ORDERFLOW"] = json.dumps(settings)
        told["AIRFLOW_CONN_ORDERFLOW_ALERTS_WEBHOOK"] = json.dumps({**hook, "password": HOOK_PASSWORD})
        for name, given in connections.items():
            of = f"AIRFLOW_CONN_{name}_DEFAULT"
            extra = {"timeout": 5, "allow_http": True, **given["extra"]}
            told[of] = json.dumps({**json.loads(told[of]), "login": None, "password": None, **given, "extra": extra})
        for name, value in told.items():
            monkeypatch.setenv(name, value)

    return connected


@pytest.fixture
def run(  # noqa: PLR0917 - fixtures
    control: SandboxControl, book: Ledger, here: Callable[..., RunContext], said: Said, told: Said, tmp_path: Path
) -> Said:
    """Return a function that runs a day, and gives what is left behind, by where it is."""

    def run(order: dict[str, Any] = ORDER) -> dict[str, str]:
        assert control.add_orders(order) == [FIRST]
        left = {"raised": "".join(map(_raised, (_a_day, _a_dry_run)))}
        announce_now(book, here(date=DAY))
        left |= said() | told()
        left |= {f.name: f.read_bytes().decode("utf-8", "replace") for f in tmp_path.rglob("*") if f.is_file()}
        for may_retry in (False, True):
            left |= dict(_page(book, may_retry=may_retry))
        return left

    return run


def _a_day() -> None:
    report = run_day(connect(), Window.of_day(DAY, "Europe/Amsterdam"), RUN)
    report.raise_failures()


def _a_dry_run() -> None:
    services = connect(read_only=True)
    plan = preview_orders(services, [FIRST])
    log.info("%s", keep_plan(services, RUN, plan))
    raise_failures(plan.failed)


def _raised(work: Callable[[], None]) -> str:
    """Return what Airflow would log of a failed task, and hand on."""
    try:
        guarded(work)()
    except Exception as error:  # noqa: BLE001 - whatever a task ends with
        return "".join(traceback.format_exception(error)) + str(error)
    return ""


def _page(book: Ledger, *, may_retry: bool) -> Iterator[tuple[str, str]]:
    app = app_of(book, book.now, {}, may_retry=may_retry)
    with serving(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        for route in api.router.routes:
            assert isinstance(route, APIRoute)
            path = route.path.replace("{order_id}", str(FIRST)).replace("{webshop}", "1")
            who = f"who may {'retry' if may_retry else 'see'}"
            yield (
                f"page {route.path} of {who}",
                client.get(path, params={"dag_id": RUN.dag_id, "run_id": RUN.run_id}).text,
            )


def _has_none(left: dict[str, str], given: dict[str, Any]) -> None:
    """Check that no secret of these connections is anywhere, nor of a channel, which nobody has quoted."""
    missing = {"raised", "mail", "chat", "log", "err", "ledger.db", "page /api/alerts of who may see"} - left.keys()
    found = leaks(left, *secrets_of(given), HOOK, HOOK_PASSWORD)
    alone = re.compile(rf"(?<![\w-]){re.escape(SHORT)}(?![\w-])")
    short = [where for where, text in left.items() if alone.search(text)]
    assert (missing, found, short) == (set(), [], [])


@pytest.mark.parametrize(
    ("adapter", "method", "answer"),
    [
        *(("REST, password", "POST", answer) for answer in ANSWERS),
        *(("REST, token", "GET", answer) for answer in ("400 JSON", "403 page", "200 JSON")),
        *(("Tryton, token", "GET", answer) for answer in ("401 JSON", "422 JSON", "200 JSON", "302")),
        *(("Tryton, password", "GET", answer) for answer in ("403 page", "422 text")),
    ],
)
def test_no_secret_of_an_erp_is_left_anywhere(  # noqa: PLR0917 - fixtures
    run: Said, connected: Callable[..., None], quoting: Quoting, adapter: str, method: str, answer: str
) -> None:
    address, chosen = quoting
    chosen.update(methods={method}, answer=ANSWERS[answer])
    connected(ERP={"host": address, **ADAPTERS[adapter]})
    left = run()
    _has_none(left, ADAPTERS[adapter])
    assert "CS1" in left["mail"] + left["chat"], "the failure was told"


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        *((LOGIN, answer) for answer in ("400 JSON", "401 JSON", "200 JSON")),
        *(({"extra": {"token": TOKEN}}, answer) for answer in ("403 page", "302")),
    ],
    ids=lambda value: value if isinstance(value, str) else "token" if "extra" in value else "token address",
)
def test_no_secret_of_the_shop_is_left_anywhere(
    run: Said, connected: Callable[..., None], quoting: Quoting, given: dict[str, Any], answer: str
) -> None:
    address, chosen = quoting
    chosen.update(methods={"GET", "POST"}, answer=ANSWERS[answer])
    token_url = f"{address}/realms/token?tenant={quote(TENANT)}"
    extra = {"token_url": token_url, "X-Tenant": TENANT, "X-Pin": SHORT, **given.get("extra", {})}
    given = {**given, "extra": extra}
    connected(CLOUDSUITE={"host": address, **given})
    _has_none(run(), given)


def test_no_secret_of_a_channel_is_left_anywhere(
    run: Said, connected: Callable[..., None], quoting: Quoting, webhook: Inbox, mailbox: Mailbox
) -> None:
    address, chosen = quoting
    chosen.update(methods={"POST"}, answer=ANSWERS["422 JSON"])
    webhook.is_down = mailbox.is_down = True
    connected(ERP={"host": address, **ADAPTERS["REST, token"]})
    _has_none(run(), ADAPTERS["REST, token"])


PLANNED = {
    f"page /api/{of}/plan of who may retry" for of in ("orders/{order_id}", "orders/{webshop}/{order_id}", "run")
}
NAME, MAIL, PHONE = "Wilhelmina Canary", "w.canary@example.org", "+31 6 12345678"
PERSON = f"{NAME}, {MAIL}, {PHONE}"


def test_of_a_buyer_only_the_plans_of_dry_runs_speak_and_forget_ends_that(
    run: Said, connected: Callable[..., None], quoting: Quoting, book: Ledger
) -> None:
    """Name, mail address and phone number are in the order; the ERP quotes the last two in its refusal."""
    address, chosen = quoting
    refusal = json.dumps({"error": "rejected", "reason": f"cannot mail {MAIL} nor call {PHONE}"})
    chosen.update(methods={"POST"}, answer=("422 Unprocessable", refusal.encode()))
    connected(ERP={"host": address, **ADAPTERS["REST, token"]})
    left = run({**ORDER, "description": PERSON})
    tables = _tables(book)
    for piece in (NAME, MAIL, PHONE):
        assert {where for where, text in left.items() if piece in text and where not in LEDGER_FILES} <= PLANNED, piece
        assert {table for table, text in tables.items() if piece in text} <= {"orderflow_planned_call"}, piece
    assert "cannot mail [mail address] nor call [phone number]" in left["mail"]
    assert NAME in tables["orderflow_planned_call"], "it was there to be forgotten"

    book.housekeeping.erase(FIRST)
    assert [table for table, text in _tables(book).items() if any(piece in text for piece in (NAME, MAIL, PHONE))] == []


def _tables(book: Ledger) -> dict[str, str]:
    """Return all rows; SQLAlchemy's own form of a row is cut short."""
    with book._engine.connect() as connection:
        return {
            name: repr([tuple(row) for row in connection.execute(select(table))])
            for name, table in Base.metadata.tables.items()
        }


LEDGER_FILES = {"ledger.db", "ledger.db-wal", "ledger.db-shm"}
"""What they hold is looked for by table."""


def test_canaries_are_found_where_they_are() -> None:
    for form in forms(PASSWORD):
        assert leaks({"a": f"before {form} after"}, PASSWORD), form
