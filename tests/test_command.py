"""`python -m orderflow run`: exit codes, and a machine-readable last line."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.control import SandboxControl
from support.orderflow_command import command

DAY = "2026-11-22"


def test_a_day_goes_through_and_the_last_line_is_its_summary(
    environment: dict[str, str], control: SandboxControl
) -> None:
    control.reset(day=DAY, count=40)
    code, lines, errors = command(environment, "run", "--date", DAY)
    assert code == 0, errors
    assert json.loads(lines[-1]) == {
        "date": DAY,
        "listed": 35,
        "processed": 30,
        "unchanged": 0,
        "waiting": 3,
        "held": 2,
        "failed": 0,
        "offline_sent": 2,
    }
    assert len(control.erp_orders()) == 30


def test_a_failed_order_is_named_and_the_exit_code_says_so(
    environment: dict[str, str], control: SandboxControl
) -> None:
    control.add_orders(
        {"reference": "CS1", "confirm_date": f"{DAY}T12:00:00", "payment_status": "paid", "currency": None},
        {"reference": "CS2", "confirm_date": f"{DAY}T12:00:00", "payment_status": "paid"},
    )
    code, lines, errors = command(environment, "run", "--date", DAY)
    assert code == 1
    assert json.loads(lines[-1])["failed"] == 1
    assert "FAILED 1/CS1: order_incomplete." in errors
    assert "Owner: shop team" in errors


def test_a_flagged_order_is_named_once_and_has_not_failed(environment: dict[str, str], control: SandboxControl) -> None:
    (order,) = control.add_orders({"reference": "CS1", "confirm_date": f"{DAY}T12:00:00", "payment_status": "paid"})
    command(environment, "run", "--date", DAY)
    control.edit_order(order, customer_order_number="PO-NEW", state="confirmed")
    code, lines, errors = command(environment, "run", "--date", DAY)
    assert (code, json.loads(lines[-1])["failed"]) == (0, 0)
    assert "FLAGGED 1/CS1: edited_after_export." in errors
    assert "FLAGGED" not in command(environment, "run", "--date", DAY)[2]


def test_open_lists_what_is_not_done_and_who_fixes_it(environment: dict[str, str], control: SandboxControl) -> None:
    control.add_orders(
        {"reference": "CS1", "webshop": 1, "confirm_date": f"{DAY}T12:00:00", "payment_status": "started"},
        {"reference": "CS2", "webshop": 1, "confirm_date": f"{DAY}T12:00:00", "payment_status": "paid"},
    )
    command(environment, "run", "--date", DAY)
    code, lines, _ = command(environment, "open")
    assert code == 0
    (line,) = lines
    assert line.split()[:5] == ["waiting", "1/CS1", "0", "d", "payment_started"]


def test_a_dry_run_prints_every_write_and_makes_none(environment: dict[str, str], control: SandboxControl) -> None:
    control.reset(day=DAY, count=20, payable_only=True)
    code, lines, errors = command(environment, "run", "--date", DAY, "--dry-run")
    assert code == 0, errors
    assert json.loads(lines[-1])["process"] == len([line for line in lines if "POST  /sales-orders " in line])
    assert {call["method"] for call in control.journal() if call["service"] != "token"} == {"GET"}


def test_a_dry_run_names_what_would_fail_and_the_exit_code_says_so(
    environment: dict[str, str], control: SandboxControl
) -> None:
    control.reset(day=DAY, count=2, payable_only=True)
    command(environment, "run", "--date", DAY)
    first, second = control.orders()
    control.edit_order(first["id"], state="confirmed", erp_order_number="X")
    control.edit_order(second["id"], state="confirmed")
    code, lines, _ = command(environment, "run", "--date", DAY, "--dry-run")
    assert code == 1
    assert json.loads(lines[-1])["failed"] == 1
    assert "erp_number_conflict" in lines[-2]
    assert len([line for line in lines if "PATCH /api/order/" in line]) == 2


@pytest.mark.parametrize(
    ("arguments", "missing", "said"),
    [
        (["--date", "22-11-2026"], None, "write it as 2026-11-22"),
        (["--date", "2999-01-01"], None, "--allow-open-window"),
        (["--date", DAY], "AIRFLOW_CONN_CLOUDSUITE_DEFAULT", "connection `cloudsuite_default` is missing"),
        (["--date", DAY], "AIRFLOW_CONN_ERP_DEFAULT", "those in Airflow's database are for its tasks only"),
    ],
)
def test_what_cannot_run_says_why(
    environment: dict[str, str], arguments: list[str], missing: str | None, said: str
) -> None:
    given = {name: value for name, value in environment.items() if name != missing}
    code, lines, errors = command(given, "run", *arguments)
    assert (code, lines) == (2, [])
    assert said in errors


def test_a_secret_is_never_printed(environment: dict[str, str], control: SandboxControl) -> None:
    control.fault("status", service="token", status=401, times=0)
    code, lines, errors = command(environment, "run", "--date", DAY)
    assert code == 2
    assert "shop_auth" in errors
    assert "sandbox-secret" not in errors + "".join(lines)


@pytest.mark.parametrize("arguments", [("run", "--date", DAY), ("run", "--date", DAY, "--dry-run"), ("open",)])
def test_a_reference_steers_no_terminal(
    environment: dict[str, str], control: SandboxControl, arguments: tuple[str, ...]
) -> None:
    paid = {"confirm_date": f"{DAY}T12:00:00", "payment_status": "paid"}
    control.add_orders(
        {"reference": "CS1\u202e99", "currency": None, **paid}, {"reference": "CS2\u202e99\U000e0041", **paid}
    )
    if arguments == ("open",):
        command(environment, "run", "--date", DAY)
    _, lines, errors = command(environment, *arguments)
    shown = "\n".join([*lines, errors])
    assert "CS1\\u202e99" in shown
    assert not {"\u202e", "\U000e0041"} & set(shown)


def test_whatever_was_begun_ends_with_its_report(environment: dict[str, str], control: SandboxControl) -> None:
    """The offline orders cannot be listed: the others are done, and the summary says so."""
    control.add_orders({"reference": "CS1", "confirm_date": f"{DAY}T12:00:00", "payment_status": "paid"})
    control.fault("status", service="shop", method="GET", path="offline=true", status=400, times=0)
    code, lines, errors = command(environment, "run", "--date", DAY)
    assert code == 1
    assert json.loads(lines[-1])["processed"] == 1
    assert "FAILED order offline orders: shop: GET /api/order/ answered 400" in errors


def test_a_sweep_does_what_is_open_and_names_what_nobody_knows(
    environment: dict[str, str], control: SandboxControl
) -> None:
    control.add_orders(
        {"reference": "CS1", "webshop": 1, "confirm_date": "2020-11-22T12:00:00", "payment_status": "paid"},
        {"reference": "CS2", "webshop": 1, "confirm_date": "2020-11-22T12:00:00", "payment_status": "paid"},
    )
    code, lines, errors = command(environment, "sweep", "--reference", "NOPE123", "--reference", "CS1")
    assert code == 1, errors
    assert "FAILED order NOPE123: the shop has no order NOPE123" in errors
    assert (json.loads(lines[-1])["listed"], json.loads(lines[-1])["processed"]) == (1, 1)

    code, lines, errors = command(environment, "sweep")
    assert code == 0, errors
    assert json.loads(lines[-1])["processed"] == 0, "no day was run yet, so nothing is live"
    assert "FLAGGED orders of before go-live: before_go_live" in errors

    live = {**environment, "AIRFLOW_VAR_ORDERFLOW": json.dumps({"not_before": "2020-01-01"})}
    code, lines, errors = command(live, "sweep")
    assert code == 0, errors
    assert json.loads(lines[-1])["processed"] == 1


def test_packing_slips_are_sent_and_what_is_not_is_named(environment: dict[str, str], control: SandboxControl) -> None:
    control.add_orders({"reference": "CS1", "confirm_date": f"{DAY}T12:00:00", "payment_status": "paid"})
    command(environment, "run", "--date", DAY)
    slip = control.deliver(control.erp_orders()[0]["number"])
    code, lines, errors = command({**environment, "AIRFLOW_VAR_ORDERFLOW": "{}"}, "deliveries")
    assert code == 1
    assert f"FAILED packing slip {slip['number']}" in errors
    assert "set `webshops.1.messages.user`" in errors
    assert (json.loads(lines[-1])["looked_at"], json.loads(lines[-1])["sent"]) == (1, 0)

    code, lines, errors = command(environment, "deliveries")
    assert code == 0, errors
    assert json.loads(lines[-1])["sent"] == 1


def test_what_somebody_dealt_with_is_resolved_and_what_nobody_knows_is_named(
    environment: dict[str, str], control: SandboxControl
) -> None:
    control.add_orders(
        {"reference": "CS1", "confirm_date": f"{DAY}T12:00:00", "payment_status": "paid", "currency": None}
    )
    assert command(environment, "run", "--date", DAY)[0] == 1
    code, lines, errors = command(environment, "resolve", "CS1", "CS9")
    assert code == 1
    assert "FAILED order CS9: the ledger knows no order 'CS9'" in errors
    assert json.loads(lines[-1]) == {"resolved": 1, "failed": 1}
    assert command(environment, "open")[:2] == (0, [])


@pytest.fixture
def homeless(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """Return an environment with a home directory in which there is no Airflow."""
    (tmp_path / "person").mkdir()
    del environment["AIRFLOW_HOME"]
    return environment | {"HOME": str(tmp_path / "person")}


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["reconcile", "--help"]])
def test_help_says_nothing_else_and_makes_no_file(homeless: dict[str, str], arguments: list[str]) -> None:
    code, lines, errors = command(homeless, *arguments)
    assert (code, errors) == (0, "")
    assert lines[0].startswith("usage: python -m orderflow")
    assert list(Path(homeless["HOME"]).iterdir()) == []


def test_no_command_makes_files_in_a_home_directory_unasked(homeless: dict[str, str], control: SandboxControl) -> None:
    control.add_orders({"reference": "CS1", "confirm_date": f"{DAY}T12:00:00", "payment_status": "paid"})
    code, lines, errors = command(homeless, "run", "--date", DAY)
    assert (code, lines) == (2, [])
    assert "set AIRFLOW_HOME to a folder" in errors

    ledger = {"AIRFLOW_CONN_ORDERFLOW_LEDGER": f"sqlite:///{homeless['HOME']}.db"}
    code, lines, errors = command(homeless | ledger, "run", "--date", DAY)
    assert code == 0, errors
    assert json.loads(lines[-1])["processed"] == 1
    assert list(Path(homeless["HOME"]).iterdir()) == []


def test_in_the_repository_it_finds_what_make_up_uses(
    homeless: dict[str, str], control: SandboxControl, tmp_path: Path
) -> None:
    control.add_orders({"reference": "CS1", "confirm_date": f"{DAY}T12:00:00", "payment_status": "started"})
    connections = {name: value for name, value in homeless.items() if name.startswith("AIRFLOW_")}
    kept = connections | {"AIRFLOW_CONN_ORDERFLOW_LEDGER": f"sqlite:///{tmp_path}/up.db"}
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "environment.json").write_text(json.dumps(kept), encoding="utf-8")
    bare = {name: value for name, value in homeless.items() if not name.startswith("AIRFLOW_")}

    code, lines, errors = command(bare, "run", "--date", DAY, cwd=tmp_path)
    assert code == 0, errors
    assert "Using the connections of `make up`" in errors
    code, lines, errors = command(bare, "open", cwd=tmp_path)
    assert ["1/CS1" in line for line in lines] == [True]

    elsewhere = {"AIRFLOW_CONN_CLOUDSUITE_DEFAULT": '{"conn_type": "cloudsuite", "host": "https://127.0.0.1:1"}'}
    code, lines, errors = command(bare | elsewhere, "open", cwd=tmp_path)
    assert code == 2, "the sandbox's ledger is not that of another shop"
    assert "make up" not in errors


def test_a_shop_is_compared_with_what_is_assumed_and_nothing_is_written(
    environment: dict[str, str], control: SandboxControl, tmp_path: Path
) -> None:
    control.reset(day=DAY, count=40, parts=["charges"])
    folder = tmp_path / "recorded"
    code, lines, errors = command(environment, "check-shop", "--record", str(folder))
    assert code == 1, errors
    summary = json.loads(lines[-1])
    assert {"charges_placed", "payment_known"} <= set(summary["to_do"])
    assert summary["proposed"]["charges"]["shipment_cost"] == "charge"
    assert "TO DO charges_placed: their orders are held; set `charges` for " in errors
    assert any(line.startswith("DOES NOT HOLD") and "charges_placed" in line for line in lines)
    assert {call["method"] for call in control.journal() if call["service"] != "token"} == {"GET"}
    assert f"RECORDED {folder / 'shop.json'}" in errors
    assert json.loads((folder / "shop.json").read_text(encoding="utf-8"))["outcomes"]["count"] == "holds"


def test_a_shop_that_is_as_assumed_exits_0_and_one_that_cannot_be_reached_exits_2(
    environment: dict[str, str], control: SandboxControl
) -> None:
    control.add_orders({"reference": "CS1", "confirm_date": f"{DAY}T12:00:00", "payment_status": "paid"})
    code, lines, errors = command(environment, "check-shop")
    assert (code, list(json.loads(lines[-1])["unsafe"])) == (1, ["not_before"]), errors
    code, lines, errors = command(environment, "run", "--date", DAY)
    assert (code, lines, control.erp_orders()) == (2, [], [])
    assert "nothing is exported yet" in errors
    assert "set it to the day of go-live" in errors

    environment = environment | {"AIRFLOW_VAR_ORDERFLOW": json.dumps({"not_before": DAY})}
    code, lines, errors = command(environment, "check-shop")
    assert (code, json.loads(lines[-1])["to_do"]) == (0, []), errors
    code, lines, errors = command(environment, "run", "--date", DAY)
    assert (code, len(control.erp_orders())) == (0, 1)
    control.fault("status", service="token", status=401, times=0)
    code, lines, errors = command(environment, "check-shop")
    assert (code, lines) == (2, [])
    assert "shop_auth" in errors
    assert "sandbox-secret" not in errors


def test_writes_are_tried_on_a_named_order_once_its_reference_is_typed(
    environment: dict[str, str], control: SandboxControl
) -> None:
    environment = environment | {"AIRFLOW_VAR_ORDERFLOW": json.dumps({"not_before": DAY})}
    (order_id,) = control.add_orders({"reference": "CS48193", "confirm_date": f"{DAY}T12:00:00"})
    before = control.order(order_id)
    code, lines, errors = command(environment, "check-shop", "--with-order", "1/CS48193", typed="no\n")
    assert (code, lines) == (2, [])
    assert "nothing was written: the order's reference was not typed" in errors
    assert {call["method"] for call in control.journal(service="shop")} == {"GET"}

    code, lines, errors = command(environment, "check-shop", "--with-order", "1/CS48193", typed="CS48193\n")
    assert code == 0, errors
    summary = json.loads(lines[-1])
    assert (summary["assumptions"]["state_moves"]["outcome"], summary["left"]) == ("holds", [])
    assert "This writes to order CS48193" in errors
    assert "PUT BACK order 1/CS48193 reads as before" in errors
    assert {**control.order(order_id), "modified_date": None} == {**before, "modified_date": None}
    assert control.journal(service="shop", method="PUT")

    live = {
        "AIRFLOW_CONN_CLOUDSUITE_DEFAULT": '{"conn_type": "cloudsuite", "host": "https://api.cloudsuite.io", '
        '"extra": {"token": "0123456789abcdef"}}'
    }
    code, lines, errors = command(environment | live, "check-shop", "--with-order", "CS48193", typed="CS48193\n")
    assert (code, lines) == (2, [])
    assert "api.cloudsuite.io does not say that it is one" in errors


def test_a_command_that_is_told_to_stop_ends_as_an_interrupted_one(
    environment: dict[str, str], control: SandboxControl
) -> None:
    """The signal comes while orders are being written. No claim is left: the next sweep has every order."""
    day = {"confirm_date": f"{DAY}T12:00:00", "payment_status": "paid"}
    control.add_orders(*[{"reference": f"CS{n}", **day} for n in range(3)])
    control.fault("hang_then_commit", service="shop", method="PATCH", seconds=3, times=0)
    arguments = [sys.executable, "-m", "orderflow", "run", "--date", DAY]
    said = []
    with subprocess.Popen(
        arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None
        for line in running.stderr:
            said.append(line)
            if "push_to_erp" in line:
                running.terminate()
    assert running.returncode == 2, said
    assert said[-1].startswith("Interrupted.")
    assert "Traceback" not in "".join(said)
    control.clear_faults()
    assert command(environment, "sweep")[0] == 0
    assert len(control.erp_orders()) == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_trial_of_writes_that_is_interrupted_puts_the_order_back_and_says_so(
    number: int, environment: dict[str, str], control: SandboxControl
) -> None:
    """The signal comes while a write is under way, and another one while the order is put back."""
    settings = {"not_before": DAY, "webshops": {"1": {"messages": {"user": "7"}}}}
    environment = environment | {"AIRFLOW_VAR_ORDERFLOW": json.dumps(settings)}
    (order_id,) = control.add_orders({"reference": "CS48193", "confirm_date": f"{DAY}T12:00:00"})
    before = control.order(order_id)
    control.fault("hang_then_commit", service="shop", method="PATCH", seconds=2, skip=1, times=2)
    arguments = [sys.executable, "-m", "orderflow", "check-shop", "--with-order", "1/CS48193", "--with-message"]
    said = []
    with subprocess.Popen(
        arguments, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdin is not None
        assert running.stderr is not None
        assert running.stdout is not None
        running.stdin.write("CS48193\n")
        running.stdin.flush()
        for line in running.stderr:
            said.append(line)
            if line.endswith((": patch\n", ": restore_erp_order_number\n")):
                running.send_signal(number)
        summary = json.loads(running.stdout.read().splitlines()[-1])
    assert running.returncode == 1, said
    assert (summary["ended_early"], summary["left"]) == ("interrupted", [])
    assert "ENDED EARLY the trial of writes: interrupted\n" in said
    assert "PUT BACK order 1/CS48193 reads as before; only its `modified_date` is new\n" in said
    assert {**control.order(order_id), "modified_date": None} == {**before, "modified_date": None}
    assert not control.journal(service="shop", method="PUT")
    assert not control.journal(service="shop", method="POST")
