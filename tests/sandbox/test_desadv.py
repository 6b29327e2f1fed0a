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


@pytest.mark.parametrize("mode", ["<!DOCTYPE d [<!ENTITY a 'b'>]><Desadv>&a;</Desadv>", "<a>" * 100_000])
def test_hostile_xml_is_400(shop, mode):
    assert shop("POST", PATH, data=mode.encode()).status_code == 400


def test_one_message_may_be_about_several_orders(shop, control: SandboxControl):
    control.add_orders({"id": 8, "erp_order_number": "ERP-2", "order_lines": [{"quantity": 5, "erp_line_number": 11}]})
    other = ITEM.format(line=11, quantity="2.5000").replace("ERP-1", "ERP-2")

    shop("POST", PATH, data=message(items=ITEM.format(line=21, quantity="1.0000") + other))

    assert [control.order(number)["shipment_state"] for number in (7, 8)] == ["waiting", "waiting"]
    (taken,) = control.desadv_messages()
    assert [(item["order_id"], item["quantity"]) for item in taken["taken"]] == [(7, "1.0000"), (8, "2.5000")]


def test_a_message_that_cannot_be_taken_whole_changes_no_order(shop, control: SandboxControl):
    control.add_orders({"id": 8, "erp_order_number": "ERP-2", "order_lines": [{"quantity": 5, "erp_line_number": 11}]})
    unknown = ITEM.format(line=99, quantity="2.5000").replace("ERP-1", "ERP-2")
    before = control.orders()

    assert shop("POST", PATH, data=message(items=ITEM.format(line=11, quantity="2") + unknown)).status_code == 400

    assert control.orders() == before
    assert shop("POST", PATH, data=message(items=ITEM.format(line=21, quantity="1"))).status_code == 200
    assert control.order(7)["shipment_state"] == "waiting", "nothing of the refused message was counted"


def test_an_order_is_found_in_the_shop_that_is_named_only(shop, control: SandboxControl):
    control.add_orders({"id": 9, "webshop": 2, "erp_order_number": "ERP-3", "order_lines": [{"erp_line_number": 11}]})
    body = message(items=ITEM.format(line=11, quantity="1").replace("ERP-1", "ERP-3"))

    assert shop("POST", PATH, data=body).status_code == 400
    assert shop("POST", PATH.replace("shop=1", "shop=2"), data=body).status_code == 200


def test_a_shop_that_does_not_look_takes_a_number_again(shop, control: SandboxControl):
    control.configure(enforce_unique_desadv=False)
    for _ in range(2):
        assert shop("POST", PATH, data=message()).status_code == 200
    assert [taken["DesadvNumber"] for taken in control.desadv_messages()] == ["PS-1", "PS-1"]
