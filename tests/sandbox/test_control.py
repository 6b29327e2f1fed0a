import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import requests

import sandbox
from sandbox.control import SandboxControl
from sandbox.server import running

FOLDER = Path(sandbox.__file__).parent


def test_a_reset_starts_over_with_the_orders_of_a_day(shop, control: SandboxControl):
    shop("GET", "/api/order/")
    control.configure(default_limit=1)
    control.fault("status")

    assert control.reset("2026-11-22", 30) == 30

    assert len(control.orders()) == 30
    assert (control.journal(), control.config()["default_limit"]) == ([], 20)
    assert shop("GET", "/api/order/").status_code == 401  # tokens are gone, the fault is not in force


def test_a_reset_can_set_switches_and_ask_for_payable_orders_only(control: SandboxControl):
    control.reset(date(2026, 11, 22), 30, payable_only=True, api_timezone="UTC", max_limit=7)

    assert control.config()["max_limit"] == 7
    assert {order["payment_status"] for order in control.orders()} <= {"closed_success", "paid", "account"}


def test_an_unknown_switch_is_refused(control: SandboxControl):
    with pytest.raises(ValueError, match="speed"):
        control.configure(speed=1)


def test_an_added_order_is_filled_in_to_a_whole_one(control: SandboxControl):
    (number,) = control.add_orders({"payment_status": None, "order_lines": [{"quantity": 3}]})

    order = control.order(number)
    assert (order["state"], order["payment_status"], order["webshop"]) == ("confirmed", None, 1)
    assert order["confirm_date"]
    assert order["order_lines"][0]["id"]
    assert order["order_lines"][0]["quantity"] == 3


def test_ids_given_by_hand_are_not_given_again(control: SandboxControl):
    numbers = control.add_orders({"id": 30000}, {}, {})

    assert numbers == [30000, 30001, 30002]


def test_line_ids_given_by_hand_are_not_given_again(control: SandboxControl):
    first, second = control.add_orders({"order_lines": [{"id": 950000}]}, {"order_lines": [{}, {}]})

    assert control.order(first)["order_lines"][0]["id"] == 950000
    assert [line["id"] for line in control.order(second)["order_lines"]] == [950001, 950002]


def test_an_edit_behind_the_apis_back_shows_and_leaves_no_trace(shop, control: SandboxControl):
    (number,) = control.add_orders({"payment_status": "started"})

    control.edit_order(number, payment_status="paid", confirm_date="2026-11-22T01:00:00")

    assert control.journal() == []
    assert shop("GET", f"/api/order/{number}/").json()["payment_status"] == "paid"


def test_a_removed_order_is_gone(shop, control: SandboxControl):
    (number,) = control.add_orders({})
    control.remove_order(number)

    assert shop("GET", f"/api/order/{number}/").status_code == 404


def test_the_erp_can_be_changed_behind_its_back_and_shows_it(erp, control: SandboxControl):
    line = {"position": 1, "product": {"origin": "o", "key": "k"}, "quantity": "2", "unit_price": "1.50"}
    first = control.add_erp_order({"external_reference": "1/CS1", "currency": "EUR", "lines": [line]})
    second = control.add_erp_order({"external_reference": "1/CS1", "currency": "EUR", "lines": [line, line]})
    third = control.add_erp_order({"external_reference": "1/CS2", "currency": "EUR", "lines": [line]})

    control.edit_erp_order(first["number"], number="ERP-9", status="cancelled", currency="USD")
    control.remove_erp_order(second["number"])

    assert control.journal() == []
    since = {"since": "2020-01-01T00:00:00+00:00"}
    listed = {order["number"]: order for order in erp("GET", "/sales-orders", params=since).json()["results"]}
    assert set(listed) == {"ERP-9", third["number"]}
    assert (listed["ERP-9"]["status"], listed["ERP-9"]["total"], listed["ERP-9"]["currency"]) == (
        "cancelled",
        "3.00",
        "USD",
    )
    found = erp("GET", "/sales-orders", params={"external_reference": "1/CS1"}).json()["results"]
    assert [order["number"] for order in found] == ["ERP-9"]
    fourth = control.add_erp_order({"external_reference": "1/CS3", "currency": "EUR", "lines": [line]})
    assert fourth["number"] not in {first["number"], second["number"], third["number"]}


def test_what_is_not_there_is_named(control: SandboxControl):
    with pytest.raises(ValueError, match="404"):
        control.remove_erp_order("ERP-1")
    with pytest.raises(ValueError, match="404"):
        control.order(1)


def test_a_sandbox_can_run_beside_another_one_and_stops_with_held_calls(sandbox):
    with running(date(2026, 11, 22), 5) as other, SandboxControl(other.url) as control:
        assert other.url != sandbox.url
        assert len(control.orders()) == 5
        control.fault("delay")
        with pytest.raises(requests.ReadTimeout):
            requests.get(f"{other.url}/api/order/", timeout=0.2)


def test_the_command_says_where_everything_is_and_serves_the_day():
    more = ["--parts", "charges", "--manners", "texts_trimmed,lines_recreated"]
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--day", "2026-11-22", "--count", "12", *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=FOLDER.parent) as process:  # ours
        try:
            line = process.stdout.readline() if process.stdout else ""
            url = line.split(" erp ")[1].split("/erp")[0]
            with SandboxControl(url) as control:
                assert control.health()
                assert len(control.orders()) == 24
                assert set(control.config()["manners"]) == {"texts_trimmed", "lines_recreated"}
        finally:
            process.terminate()
    assert line.startswith("sandbox ready: ")


@pytest.mark.parametrize("wrong", [["--manners", "polite"], ["--parts", "trains"]])
def test_the_command_refuses_what_does_not_exist(wrong):
    command = [sys.executable, "-m", "sandbox", *wrong]
    refused = subprocess.run(command, capture_output=True, text=True, cwd=FOLDER.parent, check=False)

    assert refused.returncode == 2
    assert f"there is no {'manner ' * ('--manners' in wrong)}{wrong[1]}" in refused.stderr
