"""The proxy used by schedules with a Tryton does to a call what it claims to do."""

from collections.abc import Iterator

import pytest
import requests

from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox
from service import wait_until
from support.faulty_proxy import FaultyProxy, faulty

HEADERS = {"Authorization": "Bearer sandbox-erp-token"}
ORDERS = "/sales-orders?external_reference=1%2FCS1"


@pytest.fixture
def proxy(sandbox: RunningSandbox, control: SandboxControl) -> Iterator[FaultyProxy]:  # noqa: ARG001  # empties it
    with faulty(sandbox.url) as proxy:
        yield proxy


def _ask(proxy: FaultyProxy, timeout: float = 20) -> requests.Response:
    return requests.get(f"{proxy.url}/erp{ORDERS}", headers=HEADERS, timeout=timeout)


def _arrived(control: SandboxControl) -> int:
    return len(control.journal(service="erp"))


def test_what_no_rule_hits_passes_as_it_is(proxy: FaultyProxy, control: SandboxControl) -> None:
    proxy.faults([{"action": "status", "method": "POST"}])
    answer = _ask(proxy)
    assert (answer.status_code, answer.json()["results"]) == (200, [])
    assert control.journal(service="erp")[0]["query"] == {"external_reference": "1/CS1"}


@pytest.mark.parametrize(
    ("action", "done"), [("reset_before_commit", 0), ("reset_after_commit", 1), ("truncated_body", 1)]
)
def test_a_cut_connection_is_no_answer(proxy: FaultyProxy, control: SandboxControl, action: str, done: int) -> None:
    proxy.faults([{"action": action}])
    with pytest.raises(requests.RequestException):
        _ask(proxy)
    assert _arrived(control) == done
    assert _ask(proxy).ok


@pytest.mark.parametrize("commit", [False, True])
def test_an_answer_of_its_own_says_nothing_of_what_was_done(
    proxy: FaultyProxy, control: SandboxControl, *, commit: bool
) -> None:
    proxy.faults([{"action": "status", "status": 502, "html": "<h1>no</h1>", "commit": commit}])
    answer = _ask(proxy)
    assert (answer.status_code, answer.text) == (502, "<h1>no</h1>")
    assert _arrived(control) == int(commit)


def test_a_call_that_hangs_is_done_when_nobody_waits_any_more(proxy: FaultyProxy, control: SandboxControl) -> None:
    proxy.faults([{"action": "hang_then_commit", "seconds": 0.3}])
    with pytest.raises(requests.ReadTimeout):
        _ask(proxy, timeout=0.05)
    wait_until(lambda: proxy.seen["calls"] or None, 30, "call")
    proxy.settle()
    assert _arrived(control) == 1


def test_a_real_server_can_be_given_the_manners_of_the_wire(proxy: FaultyProxy, control: SandboxControl) -> None:
    proxy.faults([{"action": "behave", "manners": ["byte_order_mark", "gzip"]}])
    assert _ask(proxy).content.startswith(b"\xef\xbb\xbf{")
    assert _ask(proxy).content.startswith(b"{")
    assert _arrived(control) == 2
