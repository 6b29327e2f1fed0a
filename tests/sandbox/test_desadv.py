import pytest

from sandbox.control import SandboxControl

PATH = "/proxy/des_adv_xml/delivery/?shop=1&user=10"
ITEM = (
    "<Item><ItemNum>{line}</ItemNum><OrderNum>ERP-1</OrderNum>"
    "<QuantityValue>{quantity}</QuantityValue><SellerItemID>124_STUK</SellerItemID></Item>"
)


def message(number: str = "PS-1", items: str = ITEM.format(line=11, quantity="2.0000")) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f"<Desadv><DesadvHeader><DesadvNumber>{number}</DesadvNumber><DesadvDate>2026-11-23</DesadvDate>"
        "<PlannedDeliveryDate>2026-11-24</PlannedDeliveryDate><Comment/><TransportDetails><TransportModeCode/>"
        "<MeansOfTransport><Identification>3SABC</Identification></MeansOfTransport></TransportDetails></DesadvHeader>"
        f"<DesadvDetail><Packaging><LineItems>{items}</LineItems></Packaging></DesadvDetail></Desadv>"
    ).encode()


@pytest.fixture(autouse=True)
def order(control: SandboxControl) -> None:
    lines = [{"quantity": "2.0000", "erp_line_number": 11}, {"quantity": 1, "erp_line_number": 21}]
    control.add_orders({"id": 7, "erp_order_number": "ERP-1", "order_lines": lines})


def test_an_order_is_waiting_until_all_its_lines_are_delivered(shop, control: SandboxControl):
    assert shop("POST", PATH, data=message()).status_code == 200
    assert control.order(7)["shipment_state"] == "waiting"

    shop("POST", PATH, data=message("PS-2", ITEM.format(line=21, quantity="1.0000")))

    assert control.order(7)["shipment_state"] == "sent"
    assert [taken["DesadvNumber"] for taken in control.desadv_messages()] == ["PS-1", "PS-2"]


def test_a_number_is_taken_only_once(shop, control: SandboxControl):
    shop("POST", PATH, data=message())

    answer = shop("POST", PATH, data=message())

    assert answer.status_code == 400
    assert "already exists" in answer.text
    assert len(control.desadv_messages()) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/proxy/des_adv_xml/delivery/?shop=1", message()),
        (PATH, b"<Desadv>"),
        (PATH, message(items="")),
        (PATH, message(number="")),
        (PATH, message(items=ITEM.format(line=99, quantity="1"))),
        (PATH, message(items=ITEM.format(line=11, quantity="1.00001"))),
        (PATH, message(items=ITEM.format(line=11, quantity="1") + ITEM.format(line=99, quantity="1"))),
    ],
)
def test_what_is_not_a_whole_message_is_400_and_nothing_is_taken(shop, control: SandboxControl, path, body):
    assert shop("POST", path, data=body).status_code == 400
    assert control.desadv_messages() == []
    assert control.order(7)["shipment_state"] == "none"


def test_the_shops_token_is_wanted(anyone):
    assert anyone("POST", PATH, data=message()).status_code == 401
