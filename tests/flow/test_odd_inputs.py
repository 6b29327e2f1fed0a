"""Many odd inputs of each kind at once: each ends as its order should, and the good order among them is through."""

import json
from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.flow.orders.run import run_day
from orderflow.flow.reporting.report import Report
from orderflow.flow.services import Services
from sandbox.control import SandboxControl
from support.flow_runs import Runs

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
LINE = {"product": {"origin": "myorigin", "key": "124_STUK"}, "unit_price": "10.00", "quantity": 4, "type": "line"}
ORDER = {"webshop": 1, "confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "order_lines": [LINE]}
Odd = dict[str, Any]

DETAILS: dict[str, tuple[Odd, Reason | None]] = {
    "lines as an object": ({"order_lines": {"0": {}}}, Reason.SHOP_ANSWER_INVALID),
    "more lines than anybody orders": ({"order_lines": [LINE] * 10_001}, Reason.SHOP_ANSWER_INVALID),
    "null among the lines": ({"order_lines": [None, LINE]}, Reason.SHOP_ANSWER_INVALID),
    "no lines": ({"order_lines": []}, Reason.ORDER_INCOMPLETE),
    "key as an object": (
        {"order_lines": [{**LINE, "product": {"origin": "o", "key": {}}}]},
        Reason.SHOP_ANSWER_INVALID,
    ),
    "type as a list": ({"order_lines": [{**LINE, "type": ["line"]}]}, Reason.SHOP_ANSWER_INVALID),
    "quantity 0": ({"order_lines": [{**LINE, "quantity": 0}]}, Reason.ORDER_INCOMPLETE),
    "no price": ({"order_lines": [{**LINE, "unit_price": None}]}, Reason.ORDER_INCOMPLETE),
    "webshop below 0": ({"webshop": -1}, Reason.SHOP_ANSWER_INVALID),
    "status as a list": ({"payment_status": ["paid"]}, Reason.SHOP_ANSWER_INVALID),
    "status with a blank": ({"payment_status": "PAID "}, Reason.PAYMENT_UNKNOWN),
    "blank reference": ({"reference": "  "}, Reason.SHOP_ANSWER_INVALID),
    "long reference": ({"reference": "x" * 300}, Reason.SHOP_ANSWER_INVALID),
    "another order": ({"id": 999}, Reason.SHOP_ANSWER_INVALID),
    "customer true": ({"customer": True}, Reason.SHOP_ANSWER_INVALID),
    "before 1900": ({"order_date": "1899-12-31"}, Reason.SHOP_ANSWER_INVALID),
    "terminal escape": ({"customer_order_number": "\x1b[2J\r\nFAILED 1/GOOD"}, Reason.SHOP_ANSWER_INVALID),
    "confirmed in 2100": ({"confirm_date": "2100-01-01T00:00:00"}, None),
    "state of tomorrow": ({"state": "shipped?"}, Reason.STATE_UNKNOWN),
    "state in capitals": ({"state": "CONFIRMED"}, Reason.STATE_UNKNOWN),
    "state with a blank": ({"state": "confirmed "}, Reason.STATE_UNKNOWN),
    "no state": ({"state": None}, Reason.STATE_UNKNOWN),
    "empty state": ({"state": ""}, Reason.STATE_UNKNOWN),
    "state as a number": ({"state": 3}, Reason.STATE_UNKNOWN),
}
"""What the shop shows of an order, and why it fails or is held; None: it is not this day's to do."""

MADE: dict[str, tuple[Odd, Reason | None]] = {
    "blanks around the number": ({"number": " E-1 "}, None),
    "line numbers as texts": ({"lines": [{"position": 1, "line_number": "11"}]}, None),
    "no line number": ({"lines": [{"position": 1, "line_number": None}]}, Reason.ERP_ANSWER_INVALID),
    "a line too many": (
        {"lines": [{"position": 1, "line_number": 11}, {"position": 2, "line_number": 12}]},
        Reason.ERP_ANSWER_INVALID,
    ),
    "position 0": ({"lines": [{"position": 0, "line_number": 11}]}, Reason.ERP_ANSWER_INVALID),
    "line number below 0": ({"lines": [{"position": 1, "line_number": -5}]}, Reason.ERP_ANSWER_INVALID),
    "lines as an object": ({"lines": {"1": 11}}, Reason.ERP_ANSWER_INVALID),
    "another reference": ({"external_reference": "1/OTHER"}, Reason.ERP_ANSWER_INVALID),
    "another order of the shop": ({"shop_order_id": 1}, Reason.ERP_ANSWER_INVALID),
    "no total": ({"total": None}, None),
    "total with a comma": ({"total": "40,00"}, Reason.ERP_ANSWER_INVALID),
    "number that is an address": ({"number": "../E/1?x=1#a"}, None),
    "number that is a formula": ({"number": '=1+1,"x"'}, None),
}
"""What the ERP answers to an order."""


@pytest.fixture
def settings() -> dict[str, object]:
    return {"limits": {"lookup_waits": [0], "concurrency": 16, "breaker_errors": None}}


def _whole(control: SandboxControl, report: Report, good: int, odd: dict[int, Reason | None]) -> None:
    shown = control.order(good)
    assert (shown["state"], bool(shown["erp_order_number"])) == ("processing", True)
    found = {unit.order_id: unit.reason for unit in (*report.failures, *report.flags)}
    assert found == {order_id: reason for order_id, reason in odd.items() if reason is not None}
    assert report.broken == ()


def test_of_the_shops_orders(services: Services, control: SandboxControl, runs: Runs) -> None:
    *odd, good = control.add_orders(*[ORDER] * len(DETAILS), ORDER)
    for order_id, (changes, _) in zip(odd, DETAILS.values(), strict=True):
        shown = {**control.order(order_id), **changes}
        control.fault(
            "wrong_answer", service="shop", method="GET", path=f"/api/order/{order_id}/", times=0, answer=shown
        )
    report = run_day(services, DAY, runs("2026-11-22"))
    _whole(control, report, good, dict(zip(odd, (reason for _, reason in DETAILS.values()), strict=True)))
    assert len(control.erp_orders()) == 1


TEXTS = {
    "a list": "[]",
    "a text": '"ok"',
    "a field twice": '{"id": 1, "id": 2}',
    "two objects": "{}{}",
    "nothing": "",
    "a comment": '/**/{"id": 1}',
    "half": '{"id": 1, "refer',
    "single quotes": "{'id': 1}",
    "a trailing comma": '{"id": 1,}',
}


def test_of_answers_that_are_no_order(services: Services, control: SandboxControl, runs: Runs) -> None:
    *odd, good = control.add_orders(*[ORDER] * len(TEXTS), ORDER)
    for order_id, text in zip(odd, TEXTS.values(), strict=True):
        path = f"/api/order/{order_id}/"
        control.fault("status", service="shop", method="GET", path=path, times=0, status=200, html=text)
    report = run_day(services, DAY, runs("2026-11-22"))
    _whole(control, report, good, dict.fromkeys(odd, Reason.SHOP_ANSWER_INVALID))


def test_of_the_erps_answers(services: Services, control: SandboxControl, runs: Runs) -> None:
    *odd, good = control.add_orders(*[ORDER] * len(MADE), ORDER)
    for order_id, (changes, _) in zip(odd, MADE.values(), strict=True):
        answer = {
            "number": f"E-{order_id}", "external_reference": f"1/CS{order_id}", "status": "accepted",
            "total": "40.00", "shop_order_id": order_id, "lines": [{"position": 1, "line_number": 11}], **changes,
        }  # fmt: skip
        body = rf'"shop_order_id":\s*{order_id}\b'
        control.fault("wrong_answer", service="erp", method="POST", body=body, times=0, answer=answer)
    report = run_day(services, DAY, runs("2026-11-22"))
    _whole(control, report, good, dict(zip(odd, (reason for _, reason in MADE.values()), strict=True)))


ROWS: dict[str, tuple[str, bool]] = {
    "id as a text": ('{{"id": "{id}", "state": "confirmed"}}', True),
    "id with a fraction": ('{{"id": {id}.0, "state": "confirmed"}}', True),
    "id true": ('{{"id": true, "state": "confirmed"}}', False),
    "a number": ("7", False),
    "a list": ('[{{"id": {id}}}]', False),
    "only an id": ('{{"id": {id}}}', True),
}


@pytest.mark.parametrize("name", ROWS)
def test_of_rows(services: Services, control: SandboxControl, runs: Runs, name: str) -> None:
    row, is_one = ROWS[name]
    odd, good = control.add_orders(ORDER, ORDER)
    rows = [row.format(id=odd), json.dumps({"id": good, "reference": "GOOD", "state": "confirmed"})]
    text = f'{{"count": 2, "next": null, "results": [{", ".join(rows)}]}}'
    control.fault("status", service="shop", path="offline=(false|False)", times=0, status=200, html=text)
    report = run_day(services, DAY, runs("2026-11-22"))
    assert {order["shop_order_id"] for order in control.erp_orders()} == ({odd, good} if is_one else {good})
    assert bool(report.broken) is not is_one


@pytest.mark.parametrize("more", [{"count": "2"}, {"count": 10**30}, {"count": -1}, {"next": {"a": 1}}, {"next": []}])
def test_of_what_a_list_says_of_itself(
    services: Services, control: SandboxControl, runs: Runs, more: dict[str, Any]
) -> None:
    order_ids = control.add_orders(ORDER, ORDER)
    rows = [{"id": order_id, "reference": f"CS{order_id}", "state": "confirmed"} for order_id in order_ids]
    answer = {"count": 2, "next": None, "results": rows, **more}
    control.fault("wrong_answer", service="shop", path="offline=(false|False)", times=0, answer=answer)
    report = run_day(services, DAY, runs("2026-11-22"))
    assert (report.processed, report.broken) == (2, ())


@pytest.mark.parametrize("told", ["abc", "-5", "Wed, 21 Oct 2015 07:28:00 GMT", "1e400", "0x10", ""])
def test_of_when_to_come_back(services: Services, control: SandboxControl, runs: Runs, told: str) -> None:
    control.add_orders(ORDER, ORDER)
    control.fault("status", service="erp", method="POST", times=1, status=429, headers={"retry-after": told})
    report = run_day(services, DAY, runs("2026-11-22"))
    assert (report.processed, report.failed) == (2, 0)
