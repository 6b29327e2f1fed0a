"""What cannot be asked is refused."""

import httpx
import pytest


@pytest.mark.parametrize(
    "query",
    [
        "first=2026-11-02&last=2026-11-01",
        "first=2020-01-01",
        "worklist=lost",
        "limit=999",
        "limit=99999999999999999999999999",
        "offset=9223372036854775808",
        "webshop=9223372036854775808",
        "webshop=-9223372036854775809",
        f"webshop={'9' * 5000}",
        "last=0001-01-01",
        "first=9999-12-31",
        "first=9999-12-31&last=9999-12-31",
        "last=10000-01-01",
        "first=2026-02-30",
        "text=a%00b",
        "cause=%00",
        f"text={'a' * 101}",
    ],
)
def test_what_cannot_be_asked_is_refused(page: httpx.Client, query: str) -> None:
    answer = page.get(f"/api/orders?{query}")
    assert answer.status_code == 422
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["orders/9223372036854775808", "orders/1/9223372036854775808/plan", "orders/1.5"])
def test_an_id_that_no_order_can_have_is_refused(page: httpx.Client, path: str) -> None:
    assert page.get(f"/api/{path}").status_code == 422


@pytest.mark.parametrize("route", ["run", "run/summary", "run/plan"])
@pytest.mark.parametrize("run_id", ["%00", "a" * 251])
def test_a_run_that_cannot_exist_is_refused(page: httpx.Client, route: str, run_id: str) -> None:
    assert page.get(f"/api/{route}?dag_id=orderflow_daily&run_id={run_id}").status_code == 422
