import pytest

from sandbox.control import SandboxControl

PATH = "/proxy/v1/orderstatus/?shop=1"
STATUS = {
    "CloudsuiteOrderId": "CS7",
    "dateTime": "2026-11-23T10:00:00",
    "state": [{"lang": "nl_NL", "value": "Wordt verzameld"}],
}


@pytest.fixture(autouse=True)
def order(control: SandboxControl) -> None:
    control.add_orders({"id": 7, "reference": "CS7", "erp_order_number": "ERP-1"})


@pytest.mark.parametrize(
    "status",
    [
        STATUS,
        {**STATUS, "CloudsuiteOrderId": None, "orderId": "ERP-1"},
        {**STATUS, "state": {"lang": "nl_NL", "value": "Wordt verzameld"}},
    ],
)
def test_a_status_is_taken_and_the_orders_own_state_stays(shop, control: SandboxControl, status):
    assert shop("POST", PATH, json=status).status_code == 200
    assert control.order_statuses() == [status]
    assert control.order(7)["state"] == "confirmed"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (PATH.replace("?shop=1", ""), STATUS),
        (PATH.replace("shop=1", "shop=2"), STATUS),
        (PATH, {**STATUS, "CloudsuiteOrderId": "CS8"}),
        (PATH, {**STATUS, "dateTime": "2026-11-23T10:00:00+01:00"}),
        (PATH, {**STATUS, "state": [{"lang": "nl_NL"}]}),
        (PATH, {**STATUS, "state": None}),
        (PATH, [STATUS]),
    ],
)
def test_what_is_no_status_is_400(shop, control: SandboxControl, path, status):
    assert shop("POST", path, json=status).status_code == 400
    assert control.order_statuses() == []


def test_the_shops_token_is_wanted(anyone):
    assert anyone("POST", PATH, json=STATUS).status_code == 401
