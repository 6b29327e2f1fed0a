"""The outcome of a message: accepted, already there, certainly not accepted, or in doubt; and it is sent only once."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import requests

from orderflow.cloudsuite.auth import ClientCredentials, Credentials
from orderflow.cloudsuite.cxml import Confirmation, ConfirmedLine
from orderflow.cloudsuite.despatch_advice import DesadvItem, DespatchAdvice
from orderflow.cloudsuite.messages import MESSAGES, MessagesClient, Sent, says_taken
from orderflow.cloudsuite.order_status import OrderStatus
from orderflow.domain.reasons import Reason
from orderflow.errors import InDoubtError, OrderflowError, PermanentError, TransientError
from orderflow.transport import Channel, RetryPolicy, Timeouts
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox

Clients = Callable[..., MessagesClient]
AT = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
DESADV = "des_adv_xml"
LAUGHS = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><r>&b;</r>'


@pytest.fixture
def clients(sandbox: RunningSandbox, credentials: Credentials) -> Clients:
    def client(url: str = sandbox.url, read: float = 20, **changes: Any) -> MessagesClient:
        authorize = changes.pop("authorize", None) or ClientCredentials(requests.Session(), credentials)
        policy = RetryPolicy(sleep=lambda _: None)
        timeouts = Timeouts(5, read)
        return MessagesClient(
            Channel(
                requests.Session(),
                url,
                service=MESSAGES,
                authorize=authorize,
                policy=policy,
                timeouts=timeouts,
                **changes,
            )
        )

    return client


@pytest.fixture
def client(clients: Clients) -> MessagesClient:
    return clients()


@pytest.fixture(autouse=True)
def order(control: SandboxControl) -> int:
    lines = [{"quantity": 2, "erp_line_number": 11}, {"quantity": 1, "erp_line_number": 21}]
    return control.add_orders({"reference": "CS7", "erp_order_number": "ERP-1", "order_lines": lines})[0]


def shipment(number: str = "PS-1", line: int = 11, quantity: str = "0.5") -> DespatchAdvice:
    item = DesadvItem(item_num=line, order_num="ERP-1", quantity=Decimal(quantity), seller_item_id="124_STUK")
    day = dt.date(2026, 11, 23)
    return DespatchAdvice(number=number, date=day, planned_delivery_date=day, items=(item,))


def send(client: MessagesClient, message: DespatchAdvice | None = None) -> Sent:
    return client.send_desadv(message or shipment(), shop=1, user=10)


def posts(control: SandboxControl) -> list[dict[str, Any]]:
    return [call for call in control.journal(method="POST") if call["path"].startswith("/proxy/")]


def test_a_slip_is_taken_and_its_quantities_arrive(client: MessagesClient, control: SandboxControl) -> None:
    assert send(client) is Sent.TAKEN
    (taken,) = control.desadv_messages()
    assert (taken["DesadvNumber"], taken["shop"], taken["user"]) == ("PS-1", "1", "10")
    assert [Decimal(item["quantity"]) for item in taken["taken"]] == [Decimal("0.5")]


def test_a_slip_that_the_shop_has_is_known_as_such(client: MessagesClient, control: SandboxControl) -> None:
    send(client)
    assert send(client) is Sent.ALREADY_TAKEN
    assert len(control.desadv_messages()) == 1


def test_what_the_shop_refuses_is_refused_with_its_words(client: MessagesClient) -> None:
    with pytest.raises(PermanentError, match="no order ERP-1 with a line 99") as caught:
        send(client, shipment(line=99))
    assert caught.value.reason is Reason.MESSAGE_REJECTED


@pytest.mark.parametrize(
    ("fault", "reason", "doubt"),
    [
        ({"action": "status", "status": 500, "html": "<html><title>Server Error</title></html>"}, "in_doubt", True),
        ({"action": "status", "status": 502}, "in_doubt", True),
        ({"action": "status", "status": 408}, "in_doubt", True),
        ({"action": "status", "status": 302, "headers": {"Location": "/elsewhere"}}, "in_doubt", True),
        ({"action": "status", "status": 200, "html": "<!DOCTYPE html><title>Log in</title>"}, "in_doubt", True),
        ({"action": "reset_before_commit"}, "in_doubt", True),
        ({"action": "reset_after_commit"}, "in_doubt", True),
        ({"action": "truncated_body"}, "in_doubt", True),
        ({"action": "status", "status": 429, "headers": {"Retry-After": "700"}}, "throttled", False),
        ({"action": "status", "status": 400, "answer": {"detail": "no"}}, "rejected", False),
        ({"action": "status", "status": 404, "html": "<h1>Not Found</h1>"}, "rejected", False),
        ({"action": "status", "status": 401}, "auth", False),
        ({"action": "status", "status": 403}, "auth", False),
    ],
)
def test_every_failure_is_one_request_and_says_whether_it_may_have_been_taken(
    client: MessagesClient, control: SandboxControl, fault: dict[str, Any], reason: str, *, doubt: bool
) -> None:
    control.fault(**fault, path=DESADV, times=0)
    with pytest.raises(OrderflowError) as caught:
        send(client)
    reasons = {
        "in_doubt": Reason.MESSAGE_IN_DOUBT,
        "throttled": Reason.THROTTLED,
        "rejected": Reason.MESSAGE_REJECTED,
        "auth": Reason.SHOP_AUTH,
    }
    assert caught.value.reason is reasons[reason]
    assert isinstance(caught.value, InDoubtError) is doubt
    assert isinstance(caught.value, TransientError) is (reason in {"in_doubt", "throttled"})
    assert len(posts(control)) == (2 if reason == "auth" else 1), "only a turned away token is renewed, for once"


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ('<Response><Status code="200" text="OK"/></Response>', Sent.TAKEN),
        ("<ok/>", Sent.TAKEN),
        ("done", Sent.TAKEN),
        ('{"status": "ok"}', Sent.TAKEN),
        ("", Sent.TAKEN),
        ('<Response><Status code="400" text="Delivery PS-1 already exists"/></Response>', Sent.ALREADY_TAKEN),
        ('<Response><Status code="406" text="line 11 already exists"/></Response>', Reason.MESSAGE_REJECTED),
        ('<cXML><Response><Status code="450" text="Not implemented"/></Response></cXML>', Reason.MESSAGE_REJECTED),
        ('<Response><Status code="500" text="oops"/></Response>', Reason.MESSAGE_IN_DOUBT),
        ("<Response><Status", Reason.MESSAGE_IN_DOUBT),
        (LAUGHS, Reason.MESSAGE_IN_DOUBT),
        ("<r>" + "x" * 1_100_000 + "</r>", Reason.MESSAGE_IN_DOUBT),
    ],
)
def test_of_an_answer_with_200_the_text_decides(
    client: MessagesClient, control: SandboxControl, body: str, outcome: Sent | Reason
) -> None:
    headers = {"content-type": "application/xml"}
    control.fault("status", path=DESADV, status=200, html=body, headers=headers)
    if isinstance(outcome, Sent):
        assert send(client) is outcome
        return
    with pytest.raises(OrderflowError) as caught:
        send(client)
    assert caught.value.reason is outcome
    assert len(caught.value.message) < 1_000


def test_a_timeout_is_a_doubt_and_not_a_second_request(clients: Clients, control: SandboxControl) -> None:
    control.fault("hang_then_commit", path=DESADV)
    with pytest.raises(InDoubtError) as caught:
        send(clients(read=0.5))
    control.release()
    control.settle()
    assert caught.value.reason is Reason.MESSAGE_IN_DOUBT
    assert len(posts(control)) == len(control.desadv_messages()) == 1


def test_what_never_left_is_not_in_doubt(clients: Clients, sandbox: RunningSandbox) -> None:
    nobody = sandbox.url.rpartition(":")[0] + ":1"
    with pytest.raises(TransientError) as caught:
        send(clients(nobody))
    assert caught.value.reason is Reason.SHOP_UNAVAILABLE
    assert not isinstance(caught.value, InDoubtError)


@pytest.mark.parametrize("status", [503, 302, 429])
def test_without_a_token_nothing_is_in_doubt(client: MessagesClient, control: SandboxControl, status: int) -> None:
    control.fault("status", service="token", status=status, times=0)
    with pytest.raises(OrderflowError) as caught:
        send(client)
    assert not isinstance(caught.value, InDoubtError)
    assert not posts(control)


def test_a_token_that_ended_is_renewed_and_the_message_sent(client: MessagesClient, control: SandboxControl) -> None:
    send(client)
    control.expire_tokens()
    assert send(client, shipment("PS-2")) is Sent.TAKEN
    assert [taken["DesadvNumber"] for taken in control.desadv_messages()] == ["PS-1", "PS-2"]


def test_the_shops_words_hold_no_secret(client: MessagesClient, control: SandboxControl) -> None:
    said = '<Response><Status code="400" text="bad secret sandbox-secret"/></Response>'
    control.fault("status", path=DESADV, status=200, html=said, headers={"content-type": "text/xml"})
    with pytest.raises(PermanentError, match="bad secret") as caught:
        send(client)
    assert "sandbox-secret" not in str(caught.value)


def test_a_dry_run_sends_nothing(clients: Clients, control: SandboxControl) -> None:
    with pytest.raises(PermanentError) as caught:
        send(clients(read_only=True))
    assert caught.value.reason is Reason.DRY_RUN_WRITE
    assert not posts(control)


def test_a_slip_that_cannot_be_written_is_not_sent(client: MessagesClient, control: SandboxControl) -> None:
    with pytest.raises(PermanentError) as caught:
        send(client, shipment(quantity="0.12345"))
    assert caught.value.reason is Reason.MESSAGE_INVALID
    assert not posts(control)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("Delivery PS-1 already exists", True),
        ("A desadv with number PS-1 already exists.", True),
        ("PS-1 already exists", True),
        ("This message has already been processed", True),
        ("Levering PS-1 bestaat al", True),
        ("PS-11 already exists", False),
        ("OLD-PS-1 already exists", False),
        ("Item 11 already exists", False),
        ("Delivery: line 11 already exists", False),
        ("Delivery PS-1: order ERP-1 already exists", False),
        ("Delivery PS-1 has no items", False),
        ("", False),
    ],
)
def test_only_the_message_itself_can_be_there_already(text: str, *, taken: bool) -> None:
    """Taking another refusal for this one would lose the slip in silence."""
    assert says_taken(text, "PS-1") is taken


def confirmation(order_id: int, **changes: Any) -> Confirmation:
    numbered = [ConfirmedLine(line_number=n, erp_line_number=n * 10, quantity=Decimal(n)) for n in (1, 2)]
    given = {"webshop": 1, "order_id": order_id, "reference": "CS7", "erp_number": "ERP-9", "noticed_at": AT}
    return Confirmation.model_validate({**given, "sent_at": AT, "lines": numbered, **changes})


def confirm(client: MessagesClient, message: Confirmation) -> Sent:
    return client.send_confirmation(message, path="/proxy/oci_xml/confirmation/", shop=1, user=10)


def test_a_confirmation_sets_number_and_lines(client: MessagesClient, control: SandboxControl, order: int) -> None:
    assert confirm(client, confirmation(order)) is Sent.TAKEN
    now = control.order(order)
    assert now["erp_order_number"] == "ERP-9"
    assert [line["erp_line_number"] for line in now["order_lines"]] == [10, 20]
    assert control.confirmations()[0]["payloadID"] == confirmation(order).payload_id


def test_a_confirmation_refused_under_200_is_a_failure(client: MessagesClient, order: int) -> None:
    with pytest.raises(PermanentError, match="there is no order CS8") as caught:
        confirm(client, confirmation(order, reference="CS8"))
    assert caught.value.reason is Reason.MESSAGE_REJECTED


def test_a_status_is_told_in_every_language(client: MessagesClient, control: SandboxControl) -> None:
    texts = {"nl_NL": "In behandeling", "en_GB": "In progress"}
    status = OrderStatus(reference="CS7", erp_number="ERP-1", at=AT, state_id="PUSHED", texts=texts)
    assert client.send_order_status(status, shop=1, api_timezone="Europe/Amsterdam") is Sent.TAKEN
    assert control.order_statuses() == [
        {
            "CloudsuiteOrderId": "CS7",
            "orderId": "ERP-1",
            "dateTime": "2026-11-23T10:30:00",
            "stateId": "PUSHED",
            "state": [{"lang": "en_GB", "value": "In progress"}, {"lang": "nl_NL", "value": "In behandeling"}],
        }
    ]
