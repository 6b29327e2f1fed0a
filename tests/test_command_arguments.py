"""Any arguments of `python -m orderflow`: a sentence and an exit code, never a stack trace."""

import json
import os

import pytest

import orderflow.commands  # noqa: F401 - Airflow's logging keeps the stream that it finds when it is imported
from orderflow.__main__ import main
from sandbox.control import SandboxControl

pytestmark = pytest.mark.usefixtures("own_logging")

HOSTILE = (
    "",
    " ",
    "0",
    "-1",
    "1.5",
    "1e9",
    "٣",
    "²",
    "9" * 19,
    "9" * 5000,
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "2026-11-22T12:00",
    "2026-11-22\n",
    "today",
    "\0",
    "\ud800",
    "a" * 100_000,
    "'; drop table orderflow_order; --",
    "../../etc/passwd",
    "{}",
    "%s%n",
    "{0.__class__}",
    "2/",
    "/",
    "//",
    "x/CS1",
    "-5/CS1",
    "99999999999999999999/CS1",
    "1/\u202eCS1",
    "\N{PILE OF POO}",
)
COMMANDS = (
    ("run", "--date="),
    ("run", "--dry-run", "--date="),
    ("sweep", "--reference="),
    ("sweep", "--order-id="),
    ("deliveries", "--since="),
    ("resolve", "--", ""),
    ("forget", "--reference="),
    ("forget", "--order-id="),
    ("reconcile", "--days="),
    ("reconcile", "--webshop="),
    ("check-shop", "--with-order="),
    ("",),
    ("open", ""),
)


@pytest.fixture(autouse=True)
def connected(environment: dict[str, str], control: SandboxControl, monkeypatch: pytest.MonkeyPatch) -> None:
    del control  # has emptied the sandbox
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("given", COMMANDS, ids=" ".join)
def test_any_argument_ends_with_a_sentence_and_an_exit_code(
    given: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    for text in HOSTILE:
        arguments = [*given[:-1], given[-1] + text]
        try:
            code = main(arguments)
        except SystemExit as ended:  # argparse's own way to refuse
            code = int(ended.code or 0)
        said = capsys.readouterr()
        assert code in {0, 1, 2}, arguments
        assert code == 0 or said.err.strip(), arguments
        assert "Traceback" not in said.err, arguments
        assert "unexpected" not in said.err, (arguments, said.err)


def test_a_lease_that_ends_before_a_call_does_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = json.loads(os.environ["AIRFLOW_CONN_ERP_DEFAULT"])
    connection["extra"]["deadline"] = 400
    monkeypatch.setenv("AIRFLOW_CONN_ERP_DEFAULT", json.dumps(connection))
    assert main(["sweep"]) == 2
    assert "`limits.lease_seconds` is 300, but one call may take 400 seconds" in capsys.readouterr().err


def test_what_the_ledger_knows_needs_no_erp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_ERP_DEFAULT")
    assert main(["open"]) == 0
    assert main(["sweep"]) == 2


@pytest.mark.parametrize(
    "given",
    [
        ("run", "--date", ""),
        ("run", "--date", "\u0662\u0660\u0662\u0666-11-22"),
        ("deliveries", "--since", ""),
        ("deliveries", "--since="),
        ("check-shop", "--with-order", " "),
        ("check-shop", "--record", ""),
    ],
    ids=" ".join,
)
def test_an_empty_value_or_foreign_digits_are_refused_by_name(
    given: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(list(given))
    assert ended.value.code == 2
    assert f"argument {given[1].removesuffix('=')}: " in capsys.readouterr().err
