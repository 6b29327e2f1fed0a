"""Verdicts on behaviour that no sandbox has."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from orderflow.checking.check import judge
from orderflow.checking.seen import ErpSeen, Seen, ShopSeen
from orderflow.checking.verdict import CheckOutcome
from orderflow.erp.inspection import Inspected
from orderflow.erp.port import Capabilities
from orderflow.settings import Settings
from sandbox.control import SandboxControl
from support.checks import Check
from support.erp_orders import sales_order

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
HOLDS, FAILS, UNSEEN = CheckOutcome
ABLE = Capabilities(consistent_lookup=True, idempotency_key=True, unique_reference=True, shop_order_id_lookup=True)
UNABLE = Capabilities(consistent_lookup=False, idempotency_key=False, unique_reference=False)


def _page(*rows: Mapping[str, Any], **said: Any) -> Seen:
    return Seen(status=200, document={"results": list(rows), "count": len(rows), "next": None, **said})


def _order(**fields: Any) -> Seen:
    return Seen(status=200, document={"id": 1, "reference": "CS1", "webshop": 1, **fields})


def _shop(calls: Mapping[str, Seen] | None = None, *details: Seen, repeated: tuple[Seen, ...] = ()) -> ShopSeen:
    return ShopSeen(
        address="https://shop.example",
        token_lifetime=300,
        has_fixed_token=False,
        page_size=100,
        calls=calls or {},
        details=details,
        repeated=repeated,
        origins={},
    )


def _erp(capabilities: Capabilities | None = ABLE, **problems: str) -> ErpSeen:
    return ErpSeen(capabilities=capabilities, problems=problems)


def _dated(text: str) -> Seen:
    return Seen(status=200, document={}, headers={"date": text}, ended=NOW)


SHOPS: list[tuple[str, ShopSeen, CheckOutcome]] = [
    ("token_refused", _shop({"wrong_token": Seen(status=403)}), HOLDS),
    ("encrypted", _shop({"page": Seen(status=200)}), HOLDS),
    ("encrypted", replace(_shop({"page": Seen(status=200)}), checks_certificates=False), FAILS),
    ("encrypted", replace(_shop({"page": Seen(status=200)}), token_address="http://id.example/token"), FAILS),
    ("encrypted", replace(_shop({"page": Seen(status=200)}), address="http://localhost:80"), UNSEEN),
    ("encrypted", replace(_shop({"page": Seen(status=200)}), address="http://shop.example"), FAILS),
    ("payment_known", _shop(None, _order(payment_status=None)), FAILS),
    ("charges_placed", _shop(None, _order(order_lines=None)), UNSEEN),
    ("readable", _shop({"page": _page({"id": 1})}, _order()), HOLDS),
    ("readable", _shop({"page": _page()}), HOLDS),
    ("readable", _shop({"page": _page({"id": 1})}, Seen(status=404, document={})), HOLDS),
    ("readable", _shop({"page": Seen(status=302)}), UNSEEN),
    ("readable", _shop({"page": Seen(status=200, is_page=True, problem="is not JSON")}), UNSEEN),
    ("readable", _shop({"page": _page(results=None)}), FAILS),
    ("readable", _shop({"page": Seen(status=200, document=[])}), FAILS),
    ("readable", _shop({"page": _page(results=[1])}), FAILS),
    ("readable", _shop({"page": _page({"id": None})}), FAILS),
    ("readable", _shop({"page": _page(), "first": Seen(status=500)}), FAILS),
    ("readable", _shop({"page": _page({"id": 1})}, Seen(status=403, document={})), FAILS),
    ("readable", _shop({"page": _page({"id": 1})}, _order(order_lines=None)), FAILS),
    ("readable", _shop({"page": _page({"id": 1})}, Seen(status=200, document=[])), FAILS),
    ("slash", _shop({"page": Seen(status=301)}), FAILS),
    ("slash", _shop({"page": Seen(problem="no answer")}), UNSEEN),
    ("errors", _shop({"nobody": Seen(status=400, document={})}), FAILS),
    ("errors", _shop({"nobody": Seen(status=200, document={})}), FAILS),
    ("clocks", _shop({"page": _dated("Fri, 27 Nov 2026 12:01:59 GMT")}), HOLDS),
    ("clocks", _shop({"page": _dated("Fri, 27 Nov 2026 12:10:00 GMT")}), FAILS),
    ("clocks", _shop({"page": _dated("Fri, 27 Nov 2026 11:50:00 GMT")}), FAILS),
    ("clocks", _shop({"page": _dated("yesterday")}), UNSEEN),
    ("limits", _shop({"page": Seen(problem="asked for a pause", is_throttled=True)}), FAILS),
    ("count", _shop({"first": _page(count=None)}), FAILS),
    ("count", _shop({"first": _page({"id": 1}, count=0)}), FAILS),
    ("count", _shop({"first": _page({"id": 1}), "last": _page({"id": 1}), "beyond": _page({"id": 2})}), FAILS),
    ("count", _shop({"first": _page({"id": 1}), "last": Seen(status=500)}), UNSEEN),
    ("unknown_filters", _shop({"unknown_filter": Seen(status=400)}), FAILS),
    ("filter_webshop", _shop({"filter_webshop": Seen(status=400)}), HOLDS),
    *(
        (
            f"filter_{name}",
            _shop({f"filter_{name}": _page(), f"known_{name}": known, listed: _page({"id": 1})}),
            outcome,
        )
        for name, listed in (
            ("confirm_date_from", "state_confirmed"),
            ("confirm_date_to", "state_confirmed"),
            ("modified_date_from", "page"),
            ("reference", "page"),
        )
        for known, outcome in ((_page(), FAILS), (_page({"id": 1}), HOLDS))
    ),
    ("filters_on_one", _shop({"other_state": Seen(status=500)}), UNSEEN),
    ("numbers", _shop(None, _order(paid_amount="ten")), FAILS),
    ("numbers", _shop(None, _order(order_lines=[{"quantity": "1,5"}])), FAILS),
    ("numbers", _shop(None, _order(paid_amount=None)), UNSEEN),
    ("line_ids", _shop(None, _order(order_lines=[{"id": 1}, {"id": 1}])), FAILS),
    ("line_ids", _shop(None, _order(order_lines=[{"id": 1}, {}])), FAILS),
    ("line_ids", _shop(None, _order(order_lines="none")), UNSEEN),
    ("line_order", _shop(None, repeated=(_order(order_lines=[{"id": 1}]),)), UNSEEN),
    ("references", _shop({"page": _page({"id": 1, "reference": " "})}), FAILS),
    ("references", _shop(None, _order(), _order(id=2, webshop=2)), HOLDS),
    ("references", _shop(None, _order(), _order(id=2)), FAILS),
    ("references", _shop(None, _order(webshop=[1]), _order(reference={"a": []}), _order(id=[])), HOLDS),
    ("times_naive", _shop(None, _order(confirm_date="today")), UNSEEN),
    ("json", _shop({"page": Seen(status=200, problem="is not JSON")}), FAILS),
]


@pytest.mark.parametrize(("name", "seen", "outcome"), SHOPS)
def test_what_is_seen_of_a_shop_is_judged(name: str, seen: ShopSeen, outcome: CheckOutcome) -> None:
    assert judge(seen, _erp(), Settings()).verdicts[name].outcome is outcome


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Seen(status=302), "status 302 for a token that is none; it redirects"),
        (Seen(status=302, is_page=True, problem="is not JSON"), "status 302 for a token that is none; it redirects"),
        (Seen(status=200, is_page=True, problem="is not JSON"), "status 200 for a token that is none; a web page came"),
        (Seen(status=500, is_page=True, problem="is not JSON"), "status 500 for a token that is none; a web page came"),
        (
            Seen(status=200, document={"error": "invalid_token"}),
            "status 200 for a token that is none; no list of orders came",
        ),
        (Seen(status=200, document=[]), "status 200 for a token that is none; no list of orders came"),
        (Seen(status=400, document={}), "status 400 for a token that is none; no list of orders came"),
        (_page(), "an empty list came for a token that is none"),
        (_page({"id": 1}), "orders were listed for a token that is none"),
    ],
)
def test_a_token_that_is_none_must_be_refused_whatever_comes_instead(answer: Seen, said: str) -> None:
    verdicts = judge(_shop({"page": _page({"id": 1}), "wrong_token": answer}), _erp(), Settings()).verdicts
    assert (verdicts["token_refused"].outcome, verdicts["token_refused"].seen) == (FAILS, said)
    assert verdicts["json"].outcome is HOLDS, "no other call is answered so"


@pytest.mark.parametrize(
    ("name", "seen", "outcome"),
    [
        ("erp_resend", _erp(UNABLE), FAILS),
        ("erp_resend", _erp(ABLE), HOLDS),
        ("erp_identity", _erp(UNABLE), FAILS),
        ("erp_identity", _erp(None), UNSEEN),
        ("erp_lookup", _erp(erp_lookup="it does not answer"), FAILS),
        ("erp_lookup", ErpSeen(ABLE, {}, {"erp_lookup": 1}), FAILS),
        ("erp_listing", _erp(erp_listing="status 404"), FAILS),
        ("erp_listing", ErpSeen(ABLE, {}, {"erp_listing": 3}, unreadable={"erp_listing": (1, "no number")}), FAILS),
        ("erp_answers", ErpSeen(ABLE, {}, answers={"ERP-1": "", "ERP-2": "is answered as ERP-9"}), FAILS),
        ("erp_answers", ErpSeen(ABLE, {}, answers={"ERP-1": ""}), HOLDS),
        ("erp_identity", ErpSeen(ABLE, {}, by_shop_id={"": "finds an order for an id that no order has"}), FAILS),
        ("erp_identity", ErpSeen(ABLE, {}, by_shop_id={"ERP-1": ""}), HOLDS),
        ("erp_identity", _erp(erp_identity="status 500"), FAILS),
        ("erp_customers", _erp(UNABLE), HOLDS),
        ("erp_customers", ErpSeen(ABLE._replace(customers=True), {}, {"erp_customers": 1}), FAILS),
        ("erp_charges", ErpSeen(UNABLE, {}, charges=2), FAILS),
        ("erp_charges", ErpSeen(UNABLE, {}), HOLDS),
        ("erp_clock", ErpSeen(ABLE, {}, ahead=-86_400), FAILS),
        ("erp_clock", ErpSeen(ABLE, {}, ahead=119), HOLDS),
        ("erp_clock", ErpSeen(ABLE, {}), UNSEEN),
        ("erp_rights", ErpSeen(ABLE, {}, inspected={"erp_rights": Inspected("10", ("no right to read x",))}), FAILS),
        ("erp_units", ErpSeen(ABLE, {}, inspected={"erp_units": Inspected("3 products")}), HOLDS),
        ("erp_taxes", ErpSeen(ABLE, {}, inspected={"erp_taxes": Inspected("none", is_seen=False)}), UNSEEN),
        ("erp_products", _erp(erp_products="status 403"), FAILS),
    ],
)
def test_what_is_seen_of_an_erp_is_judged(name: str, seen: ErpSeen, outcome: CheckOutcome) -> None:
    assert judge(_shop(), seen, Settings()).verdicts[name].outcome is outcome


def test_what_answers_nothing_proves_nothing() -> None:
    """No verdict is a guess: without a single answer nothing holds, and no setting is proposed."""
    checked = judge(_shop(), _erp(None), Settings())
    assert [name for name, one in checked.verdicts.items() if one.outcome is HOLDS] == []
    assert checked.proposals == []


def test_whatever_does_not_hold_says_what_follows() -> None:
    for name, seen, outcome in SHOPS:
        verdict = judge(seen, _erp(), Settings()).verdicts[name]
        assert verdict.seen
        assert bool(verdict.follows) is (outcome is FAILS)


def test_a_limit_that_is_met_is_named_and_hides_no_mistake_of_its_own(check: Check, control: SandboxControl) -> None:
    control.reset(day="2026-11-22", count=40, rate_limit=30, rate_period="hour")
    checked = check()
    assert checked.verdicts["limits"].outcome is FAILS
    assert "limits" in checked.needs_a_person
    assert checked.verdicts["json"].outcome is HOLDS


@pytest.mark.parametrize(("manner", "outcome"), [("reference_repeated", FAILS), ("texts_trimmed", HOLDS)])
def test_references_that_repeat_are_found(
    manner: str, outcome: CheckOutcome, check: Check, control: SandboxControl
) -> None:
    control.reset(manners=[manner])
    control.add_orders(*({"webshop": 1, "payment_status": "paid"} for _ in range(6)))
    assert check().verdicts["references"].outcome is outcome


MASTER_DATA = ("erp_rights", "erp_identifiers", "erp_products", "erp_units", "erp_taxes")


def test_a_customer_that_the_erp_lacks_is_no_work_where_customers_are_created() -> None:
    seen = ErpSeen(ABLE, {}, inspected={name: Inspected("1", ("no party",)) for name in MASTER_DATA})
    creates = Settings.model_validate({"webshops": {"1": {"customers": "create"}}, "origins": ["webshop"]})
    lacking, made = (judge(_shop(), seen, settings).needs_a_person for settings in (Settings(), creates))
    assert set(lacking) - set(made) == {"erp_identifiers"}


def test_an_erp_that_lacks_much_is_told_in_a_few_lines() -> None:
    problems = tuple(f"no product with the code {n}" for n in range(1000))
    seen = ErpSeen(ABLE, {}, inspected={"erp_products": Inspected("1000 products", problems)})
    assert judge(_shop(), seen, Settings()).verdicts["erp_products"].seen.endswith("; 980 more")


def test_orders_are_looked_up_as_listed_and_their_ids_too(check: Check, control: SandboxControl) -> None:
    for number in (1, 2):
        reference = f"1/CS{number}"
        control.add_erp_order(sales_order(external_reference=reference, shop_order_id=number).model_dump(mode="json"))
    verdicts = check().verdicts
    assert verdicts["erp_answers"].seen == "2 orders of the last week, each found as itself"
    assert verdicts["erp_identity"].outcome is HOLDS
