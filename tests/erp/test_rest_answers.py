"""The REST adapter: answers that break the contract, or never end."""

from datetime import UTC, datetime
from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.erp.models import ListedSalesOrder
from orderflow.erp.port import UnreadableRow
from orderflow.erp.rest import RestErp
from orderflow.errors import InDoubtError, PermanentError
from orderflow.transport import Bounds
from sandbox.control import SandboxControl
from support.rest_orders import ACCEPTED, REFERENCE, Erps, Requests, posts


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": ""}, "number: is empty"),
        ({"number": "  "}, "number: is empty"),
        ({"number": None}, "number"),
        ({"number": "ERP\0"}, r"U\+0000"),
        ({"number": "x" * 300}, "300 characters"),
        ({"number": {"id": 1}}, "number"),
        ({"lines": []}, "one line number for each"),
        ({"lines": None}, "lines"),
        ({"lines": [{"position": 1, "line_number": 11}]}, "one line number for each"),
        ({"lines": [{"position": 1, "line_number": 11}, {"position": 2, "line_number": 11}]}, "line_number 11"),
        ({"lines": [{"position": 1, "line_number": 11}, {"position": 1, "line_number": 12}]}, "position 1"),
        (
            {"lines": [{"position": 1, "line_number": 11}, {"position": 2, "line_number": 2**63}]},
            r"lines\.1\.line_number",
        ),
        (
            {"lines": [{"position": 1, "line_number": 11}, {"position": 2, "line_number": True}]},
            r"lines\.1\.line_number",
        ),
        ({"total": "1E+30"}, "total"),
        ({"total": "NaN"}, "total"),
        ({"external_reference": None}, "is about , not"),
    ],
    ids=str,
)
def test_a_creation_whose_answer_breaks_the_contract_is_looked_at_again(
    control: SandboxControl, erp: RestErp, request_for: Requests, changes: dict[str, Any], said: str
) -> None:
    control.fault("wrong_answer", method="POST", answer={**ACCEPTED, **changes}, commit=True)
    with pytest.raises(InDoubtError, match=said) as caught:
        erp.create(request_for())
    assert caught.value.reason is Reason.ERP_ANSWER_INVALID
    assert posts(control) == 1


@pytest.mark.parametrize("number", [None, "", "  "])
def test_an_order_that_is_found_without_a_number_is_not_made_yet(
    control: SandboxControl, erp: RestErp, number: str | None
) -> None:
    control.fault("wrong_answer", service="erp", answer={"results": [{**ACCEPTED, "number": number, "lines": []}]})
    with pytest.raises(InDoubtError, match="without a number"):
        erp.find(REFERENCE)


def test_a_creation_with_an_answer_that_is_too_large_is_in_doubt(
    control: SandboxControl, erps: Erps, request_for: Requests
) -> None:
    control.fault("wrong_answer", method="POST", answer={**ACCEPTED, "more": "x" * 5000}, commit=True)
    with pytest.raises(InDoubtError, match="more than 1000 bytes"):
        erps(bounds=Bounds(seconds=20, bytes=1000)).create(request_for())


@pytest.mark.parametrize(
    ("following", "said"),
    [
        ("/sales-orders?since=x", "leads back"),
        ("/sales-orders", "no address with a query"),
        ("http://[", "no address with a query"),
        ("?" + "&".join(f"a{n}=1" for n in range(100)), "no address with a query"),
        (5, "no address with a query"),
        (["?since=x"], "no address with a query"),
        ({"href": "?since=x"}, "no address with a query"),
    ],
    ids=str,
)
def test_a_listing_that_leads_nowhere_ends_and_says_so_behind_its_rows(
    control: SandboxControl, erp: RestErp, following: object, said: str
) -> None:
    row = {**ACCEPTED, "total": "10.00", "currency": "EUR", "created_at": "2024-10-24T00:00:00+02:00"}
    control.fault("wrong_answer", service="erp", times=0, answer={"results": [row], "next": following})
    *rows, last = erp.orders_since(datetime(2024, 10, 24, tzinfo=UTC))
    assert {order.number for order in rows if isinstance(order, ListedSalesOrder)} == {"ERP-1"}
    assert isinstance(last, UnreadableRow)
    assert said in last.error.message


@pytest.mark.parametrize("following", [None, "", " "])
def test_a_listing_ends_where_nothing_follows(control: SandboxControl, erp: RestErp, following: str | None) -> None:
    row = {**ACCEPTED, "total": "10.00", "currency": "EUR", "created_at": "2024-10-24T00:00:00+02:00"}
    foreign = {**row, "number": "ERP-2", "external_reference": None, "lines": []}
    control.fault("wrong_answer", service="erp", answer={"results": [row, foreign], "next": following})
    listed = list(erp.orders_since(datetime(2024, 10, 24, tzinfo=UTC)))
    assert [order.number for order in listed if isinstance(order, ListedSalesOrder)] == ["ERP-1", "ERP-2"]


def test_a_rejection_is_quoted_without_mail_addresses_and_phone_numbers(
    control: SandboxControl, erp: RestErp, request_for: Requests
) -> None:
    reason = "no contact j.jansen@example.nl (+31 6 12345678 or 0612345678) for product 0001234567\x1b[2J"
    control.fault("status", method="POST", status=422, answer={"error": "rejected", "reason": reason})
    with pytest.raises(PermanentError) as caught:
        erp.create(request_for())
    assert caught.value.reason is Reason.ERP_REJECTED
    assert caught.value.message == (
        "the ERP rejected the order: no contact [mail address] ([phone number] or [phone number]) "
        "for product 0001234567\\x1b[2J"
    )
