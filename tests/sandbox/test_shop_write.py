import pytest

from sandbox.control import SandboxControl
from sandbox.wire import dumps, loads

DETAIL = "/api/order/7/"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(autouse=True)
def order(control: SandboxControl) -> None:
    lines = [
        {"id": 71, "quantity": loads("1.0"), "uom": "STUK", "weight": loads("2.50")},
        {"id": 72, "quantity": "2.0000", "unit_price": loads("10.00"), "uom": "KG"},
    ]
    whole = {"id": 7, "reference": "CS7", "confirm_date": "2026-11-22T06:00:00.000000", "order_lines": lines}
    control.add_orders({**whole, "description": "as ordered", "loyalty": {"points": loads("1.50")}})


def put(shop, body):
    return shop("PUT", DETAIL, data=dumps(body), headers=JSON)


def test_numbers_are_sent_in_the_format_they_are_kept_in(shop):
    text = shop("GET", DETAIL).text

    assert '"quantity":1.0,' in text
    assert '"quantity":"2.0000",' in text
    assert '"unit_price":10.00,' in text
    assert '"points":1.50' in text


def test_patch_changes_what_it_names_and_answers_the_whole_object(shop, control: SandboxControl):
    before = control.order(7)

    answer = shop("PATCH", DETAIL, json={"state": "processing", "erp_order_number": "ERP-1"})

    after = control.order(7)
    assert answer.status_code == 200
    assert loads(answer.content) == after
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"state", "erp_order_number", "modified_date"}


def test_patch_ignores_unknown_and_read_only_fields_with_200(shop, control: SandboxControl):
    answer = shop("PATCH", DETAIL, json={"erp_ordernumber": "ERP-1", "id": 8, "reference": "CS8", "offline": True})

    order = control.order(7)
    assert answer.status_code == 200
    assert (order["id"], order["reference"], order["offline"]) == (7, "CS7", False)
    assert "erp_ordernumber" not in order


def test_a_number_for_a_text_is_taken_as_text(shop):
    assert shop("PATCH", DETAIL, json={"erp_order_number": 123}).json()["erp_order_number"] == "123"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"state": "cancelled"}, {"state": ['"cancelled" is not a valid choice.']}),
        ({"state": None}, {"state": ["This field may not be null."]}),
        ({"shipment_state": "gone"}, {"shipment_state": ['"gone" is not a valid choice.']}),
        ({"currency": "EURO"}, {"currency": ["Ensure this field has no more than 3 characters."]}),
        ({"paid_amount": "much"}, {"paid_amount": ["A valid number is required."]}),
        ({"customer": "x"}, {"customer": ["A valid integer is required."]}),
        ({"erp_order_number": True}, {"erp_order_number": ["Not a valid string."]}),
        (
            {"order_date": "22-11-2026"},
            {"order_date": ["Date has wrong format. Use one of these formats instead: YYYY-MM-DD."]},
        ),
        (
            {"order_lines": [{"type": "line", "quantity": 1}, {"type": "line", "quantity": "x"}]},
            {"order_lines": [{}, {"quantity": ["A valid number is required."]}]},
        ),
        ({"order_lines": [{"type": "line"}]}, {"order_lines": [{"quantity": ["This field is required."]}]}),
    ],
)
def test_a_bad_value_is_400_by_field_and_nothing_is_stored(shop, control: SandboxControl, body, said):
    before = control.order(7)

    answer = shop("PATCH", DETAIL, json={"description": "changed", **body})

    assert (answer.status_code, answer.json()) == (400, said)
    assert control.order(7) == before


@pytest.mark.parametrize(("before", "after"), [("done", "confirmed"), ("cancel", "processing")])
def test_only_strict_mode_refuses_state_moves(shop, control: SandboxControl, before, after):
    control.edit_order(7, state=before)
    control.configure(strict_states=True)
    assert shop("PATCH", DETAIL, json={"state": after}).status_code == 400

    control.configure(strict_states=False)
    assert shop("PATCH", DETAIL, json={"state": after}).json()["state"] == after


