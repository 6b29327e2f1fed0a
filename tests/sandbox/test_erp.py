import pytest
import requests

from sandbox.control import SandboxControl
from sandbox.erp_store import CONTENT

EARLY = "2020-01-01T00:00:00%2B00:00"


def order(reference: str = "1/CS1", *keys: str) -> dict:
    lines = [
        {"position": n, "product": {"origin": "o", "key": key}, "quantity": "2.5", "unit_price": "1.99"}
        for n, key in enumerate(keys or ("124_STUK", "124_STUK"), start=1)
    ]
    own = {"external_reference": reference, "shop": "1", "shop_order_id": 1, "shop_reference": "CS1"}
    return {**own, "currency": "EUR", "order_date": "2026-11-22", "lines": lines}


def create(erp, body: dict, key: str = "cloudsuite:1", **options):
    return erp("POST", "/sales-orders", json=body, headers={"Idempotency-Key": key}, **options)


def found(erp, reference: str = "1/CS1") -> list[dict]:
    return erp("GET", "/sales-orders", params={"external_reference": reference}).json()["results"]


def test_a_created_order_is_201_with_line_numbers_that_are_not_positions_and_is_found(erp):
    answer = create(erp, order())

    assert answer.status_code == 201
    assert answer.json() == {
        "number": "ERP-100001",
        "external_reference": "1/CS1",
        "shop_order_id": 1,
        "customer": order().get("customer"),
        "status": "open",
        "lines": [
            {"position": n, "line_number": 10 * n + 1, **{name: line.get(name) for name in CONTENT}}
            for n, line in enumerate(order()["lines"], start=1)
        ],
    }
    assert found(erp) == [answer.json()]


def test_an_unknown_reference_gives_an_empty_list(erp):
    assert found(erp) == []


@pytest.mark.parametrize(
    ("auth", "status"), [(("orderflow", "sandbox-secret"), 200), (("orderflow", "wrong"), 401), (None, 401)]
)
def test_the_erp_wants_its_own_credentials(sandbox, auth, status):
    url = f"{sandbox.erp_url}/sales-orders?external_reference=x"

    assert requests.get(url, auth=auth, timeout=30).status_code == status


def test_the_same_key_and_body_again_give_the_first_order(erp, control: SandboxControl):
    first = create(erp, order())
    second = create(erp, order())

    assert (second.status_code, second.json()) == (200, first.json())
    assert len(control.erp_orders()) == 1


def test_the_same_key_with_another_body_is_refused(erp):
    create(erp, order())

    answer = create(erp, order("1/CS2"))

    assert (answer.status_code, answer.json()) == (422, {"error": "key_reused"})


def test_another_key_with_a_known_reference_is_a_duplicate(erp):
    create(erp, order())

    answer = create(erp, order(), key="other")

    assert (answer.status_code, answer.json()) == (409, {"error": "duplicate", "number": "ERP-100001"})


def test_an_erp_that_checks_nothing_makes_doubles(erp, control: SandboxControl):
    control.configure(enforce_unique_reference=False, honour_idempotency_key=False)

    assert [create(erp, order()).status_code for _ in range(2)] == [201, 201]
    assert len(found(erp)) == 2


def test_while_the_first_request_runs_the_same_key_is_in_progress(erp, control: SandboxControl):
    control.fault("hang_then_commit", service="erp")
    with pytest.raises(requests.ReadTimeout):
        create(erp, order(), timeout=0.2)

    waiting = create(erp, order())
    control.release()
    control.settle()

    assert (waiting.status_code, waiting.json()) == (409, {"error": "in_progress"})
    assert create(erp, order()).status_code == 200


def test_unknown_products_are_rejected_by_position_and_the_key_stays_free(erp):
    answer = create(erp, order("1/CS1", "124_STUK", "UNKNOWN_1"))

    assert answer.status_code == 422
    assert answer.json() == {"error": "rejected", "reason": "unknown product UNKNOWN_1", "lines": [2]}
    assert create(erp, order()).status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"lines": []},
        {"currency": None},
        {"confirmed_at": "2026-11-22T06:00:00"},
        {"lines": [{**order()["lines"][0], "quantity": 2.5}]},
        {"lines": [order()["lines"][0], order()["lines"][0]]},
    ],
)
def test_a_body_that_breaks_the_contract_is_400(erp, control: SandboxControl, wrong):
    assert create(erp, {**order(), **wrong}).status_code == 400
    assert control.erp_orders() == []


