"""Verdicts on behaviour that no sandbox has."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from orderflow.checking.check import judge
from orderflow.checking.seen import ErpSeen, Seen, ShopSeen
from orderflow.checking.verdict import CheckOutcome
from orderflow.erp.port import Capabilities
from orderflow.settings import Settings
from sandbox.control import SandboxControl
from support.checks import Check

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
    return ErpSeen(capabilities=capabilities, problems=problems, counts={})


def _dated(text: str) -> Seen:
    return Seen(status=200, document={}, headers={"date": text}, ended=NOW)


SHOPS: list[tuple[str, ShopSeen, CheckOutcome]] = [
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
    ("times_naive", _shop(None, _order(confirm_date="today")), UNSEEN),
    ("json", _shop({"page": Seen(status=200, problem="is not JSON")}), FAILS),
]


@pytest.mark.parametrize(("name", "seen", "outcome"), SHOPS)
def test_what_is_seen_of_a_shop_is_judged(name: str, seen: ShopSeen, outcome: CheckOutcome) -> None:
    assert judge(seen, _erp(), Settings()).verdicts[name].outcome is outcome


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
