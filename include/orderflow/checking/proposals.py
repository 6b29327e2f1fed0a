"""Settings that follow from what was seen, with a reason for each; a person decides which to adopt."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from orderflow.checking.judging_orders import shop_now
from orderflow.checking.judging_settings import origins_with_rows, payment_states, unplaced
from orderflow.checking.seen import ShopSeen
from orderflow.checking.verdict import CheckOutcome, CheckResult, Proposal
from orderflow.settings import Settings

_NO_PAYMENT = {"none"}


def proposals(seen: ShopSeen, settings: Settings, verdicts: dict[str, CheckResult]) -> list[Proposal]:
    """Return what to set, most urgent first."""
    return [
        *_go_live(seen, settings),
        *_charges(seen, settings),
        *_webshops(seen, settings),
        *_zone(verdicts),
        *_origins(seen, settings),
        *_page_size(seen, verdicts),
    ]


def as_setting(proposed: Iterable[Proposal]) -> dict[str, Any]:
    """Return the proposals as one JSON object, to be merged into the Airflow Variable."""
    whole: dict[str, Any] = {}
    for proposal in proposed:
        inner = whole
        for name in proposal.path[:-1]:
            inner = inner.setdefault(name, {})
        inner[proposal.path[-1]] = proposal.value
    return whole


def _go_live(seen: ShopSeen, settings: Settings) -> list[Proposal]:
    now = shop_now(seen)
    confirmed = len(seen.call("state_confirmed").ids)
    if settings.not_before is not None or now is None or not confirmed:
        return []
    day = now.astimezone(ZoneInfo(settings.timezone)).date().isoformat()
    reason = "the shop has confirmed orders, which the ERP may have already: set it to the day of go-live"
    return [Proposal(("not_before",), day, reason)]


def _charges(seen: ShopSeen, settings: Settings) -> list[Proposal]:
    by_key = {one.keys[0]: one for one in unplaced(seen, settings) if one.keys and not one.problem}
    return [
        Proposal(("charges", key), "charge", f"{one.where} of {one.amount} has no place, so that its order is held")
        for key, one in sorted(by_key.items())
    ]


def _webshops(seen: ShopSeen, settings: Settings) -> list[Proposal]:
    found = []
    for shop, states in sorted(payment_states(seen).items()):
        if settings.names(shop):
            continue
        if set(states) == _NO_PAYMENT:
            reason = f"webshop {shop} has no other payment status than `none`, in {states.total()} orders: "
            reason += "right if buyers cannot pay there at all; ask CloudSuite"
            found.append(Proposal(("webshops", str(shop)), {"payment_option": False}, reason))
        else:
            reason = f"webshop {shop} has orders with {', '.join(sorted(states))}, so buyers can pay there"
            found.append(Proposal(("webshops", str(shop)), {"payment_option": True}, reason))
    return found


def _zone(verdicts: dict[str, CheckResult]) -> list[Proposal]:
    verdict = verdicts["time_zone"]
    if verdict.outcome is CheckOutcome.FAILS and verdict.todo.endswith("to UTC"):
        return [Proposal(("api_timezone",), "UTC", f"{verdict.seen}, in UTC it is not")]
    return []


def _origins(seen: ShopSeen, settings: Settings) -> list[Proposal]:
    found = sorted(origins_with_rows(seen))
    if settings.origins or not found:
        return []
    return [
        Proposal(
            ("origins",),
            found,
            "these origins have lists of customers, so that the ERP can get their keys; orders of customers that it "
            "does not have are then held, unless `customers` of their webshop says otherwise",
        )
    ]


def _page_size(seen: ShopSeen, verdicts: dict[str, CheckResult]) -> list[Proposal]:
    if verdicts["page_size"].outcome is not CheckOutcome.FAILS:
        return []
    return [Proposal(("limits", "page_size"), len(seen.call("page").ids), "the shop gives no more rows a page")]