def test_a_post_without_idempotency_key_is_400(erp):
    assert erp("POST", "/sales-orders", json=order()).status_code == 400


def test_a_late_commit_is_not_found_until_it_shows(erp, control: SandboxControl):
    control.configure(late_commit_seconds=3600)
    create(erp, order())
    assert found(erp) == []

    control.configure(late_commit_seconds=0)
    assert len(found(erp)) == 1


def test_orders_since_come_in_pages_with_total_and_currency(erp, control: SandboxControl):
    control.configure(erp_page_size=2)
    for n in range(3):
        create(erp, order(f"1/CS{n}"), key=str(n))

    first = erp("GET", f"/sales-orders?since={EARLY}").json()
    second = erp("GET", f"/{first['next']}").json()

    assert [o["external_reference"] for o in first["results"] + second["results"]] == ["1/CS0", "1/CS1", "1/CS2"]
    assert second["next"] is None
    assert (first["results"][0]["total"], first["results"][0]["currency"]) == ("9.95", "EUR")
    assert "created_at" in first["results"][0]


def test_orders_made_before_since_are_left_out(erp):
    create(erp, order())

    assert erp("GET", "/sales-orders?since=2999-01-01T00:00:00Z").json()["results"] == []


@pytest.mark.parametrize("since", ["", "?since=2026-11-22T00:00:00", "?since=2026-11-22T00:00:00+01:00"])
def test_since_must_be_an_instant_with_its_offset_escaped(erp, since):
    assert erp("GET", f"/sales-orders{since}").status_code == 400


def test_a_delivered_order_shows_as_packing_slip(erp, control: SandboxControl):
    create(erp, order())
    slip = control.deliver("ERP-100001", carrier="PostNL")

    answer = erp("GET", f"/deliveries?since={EARLY}").json()

    assert answer == {"results": [slip], "next": None}
    assert slip["lines"][1] == {"line_number": 21, "quantity": "2.5000", "product_key": "124_STUK"}
    assert (slip["number"], slip["carrier"], slip["order_number"]) == ("PS-1001", "PostNL", "ERP-100001")


def test_packing_slips_made_before_since_are_left_out(erp, control: SandboxControl):
    create(erp, order())
    control.deliver("ERP-100001")

    assert erp("GET", "/deliveries?since=2999-01-01T00:00:00Z").json()["results"] == []


def test_a_slip_may_hold_parts_of_lines_and_several_orders_and_no_carrier(erp, control: SandboxControl):
    create(erp, order())
    create(erp, order("1/CS2"), key="k2")
    part = [{"line_number": 21, "quantity": "0.5000"}]
    control.deliver("ERP-100001", number="PS-7", lines=part, carrier=None, tracking_code="")
    control.deliver("ERP-100002", number="PS-7")
    control.deliver("ERP-100001", lines=[{"line_number": 21, "quantity": "2.0000"}])

    slips = erp("GET", f"/deliveries?since={EARLY}").json()["results"]

    assert [(slip["number"], slip["order_number"]) for slip in slips] == [
        ("PS-7", "ERP-100001"),
        ("PS-7", "ERP-100002"),
        ("PS-1003", "ERP-100001"),
    ]
    assert slips[0]["lines"] == [{"line_number": 21, "quantity": "0.5000", "product_key": "124_STUK"}]
    assert (slips[0]["carrier"], slips[0]["tracking_code"]) == (None, "")


def test_a_line_that_the_order_does_not_have_is_not_delivered(erp, control: SandboxControl):
    create(erp, order())
    with pytest.raises(ValueError, match="404"):
        control.deliver("ERP-100001", lines=[{"line_number": 99, "quantity": "1"}])
