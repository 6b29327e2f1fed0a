"""The REST adapter: what is refused, and what the error reveals."""

import logging
import socket
import traceback
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from orderflow.domain.people import RecordKey
from orderflow.domain.reasons import Reason
from orderflow.erp.customers import CustomerRequest
from orderflow.erp.rest import RestErp
from orderflow.errors import InDoubtError, PermanentError, TransientError
from orderflow.transport import FixedAuthorization, UnavailableError
from sandbox.control import SandboxControl
from support.rest_orders import REFERENCE, Erps, Requests, posts


def test_a_rejection_is_permanent_and_names_reason_and_lines(
    control: SandboxControl, erp: RestErp, request_for: Requests
) -> None:
    request = request_for()
    lines = [request.lines[0], {**request.lines[1].model_dump(), "product": {"origin": "o", "key": "UNKNOWN"}}]
    with pytest.raises(PermanentError, match=r"unknown product UNKNOWN \(lines 2\)") as caught:
        erp.create(request_for(lines=lines))
    assert caught.value.reason is Reason.ERP_REJECTED
    assert not control.erp_orders()


@pytest.mark.parametrize("fault", [{"html": "<title>Unprocessable</title>"}, {"answer": {"reason": ["odd"]}}])
def test_a_rejection_in_other_words_is_told_as_it_is(
    control: SandboxControl, erp: RestErp, request_for: Requests, fault: dict[str, Any]
) -> None:
    control.faults([{**fault, "action": "status", "status": 422, "method": "POST"}])
    with pytest.raises(PermanentError, match=r"answered 422: (Unprocessable|.*odd)") as caught:
        erp.create(request_for())
    assert caught.value.reason is Reason.ERP_REJECTED


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413])
def test_a_refused_request_is_permanent(
    control: SandboxControl, erp: RestErp, request_for: Requests, status: int
) -> None:
    control.fault("status", method="POST", status=status, answer={"error": "no"}, times=0)
    with pytest.raises(PermanentError, match=f"answered {status}") as caught:
        erp.create(request_for())
    assert caught.value.reason is Reason.ERP_REFUSED
    assert posts(control) == 1


def test_an_erp_that_is_down_got_nothing(erps: Erps, request_for: Requests) -> None:
    """Nothing was sent, so nothing is in doubt and the order may be sent again."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    with pytest.raises(TransientError) as caught:
        erps(url).create(request_for())
    assert not isinstance(caught.value, InDoubtError)
    assert caught.value.reason is Reason.ERP_UNAVAILABLE


def test_a_dry_run_creates_nothing(control: SandboxControl, erps: Erps, request_for: Requests) -> None:
    erp = erps(read_only=True)
    with pytest.raises(PermanentError) as caught:
        erp.create(request_for())
    assert caught.value.reason is Reason.DRY_RUN_WRITE
    assert posts(control) == 0
    assert erp.find(REFERENCE) is None


def test_a_reference_with_signs_is_looked_up_as_it_is(erp: RestErp, request_for: Requests) -> None:
    odd = "1/CS 1+2&3=é"
    created = erp.create(request_for(external_reference=odd))
    assert erp.find(odd) == created


def test_many_threads_share_one_adapter(control: SandboxControl, erp: RestErp, request_for: Requests) -> None:
    barrier = Barrier(8)

    def create(number: int) -> str:
        barrier.wait()
        return erp.create(request_for(external_reference=f"1/CS{number}", shop_order_id=number)).external_reference

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(create, range(8))) == [f"1/CS{number}" for number in range(8)]
    assert posts(control) == 8


def test_no_secret_is_in_a_message_a_traceback_or_the_log(
    control: SandboxControl, erps: Erps, request_for: Requests, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    control.fault("status", service="erp", status=500, answer={"you": "sent sandbox-secret"}, times=0)
    erp = erps(authorize=FixedAuthorization.basic("orderflow", "sandbox-secret"))
    with pytest.raises(InDoubtError) as in_doubt:
        erp.create(request_for())
    with pytest.raises(UnavailableError) as unavailable:
        erp.find(REFERENCE)
    shown = caplog.text
    for error in (in_doubt.value, unavailable.value):
        shown += "".join(traceback.format_exception(error)) + repr(error)
    assert "you" in shown
    assert "sandbox-secret" not in shown
    assert "b3JkZXJmbG93" not in shown


@pytest.mark.parametrize("key", [".", "..", "a/../..", " "])
def test_a_customer_whose_key_leads_elsewhere_is_refused_unasked(
    control: SandboxControl, erp: RestErp, key: str
) -> None:
    assert erp.customers is not None
    before = len(control.journal())
    with pytest.raises(PermanentError, match="leads to another address") as caught:
        erp.customers.update(RecordKey("webshop", key), None, CustomerRequest())
    assert caught.value.reason is Reason.CUSTOMER_REJECTED
    assert len(control.journal()) == before
