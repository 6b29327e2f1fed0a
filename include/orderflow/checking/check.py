"""The whole check: look at shop and ERP, judge each assumption, propose settings."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from orderflow.checking.assumption import Assumption
from orderflow.checking.assumptions import ASSUMPTIONS
from orderflow.checking.fields import fields
from orderflow.checking.judging_calls import OF_CALLS
from orderflow.checking.judging_erp import OF_ERP, makes_customers
from orderflow.checking.judging_lists import OF_LISTS
from orderflow.checking.judging_master_data import OF_MASTER_DATA
from orderflow.checking.judging_orders import OF_ORDERS
from orderflow.checking.judging_reading import OF_READING
from orderflow.checking.judging_settings import OF_SETTINGS, sampled
from orderflow.checking.judging_writes import OF_WRITES
from orderflow.checking.probing import ShopProbe
from orderflow.checking.probing_erp import OVER, ErpProbe
from orderflow.checking.proposals import proposals
from orderflow.checking.report import Checked
from orderflow.checking.seen import ErpSeen, ShopSeen
from orderflow.checking.shapes import shapes_of
from orderflow.checking.tried import Tried
from orderflow.checking.verdict import CheckResult, unseen
from orderflow.erp.port import ErpPort
from orderflow.settings import Settings
from orderflow.transport import Channel

JUDGED = frozenset({*OF_CALLS, *OF_READING, *OF_LISTS, *OF_ORDERS, *OF_SETTINGS, *OF_ERP, *OF_MASTER_DATA})
"""Assumptions that can be judged by reading."""
TRIED = frozenset(OF_WRITES)
"""Assumptions that only a write can prove."""


class Times(NamedTuple):
    """How long shop and ERP may take; together it is the time that people are promised."""

    shop: timedelta = timedelta(seconds=40)
    erp: timedelta = timedelta(seconds=20)


TIMES = Times()


def check_shop(
    shop: Channel,
    erp: ErpPort,
    settings: Settings,
    now: Callable[[], datetime],
    trial: Callable[[], Tried] | None = None,
    *,
    times: Times = TIMES,
) -> Checked:
    """Compare every assumption with the connected shop and ERP; both must be read-only.

    A `trial` writes through its own connection, after everything was read.
    """
    seen = ShopProbe(shop, settings, now, times.shop).look()
    seen_of_erp = ErpProbe(erp, now, times.erp).look(
        list(sampled(seen, settings)), makes_customers=makes_customers(settings)
    )
    return judge(seen, seen_of_erp, settings, trial() if trial else None)


def judge(shop: ShopSeen, erp: ErpSeen, settings: Settings, tried: Tried | None = None) -> Checked:
    """Judge what was seen, and the results of a trial of writes, if there was one."""
    verdicts = {one.id: _verdict(one, shop, erp, settings, tried) for one in ASSUMPTIONS}
    return Checked(
        verdicts=verdicts,
        fields=fields(shop, settings.fields),
        proposals=proposals(shop, settings, verdicts),
        calls=len(list(shop.every)),
        shapes=shapes_of(shop),
        left=tried.left if tried else (),
        ended_early=tried.problem if tried else "",
    )


def _verdict(one: Assumption, shop: ShopSeen, erp: ErpSeen, settings: Settings, tried: Tried | None) -> CheckResult:
    if one.id in OF_WRITES and tried is not None:
        return OF_WRITES[one.id](tried)
    if one.no_check:
        return unseen(one.no_check)
    if erp.problems.get(one.id) == OVER:
        return unseen(OVER)
    of_erp = OF_ERP.get(one.id) or OF_MASTER_DATA.get(one.id)
    if of_erp:
        return of_erp(erp, settings)
    of_shop = OF_CALLS.get(one.id) or OF_READING.get(one.id) or OF_LISTS.get(one.id)
    if of_shop:
        return of_shop(shop)
    with_settings = OF_ORDERS.get(one.id) or OF_SETTINGS[one.id]
    return with_settings(shop, settings)
