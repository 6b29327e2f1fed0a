"""The cXML confirmation: a standard ConfirmationRequest with a stable identity, built as a tree."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.cloudsuite.cxml import Confirmation, ConfirmedLine
from orderflow.cloudsuite.xml import read
from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError

AT = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)


def confirmation(**changes: Any) -> Confirmation:
    given = {
        "webshop": 1,
        "order_id": 12345,
        "reference": "CS48193",
        "order_date": dt.date(2026, 11, 22),
        "erp_number": "ERP-100001",
        "noticed_at": AT,
        "sent_at": AT + dt.timedelta(minutes=1),
        "lines": (ConfirmedLine(line_number=1, erp_line_number=11, quantity=Decimal("1.50")),),
    }
    return Confirmation.model_validate({**given, **changes})


def attributes(message: Confirmation, path: str) -> dict[str, str]:
    found = read(message.to_xml()).find(path)
    assert found is not None
    return {str(name): str(value) for name, value in found.attrib.items()}


def test_everything_stands_where_the_standard_has_a_place_for_it() -> None:
    message = confirmation()
    request = "Request/ConfirmationRequest"
    assert attributes(message, f"{request}/ConfirmationHeader") == {
        "type": "allDetail",
        "confirmID": "ERP-100001",
        "noticeDate": "2026-11-23T09:30:00+00:00",
    }
    assert attributes(message, f"{request}/OrderReference") == {"orderID": "CS48193", "orderDate": "2026-11-22"}
    assert attributes(message, f"{request}/OrderReference/DocumentReference") == {"payloadID": "12345"}
    line = f"{request}/ConfirmationItem"
    assert attributes(message, line) == {"lineNumber": "1", "quantity": "1.50"}
    assert attributes(message, f"{line}/ConfirmationStatus") == {"type": "allDetail", "quantity": "1.50"}
    number = read(message.to_xml()).find(f"{line}/ConfirmationStatus/Extrinsic[@name='erp_line_number']")
    assert number is not None
    assert number.text == "11"


def test_the_same_confirmation_has_the_same_identity_whenever_it_is_sent() -> None:
    assert confirmation().payload_id == confirmation(sent_at=AT + dt.timedelta(days=3)).payload_id
    others = [confirmation(erp_number="ERP-2"), confirmation(order_id=7), confirmation(webshop=2)]
    assert len({message.payload_id for message in [confirmation(), *others]}) == 4


def test_no_credential_is_in_the_message() -> None:
    document = confirmation().to_xml()
    assert b"SharedSecret" not in document
    assert b"<!ENTITY" not in document


words = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1)


@given(reference=words, erp_number=words)
def test_any_name_arrives_as_it_is(reference: str, erp_number: str) -> None:
    message = confirmation(reference=reference, erp_number=erp_number)
    assert attributes(message, "Request/ConfirmationRequest/OrderReference")["orderID"] == reference
    assert attributes(message, "Request/ConfirmationRequest/ConfirmationHeader")["confirmID"] == erp_number


def test_a_name_that_xml_cannot_hold_is_refused() -> None:
    with pytest.raises(PermanentError, match=r"1/CS48193.*U\+0001") as caught:
        confirmation(erp_number="ERP\x01").to_xml()
    assert caught.value.reason is Reason.MESSAGE_INVALID
