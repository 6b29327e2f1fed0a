"""The whole check: look at shop and ERP, judge each assumption, propose settings."""

from collections.abc import Callable
from datetime import datetime

from orderflow.checking.assumptions import ASSUMPTIONS
from orderflow.checking.fields import fields
from orderflow.checking.judging_calls import OF_CALLS
from orderflow.checking.judging_erp import OF_ERP
from orderflow.checking.judging_lists import OF_LISTS
from orderflow.checking.judging_orders import OF_ORDERS
from orderflow.checking.judging_settings import OF_SETTINGS
from orderflow.checking.probing import ShopProbe
from orderflow.checking.probing_erp import look_at_erp
from orderflow.checking.proposals import proposals
from orderflow.checking.report import Checked
from orderflow.checking.seen import ErpSeen, ShopSeen
from orderflow.checking.verdict import CheckResult, unseen
from orderflow.erp.port import ErpPort
from orderflow.settings import Settings
from orderflow.transport import Channel

JUDGED = frozenset({*OF_CALLS, *OF_LISTS, *OF_ORDERS, *OF_SETTINGS, *OF_ERP})
"""The assumptions that have a judge."""


def check_shop(shop: Channel, erp: ErpPort, settings: Settings, now: Callable[[], datetime]) -> Checked:
    """Compare every assumption with the shop and ERP that are connected; both must be read-only."""
    return judge(ShopProbe(shop, settings, now).look(), look_at_erp(erp, now()), settings)


def judge(shop: ShopSeen, erp: ErpSeen, settings: Settings) -> Checked:
    """Judge what was seen."""
    verdicts = {one.id: _verdict(one.id, one.no_check, shop, erp, settings) for one in ASSUMPTIONS}
    return Checked(
        verdicts=verdicts,
        fields=fields(shop, settings.fields),
        proposals=proposals(shop, settings, verdicts),
        calls=len(list(shop.every)),
    )


def _verdict(name: str, no_check: str, shop: ShopSeen, erp: ErpSeen, settings: Settings) -> CheckResult:
    if no_check:
        return unseen(no_check)
    if name in OF_ERP:
        return OF_ERP[name](erp)
    of_shop = OF_CALLS.get(name) or OF_LISTS.get(name)
    if of_shop:
        return of_shop(shop)
    with_settings = OF_ORDERS.get(name) or OF_SETTINGS[name]
    return with_settings(shop, settings)
