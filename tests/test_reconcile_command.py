"""`python -m orderflow reconcile`: exit codes, the last line, the file, and read-only connections."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sandbox.control import SandboxControl
from support.orderflow_command import command

ROOT = Path(__file__).parent.parent


def reconcile(environment: dict[str, str], *arguments: str) -> tuple[int, list[str], str]:
    return command(environment, "reconcile", *arguments)


def test_without_a_difference_it_exits_with_0(environment: dict[str, str], control: SandboxControl) -> None:
    code, lines, errors = reconcile(environment)
    assert code == 0, errors
    summary = json.loads(lines[-1])
    assert (summary["compared"], summary["findings"], summary["overdue"]) == (0, 0, 0)
    assert {call["method"] for call in control.journal() if call["service"] != "token"} == {"GET"}


def test_a_difference_past_its_grace_is_named_and_written_and_the_exit_code_says_so(
    environment: dict[str, str], control: SandboxControl, tmp_path: Path
) -> None:
    days_ago = datetime.now(UTC) - timedelta(days=3)
    control.add_orders({"reference": "CS1", "confirm_date": f"{days_ago:%Y-%m-%dT%H:%M:%S}", "payment_status": "paid"})

    code, lines, errors = reconcile(environment, "--webshop", "1")

    assert code == 1
    assert "FAILED 1/CS1: not_in_erp" in errors
    path = Path(json.loads(lines[-1])["csv"])
    assert path.parent == tmp_path / "orderflow" / "reconciliation"
    assert path.name.endswith("-webshop-1.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [row["order"] for row in csv.DictReader(file)] == ["1/CS1"]
    assert reconcile(environment, "--days", "1", "--webshop", "2")[0] == 0

    (tmp_path / "store").mkdir()
    store = {"AIRFLOW_VAR_ORDERFLOW": json.dumps({"reconciliation": {"csv_folder": f"file://{tmp_path}/store"}})}
    _, lines, _ = reconcile(environment | store, "--webshop", "1")
    assert json.loads(lines[-1])["csv"].startswith("file://")
    assert (tmp_path / "store" / path.name).read_bytes().startswith(b"\xef\xbb\xbfkind,order,")
    unknown = {"AIRFLOW_VAR_ORDERFLOW": json.dumps({"reconciliation": {"csv_folder": "nowhere://bucket/folder"}})}
    assert "cannot write the CSV files (ValueError): check" in reconcile(environment | unknown)[2]


def test_a_shop_that_does_not_answer_is_no_comparison(environment: dict[str, str], control: SandboxControl) -> None:
    control.fault("status", service="shop", status=401, times=0)
    code, lines, errors = reconcile(environment)
    assert (code, lines) == (2, [])
    assert "shop_auth" in errors


def test_files_that_cannot_be_written_keep_nobody_from_the_comparison(
    environment: dict[str, str], control: SandboxControl
) -> None:
    del control
    nowhere = {"AIRFLOW_VAR_ORDERFLOW": json.dumps({"reconciliation": {"csv_folder": "/proc/none"}})}
    code, lines, errors = reconcile(environment | nowhere)
    assert code == 1
    summary = json.loads(lines[-1])
    assert (summary["findings"], summary["csv"]) == (0, None)
    assert "cannot write the CSV files (No such file or directory): check `reconciliation.csv_folder`" in errors
