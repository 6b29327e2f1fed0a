from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.control import SandboxControl

LIST = "/api/order/"
ROW = {
    "id",
    "reference",
    "customer_order_number",
    "erp_order_number",
    "state",
    "order_date",
    "create_date",
    "modified_date",
}


def ids(answer) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["results"]]


def test_rows_carry_only_the_eight_documented_fields(shop, control: SandboxControl):
    control.add_orders({})

    assert set(shop("GET", LIST).json()["results"][0]) == ROW


def test_following_next_gives_every_order_once_and_then_null(shop, control: SandboxControl):
    wanted = control.add_orders(*[{}] * 7)
    seen, path = [], f"{LIST}?limit=3"
    while path:
        answer = shop("GET", path)
        seen += ids(answer)
        link = answer.json()["next"]
        path = link and f"{urlsplit(link).path}?{urlsplit(link).query}"

    assert seen == wanted


def test_links_are_absolute_keep_the_filters_and_sort_their_parameters(shop, sandbox, control: SandboxControl):
    control.add_orders(*[{}] * 5)

    body = shop("GET", f"{LIST}?state=confirmed&offset=2&limit=2").json()

    assert body["count"] == 5
    assert body["next"] == f"{sandbox.url}{LIST}?limit=2&offset=4&state=confirmed"
    assert body["previous"] == f"{sandbox.url}{LIST}?limit=2&state=confirmed"


@pytest.mark.parametrize("limit", ["limit=0", "limit=-3", "limit=abc", ""])
def test_a_senseless_limit_is_the_default(shop, control: SandboxControl, limit):
    control.configure(default_limit=2, max_limit=3)
    control.add_orders(*[{}] * 5)

    assert len(ids(shop("GET", f"{LIST}?{limit}"))) == 2


def test_a_limit_above_the_maximum_is_cut(shop, control: SandboxControl):
    control.configure(default_limit=2, max_limit=3)
    control.add_orders(*[{}] * 5)

    body = shop("GET", f"{LIST}?limit=50").json()

    assert len(body["results"]) == 3
    assert parse_qs(urlsplit(body["next"]).query)["limit"] == ["3"]


@pytest.mark.parametrize("offset", ["-1", "abc"])
def test_a_senseless_offset_is_the_start(shop, control: SandboxControl, offset):
    wanted = control.add_orders({}, {})

    assert ids(shop("GET", f"{LIST}?offset={offset}")) == wanted


def test_an_offset_past_the_end_is_an_empty_page(shop, control: SandboxControl):
    control.add_orders({}, {})

    body = shop("GET", f"{LIST}?limit=5&offset=40").json()

    assert (body["results"], body["next"]) == ([], None)
    assert "offset=35" in body["previous"]


def test_links_can_name_another_host(shop, control: SandboxControl):
    control.configure(next_origin="https://test.example.invalid")
    control.add_orders({}, {})

    assert shop("GET", f"{LIST}?limit=1").json()["next"].startswith("https://test.example.invalid/api/order/?")


def test_unstable_rows_come_in_changing_order(shop, control: SandboxControl):
    control.configure(unstable_rows=True)
    wanted = control.add_orders(*[{}] * 50)

    first, second = (ids(shop("GET", f"{LIST}?limit=50")) for _ in range(2))

    assert sorted(first) == sorted(second) == wanted
    assert first != second


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("state=processing", [2]),
        ("offline=false", [1, 2, 3]),
        ("offline=False", [1, 2, 3]),
        ("offline=true", [4]),
        ("reference=CS3", [3, 4]),
        ("reference=CS3&webshop=2", [4]),
        ("confirm_date__gte=2026-11-22T06:00:00", [2, 3, 4]),
        ("confirm_date__gte=2026-11-22T06:00:00&confirm_date__lte=2026-11-22T07:00:00", [2, 3]),
        ("confirm_date__gte=2026-11-23", [4]),
        ("create_date__lte=2026-11-22T05:00:00", [1]),
        ("modified_date__gte=2026-11-23T00:00:00", [4]),
        ("order_date__gte=2026-11-23", [4]),
        ("order_date__lte=2026-11-22", [1, 2, 3]),
        ("state=", [1, 2, 3, 4]),
        ("inactive=true", [1, 2, 3, 4]),
        ("state=processing&state=confirmed", [1, 3, 4]),
    ],
)
def test_a_filter_keeps_what_it_says_bounds_included(shop, control: SandboxControl, query, wanted):
    control.add_orders(
        {"id": 1, "confirm_date": "2026-11-22T05:00:00.000000"},
        {"id": 2, "confirm_date": "2026-11-22T06:00:00", "state": "processing"},
        {"id": 3, "confirm_date": "2026-11-22T07:00:00"},
        {"id": 4, "confirm_date": "2026-11-23T00:00:00", "reference": "CS3", "webshop": 2, "offline": True},
    )

    assert ids(shop("GET", f"{LIST}?{query}")) == wanted


@pytest.mark.parametrize("query", ["stat=confirmed", "confirm_date__gt=2030-01-01", "offline=banana", "offline=no"])
def test_what_is_not_a_filter_is_ignored_and_gives_everything(shop, control: SandboxControl, query):
    control.add_orders({"state": "done"}, {"offline": True})

    assert shop("GET", f"{LIST}?{query}").json()["count"] == 2


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("confirm_date__gte=soon", {"confirm_date__gte": ["Enter a valid date/time."]}),
        ("confirm_date__gte=2026-11-22T06:00:00+01:00", {"confirm_date__gte": ["Enter a valid date/time."]}),
        ("order_date__gte=22-11-2026", {"order_date__gte": ["Enter a valid date."]}),
        ("state=bogus", {"state": ["Select a valid choice. bogus is not one of the available choices."]}),
        ("webshop=one", {"webshop": ["Enter a number."]}),
    ],
)
def test_a_bad_filter_value_is_400_in_the_filters_words(shop, query, said):
    answer = shop("GET", f"{LIST}?{query}")

    assert (answer.status_code, answer.json()) == (400, said)


@pytest.mark.parametrize("zone", ["Z", "%2B02:00"])
def test_an_instant_with_a_zone_breaks_the_shop(shop, zone):
    answer = shop("GET", f"{LIST}?confirm_date__gte=2026-11-22T06:00:00{zone}")

    assert answer.status_code == 500
    assert answer.headers["Content-Type"].startswith("text/html")