def test_put_of_the_object_as_read_changes_nothing_but_the_clock(shop, control: SandboxControl):
    before = control.order(7)

    answer = put(shop, loads(shop("GET", DETAIL).content))

    after = control.order(7)
    assert answer.status_code == 200
    assert dumps({**after, "modified_date": None}) == dumps({**before, "modified_date": None})
    assert after["modified_date"] != before["modified_date"]


def test_put_resets_what_is_left_out_and_keeps_what_is_read_only(shop, control: SandboxControl):
    put(shop, {"state": "processing", "reference": "CS8", "order_lines": []})

    order = control.order(7)
    assert (order["id"], order["reference"], order["confirm_date"]) == (7, "CS7", "2026-11-22T06:00:00.000000")
    assert (order["state"], order["customer"], order["payment_status"]) == ("processing", None, None)
    assert (order["description"], order["order_lines"]) == (None, [])
    assert "loyalty" not in order


def test_put_without_a_state_makes_a_draft(shop, control: SandboxControl):
    put(shop, {"order_lines": []})

    assert control.order(7)["state"] == "draft"


def test_put_replaces_the_lines_and_only_lines_with_a_known_id_keep_theirs(shop, control: SandboxControl):
    kept = {"id": 72, "type": "line", "quantity": "2.0000", "uom": "KG", "erp_line_number": 11}
    new = {"type": "line", "quantity": 3, "uom": "STUK", "erp_line_number": 21}

    put(shop, {"order_lines": [kept, new]})

    first, second = control.order(7)["order_lines"]
    assert (first["id"], first["erp_line_number"], first["uom"]) == (72, 11, "KG")
    assert first["unit_price"] is None
    assert second["id"] not in {71, 72}
    assert (second["erp_line_number"], "uom" in second) == (21, False)


def test_put_can_make_every_line_anew_under_another_id(shop, control: SandboxControl):
    before = control.order(7)
    control.configure(put_renumbers_lines=True)

    put(shop, loads(shop("GET", DETAIL).content))

    after = control.order(7)["order_lines"]
    assert not {line["id"] for line in after} & {line["id"] for line in before["order_lines"]}
    assert len({line["id"] for line in after}) == 2
    assert [{**line, "id": None} for line in after] == [{**line, "id": None} for line in before["order_lines"]]


def test_the_documented_sample_takes_the_order_back_to_confirmed(shop, control: SandboxControl):
    control.edit_order(7, state="processing")

    put(shop, {"reference": "CS7", "erp_order_number": "1", "state": "confirmed", "order_lines": []})

    assert control.order(7)["state"] == "confirmed"


def test_put_on_an_unknown_id_creates_an_order(shop, control: SandboxControl):
    answer = shop("PUT", "/api/order/4711/", json={"state": "confirmed", "order_lines": []})

    assert answer.status_code == 201
    assert control.order(4711)["state"] == "confirmed"
    assert control.order(4711)["confirm_date"]


def test_post_adds_an_offline_order_once(shop, control: SandboxControl):
    line = {"product": {"origin": "o", "key": "K"}, "type": "line", "quantity": 1, "erp_line_number": 11}
    body = {"key": "OFF-1", "erp_order_number": "ERP-9", "state": "processing", "order_date": "2026-11-22"}
    body |= {"currency": "EUR", "order_lines": [line]}

    answer = shop("POST", "/api/order/", json=body)

    assert answer.status_code == 201
    assert control.order(answer.json()["id"])["offline"] is True
    assert shop("POST", "/api/order/", json=body).status_code == 400


def test_post_names_the_fields_that_are_missing(shop):
    answer = shop("POST", "/api/order/", json={"state": "done"})

    assert answer.status_code == 400
    assert answer.json()["order_lines"] == ["This field is required."]
