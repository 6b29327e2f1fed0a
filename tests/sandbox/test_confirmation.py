import pytest

from sandbox.control import SandboxControl

PATH = "/proxy/oci_xml/confirmation/?shop=1&user=10"
ITEM = (
    '<ConfirmationItem lineNumber="{line}" quantity="1"><UnitOfMeasure>EA</UnitOfMeasure>'
    '<ConfirmationStatus type="allDetail" quantity="1"><UnitOfMeasure>EA</UnitOfMeasure>'
    '<Extrinsic name="erp_line_number">{number}</Extrinsic></ConfirmationStatus></ConfirmationItem>'
)
ITEMS = ITEM.format(line=1, number=11) + ITEM.format(line=2, number=21)
HEAD = '<ConfirmationHeader type="allDetail" confirmID="ERP-1" noticeDate="2026-11-23T09:30:00+01:00"/>'


def message(order: str = "CS7", items: str = ITEMS, head: str = HEAD) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.021/Fulfill.dtd">'
        f'<cXML payloadID="p-1" timestamp="2026-11-23T09:30:00+01:00"><Request><ConfirmationRequest>{head}'
        f'<OrderReference orderID="{order}"/>{items}</ConfirmationRequest></Request></cXML>'
    ).encode()


@pytest.fixture(autouse=True)
def order(control: SandboxControl) -> None:
    control.add_orders({"id": 7, "reference": "CS7", "order_lines": [{}, {"type": "comment"}, {}]})


def test_a_confirmation_sets_the_number_and_every_line(shop, control: SandboxControl):
    answer = shop("POST", PATH, data=message())

    assert (answer.status_code, 'code="200"' in answer.text) == (200, True)
    order = control.order(7)
    assert order["erp_order_number"] == "ERP-1"
    assert [line["erp_line_number"] for line in order["order_lines"]] == [11, None, 21]
    assert control.confirmations() == [
        {"payloadID": "p-1", "order_id": 7, "number": "ERP-1", "shop": "1", "user": "10"}
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (message(order="CS8"), 404),
        (message(items=ITEM.format(line=1, number=11)), 400),
        (message(items=ITEMS + ITEM.format(line=1, number=31)), 400),
        (message(items=ITEM.format(line=1, number=11) + ITEM.format(line=2, number="x")), 400),
        (message(head=HEAD.replace("allDetail", "accept")), 400),
        (b"<cXML/>", 400),
    ],
)
def test_what_is_refused_is_refused_under_200_and_nothing_is_taken(shop, control: SandboxControl, body, code):
    answer = shop("POST", PATH, data=body)

    assert (answer.status_code, f'code="{code}"' in answer.text) == (200, True)
    assert control.confirmations() == []
    assert control.order(7)["erp_order_number"] is None


def test_a_cancelled_order_is_not_confirmed(shop, control: SandboxControl):
    control.edit_order(7, state="cancel")

    assert 'code="409"' in shop("POST", PATH, data=message()).text


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (PATH.replace("&user=10", ""), message()),
        (PATH, b"<cXML"),
        (PATH, b'<!DOCTYPE c [<!ENTITY a "b">]><cXML>&a;</cXML>'),
        (PATH, b"<a>" + b"x" * 1_000_001 + b"</a>"),
    ],
)
def test_what_is_no_message_is_400(shop, path, body):
    assert shop("POST", path, data=body).status_code == 400


def test_the_shops_token_is_wanted_and_a_post(anyone, shop):
    assert anyone("POST", PATH, data=message()).status_code == 401
    assert shop("GET", PATH).status_code == 405
    assert shop("POST", "/proxy/other/", data=message()).status_code == 404
