"""Every manner as a client sees it, on the wire."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sandbox.config import Config
from sandbox.control import SandboxControl
from sandbox.manners.table import MANNERS
from support.manner_checks import CHECKS, DETAIL, ORDER, Shop


def test_a_trickling_answer_that_is_released_comes_whole(shop, control: SandboxControl) -> None:
    control.add_orders(ORDER)
    control.configure(manners=["trickling"], trickle_seconds=3600)

    with ThreadPoolExecutor() as pool:
        answer = pool.submit(shop, "GET", DETAIL)
        while not answer.done():
            control.release()

    assert answer.result().json()["id"] == 7


@pytest.mark.parametrize("name", MANNERS)
def test_a_manner_shows(shop, control: SandboxControl, sandbox, name: str) -> None:
    control.add_orders(ORDER, *[{"reference": f"CS{n}", "id": n} for n in range(8, 12)])
    control.configure(manners=[name])

    CHECKS[name](Shop(shop, control, sandbox.url))


def test_without_manners_none_of_it_shows(shop, control: SandboxControl, sandbox) -> None:
    control.add_orders(ORDER)
    behaved = Shop(shop, control, sandbox.url)
    first = behaved.order()

    assert behaved.put().json() == {**first, "modified_date": behaved.held()["modified_date"]}
    assert [behaved.order() for _ in range(2)] == [behaved.held()] * 2


def test_a_manner_may_hold_for_one_call_only(shop, control: SandboxControl) -> None:
    control.add_orders(ORDER)
    control.fault("behave", manners=["html_errors", "cancelled_after_read"], path=DETAIL, skip=1, times=1)

    states = [shop("GET", DETAIL).json()["state"] for _ in range(3)]

    assert states == ["confirmed", "confirmed", "cancel"]


def test_something_may_happen_to_an_order_right_after_any_call(shop, erp, control: SandboxControl) -> None:
    control.add_orders(ORDER)
    control.fault("status", status=503, method="PATCH", then={"state": "cancel"})
    control.fault("behave", service="erp", then={"webshop": 9})

    assert shop("PATCH", DETAIL, json={"state": "processing"}).status_code == 503
    assert control.order(7)["state"] == "cancel"
    erp("GET", "/sales-orders", params={"shop_order_id": 7})
    assert control.order(7)["webshop"] == 9


def test_an_erp_has_the_manners_of_the_wire(erp, control: SandboxControl) -> None:
    control.configure(erp_manners=["html_errors", "byte_order_mark"])

    assert erp("GET", "/sales-orders").headers["Content-Type"] == "text/html; charset=utf-8"
    assert erp("GET", "/capabilities").content.startswith(b"\xef\xbb\xbf{")
    with pytest.raises(ValueError, match="there is no manner texts_trimmed"):
        control.configure(erp_manners=["texts_trimmed"])


@pytest.mark.parametrize("where", ["configure", "fault"])
def test_an_unknown_manner_is_refused_with_those_there_are(control: SandboxControl, where: str) -> None:
    set_it = control.configure if where == "configure" else lambda **rule: control.fault("behave", **rule)

    with pytest.raises(ValueError, match="there is no manner polite; there are answers_empty"):
        set_it(manners=["polite"])


def test_a_switch_that_was_set_wins_over_a_manner() -> None:
    config = Config(manners=frozenset({"throttled_per_minute"}), rate_limit=5)

    assert (config.behaving("shop").rate_limit, config.behaving("shop").rate_period) == (5, "minute")
    assert config.behaving("token").rate_period == "second"


def test_every_switch_that_a_manner_sets_exists() -> None:
    for manner in MANNERS.values():
        assert Config().changed(dict(manner.switches))


def test_the_page_about_the_sandbox_lists_every_manner() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "sandbox.md").read_text()

    listed = [line for line in page.splitlines() if line.startswith("| `") and line.count("|") == 3]
    assert [f"| `{name}` | {manner.sentence} |" for name, manner in MANNERS.items()] == [
        line for line in listed if line.split("`")[1] in MANNERS
    ]
