"""Every fault as a real client sees it, and its effects."""

import pytest
import requests

from sandbox.control import SandboxControl

DETAIL = "/api/order/7/"


@pytest.fixture(autouse=True)
def order(control: SandboxControl) -> None:
    lines = [{"id": 71, "erp_line_number": None}, {"id": 72, "erp_line_number": None}]
    control.add_orders({"id": 7, "state": "confirmed", "order_lines": lines})


def set_processing(shop, **options):
    return shop("PATCH", DETAIL, json={"state": "processing"}, **options)


def state(control: SandboxControl) -> str:
    return control.order(7)["state"]


def test_status_answers_as_told_and_nothing_is_done(shop, control: SandboxControl):
    control.fault("status", status=503, headers={"Retry-After": "7"}, answer={"detail": "busy"})

    answer = set_processing(shop)

    assert (answer.status_code, answer.headers["Retry-After"], answer.json()) == (503, "7", {"detail": "busy"})
    assert state(control) == "confirmed"


def test_status_with_commit_does_it_and_still_answers_as_told(shop, control: SandboxControl):
    control.fault("status", status=502, html="<h1>Bad Gateway</h1>", commit=True)

    answer = set_processing(shop)

    assert (answer.status_code, answer.text) == (502, "<h1>Bad Gateway</h1>")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert state(control) == "processing"


def test_delay_holds_the_call_and_then_behaves(shop, control: SandboxControl):
    control.fault("delay", seconds=0.01)

    assert set_processing(shop).status_code == 200
    assert control.journal()[-1]["fault"] == "delay"
    assert state(control) == "processing"


@pytest.mark.parametrize(
    ("action", "after", "committed"),
    [("reset_before_commit", "confirmed", False), ("reset_after_commit", "processing", True)],
)
def test_a_reset_cuts_the_connection_before_or_after_the_work(shop, control: SandboxControl, action, after, committed):
    control.fault(action)

    with pytest.raises(requests.ConnectionError):
        set_processing(shop)

    control.settle()
    entry = control.journal()[-1]
    assert state(control) == after
    assert (entry["status"], entry["fault"], entry["committed"]) == (None, action, committed)


def test_hang_then_commit_does_the_work_after_the_client_gave_up(shop, control: SandboxControl):
    control.fault("hang_then_commit")
    with pytest.raises(requests.ReadTimeout):
        set_processing(shop, timeout=0.2)
    assert state(control) == "confirmed"

    control.release()
    control.settle()

    assert state(control) == "processing"
    entry = control.journal()[-1]
    assert (entry["status"], entry["committed"], entry["finished"]) == (None, True, True)


def test_hang_then_commit_ends_by_itself_after_its_seconds(shop, control: SandboxControl):
    control.fault("hang_then_commit", seconds=0.01)

    assert set_processing(shop).status_code == 200


def test_ignored_fields_answer_200_but_are_not_stored(shop, control: SandboxControl):
    control.fault("ignore_fields", fields=["erp_order_number"])

    answer = shop("PATCH", DETAIL, json={"erp_order_number": "ERP-1", "state": "processing"})

    assert (answer.status_code, answer.json()["erp_order_number"]) == (200, None)
    assert (control.order(7)["erp_order_number"], state(control)) == (None, "processing")


def test_ignored_fields_with_echo_show_only_when_read_again(shop, control: SandboxControl):
    control.fault("ignore_fields", method="PUT", fields=["order_lines.erp_line_number"], echo=True)
    whole = shop("GET", DETAIL).json()
    lines = [{**line, "erp_line_number": n} for n, line in enumerate(whole["order_lines"], start=11)]

    answer = shop("PUT", DETAIL, json={**whole, "order_lines": lines})

    assert [line["erp_line_number"] for line in answer.json()["order_lines"]] == [11, 12]
    assert [line["erp_line_number"] for line in shop("GET", DETAIL).json()["order_lines"]] == [None, None]


def test_a_wrong_answer_is_200_and_nothing_is_done(shop, control: SandboxControl):
    control.fault("wrong_answer", answer=[])

    answer = set_processing(shop)

    assert (answer.status_code, answer.json(), state(control)) == (200, [], "confirmed")


def test_a_truncated_body_breaks_off_after_the_work_is_done(shop, control: SandboxControl):
    control.fault("truncated_body")

    with pytest.raises(requests.RequestException):
        set_processing(shop)

    assert state(control) == "processing"


def test_a_rule_hits_as_often_as_told_after_letting_some_pass(shop, control: SandboxControl):
    control.fault("status", skip=1, times=2)

    assert [shop("GET", DETAIL).status_code for _ in range(5)] == [200, 500, 500, 200, 200]


def test_times_zero_is_for_ever_until_cleared(shop, control: SandboxControl):
    control.fault("status", times=0)
    assert [shop("GET", DETAIL).status_code for _ in range(3)] == [500] * 3

    control.clear_faults()
    assert shop("GET", DETAIL).status_code == 200


@pytest.mark.parametrize(
    "rule",
    [
        {"service": "erp"},
        {"method": "PUT"},
        {"path": "/api/order/8/"},
        {"path": r"[?&]state=done"},
        {"body": r'"state": ?"done"'},
    ],
)
def test_a_rule_leaves_calls_alone_that_it_does_not_name(shop, control: SandboxControl, rule):
    control.fault("status", **rule)

    assert set_processing(shop).status_code == 200


def test_a_rule_can_name_service_verb_path_and_body(shop, control: SandboxControl):
    control.fault("status", service="shop", method="PATCH", path=r"/order/\d+/$", body="processing")

    assert set_processing(shop).status_code == 500


def test_the_first_rule_that_hits_has_the_call(shop, control: SandboxControl):
    control.faults([{"action": "status", "status": 503}, {"action": "status", "status": 504}])

    assert [shop("GET", DETAIL).status_code for _ in range(3)] == [503, 504, 200]


def test_chance_is_the_same_for_the_same_seed(shop, control: SandboxControl):
    def run() -> list[int]:
        control.clear_faults()
        control.fault("status", times=0, probability=0.5, seed=3)
        return [shop("GET", DETAIL).status_code for _ in range(20)]

    first = run()
    assert set(first) == {200, 500}
    assert run() == first


def test_a_rule_that_makes_no_sense_is_refused(control: SandboxControl):
    with pytest.raises(ValueError, match="explode"):
        control.fault("explode")
