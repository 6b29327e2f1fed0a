"""The trigger forms: every parameter with its title, its type and what it does.

Airflow opens the form with the parameters that are in no section, and marks those that may not be null as required.
Descriptions contain no code: on a narrow screen, its background covers the line above.
"""

from typing import Any

from airflow.sdk import Param


def _listing(title: str, description_md: str, *, of: str = "string", section: str | None = None) -> Param:
    """Build a parameter that takes a list, empty by default; for an empty one, the form sends null."""
    more: dict[str, Any] = {"section": section} if section else {}
    items = {"type": of}
    return Param(default=[], type=["null", "array"], items=items, title=title, description_md=description_md, **more)


_REFERENCES = _listing(
    title="Only these orders",
    description_md="One order reference per line: CS48193, or 2/CS48193 where two webshops share it. "
    "They are read and processed, whichever day they are from. Empty: all orders.",
)
_ORDER_IDS = "The same, by the shop's order ids (the number in /api/order/12345/), as a list: [12345, 12346]."
_DRY_RUN = Param(
    default=False,
    type=["null", "boolean"],
    title="Dry run",
    description_md="Read only. The page shows every call that would write, and nothing is written. The log names what "
    "would fail, and what would be left: held for a person, or claimed by another run.",
)

_DECISIONS = {
    "arrived": _listing(
        title="Arrived",
        description_md="Numbers of packing slips that the shop has, or that somebody has dealt with there, one per "
        "line. They count as sent.",
        section="Slips in doubt",
    ),
    "send_now": _listing(
        title="Send now",
        description_md="Numbers of packing slips that the shop does not have, one per line. The shop takes a number "
        "only once, so check there first. A run sends each of them once, even if its tasks are retried or cleared.",
        section="Slips in doubt",
    ),
}
"""What people say about packing slips in doubt."""

DAILY_PARAMS = {
    "date": Param(
        default=None,
        type=["null", "string"],
        format="date",
        title="Day",
        description_md="The shop-local day to run. Leave empty when you give a partition key.",
    ),
    "references": _REFERENCES,
    "dry_run": _DRY_RUN,
    "allow_open_window": Param(
        default=False,
        type=["null", "boolean"],
        title="Allow a day that is not over",
        description_md="Process the day's orders so far. Orders confirmed later that day are left to another run.",
        section="More",
    ),
}

SWEEP_PARAMS = {
    "references": _REFERENCES,
    "order_ids": _listing(
        of="integer",
        title="Only these order ids",
        description_md=_ORDER_IDS,
    ),
    "webshop": Param(
        default=None,
        type=["null", "integer"],
        title="Webshop",
        description_md="The webshop of references that name none.",
    ),
    "resolve": _listing(
        title="Resolve",
        description_md="Orders that somebody has dealt with by hand, in the ERP or in the shop: references or order "
        "ids, one per line. Their alerts are closed and they are never sent. All other orders are swept as usual.",
        section="Dealt with by hand",
    ),
    "seen_to": _listing(
        title="Resolve (former name)",
        description_md="The former name of *Resolve*; still accepted.",
        section="Dealt with by hand",
    ),
    "dry_run": _DRY_RUN,
}

ORDERS_PARAMS = {
    "references": _listing(
        title="These orders",
        description_md="One order reference per line: CS48193, or 2/CS48193 where two webshops share it. They are read "
        "and processed now, whichever day they are from.",
    ),
    "order_ids": _listing(of="integer", title="These order ids", description_md=_ORDER_IDS),
    "webshop": SWEEP_PARAMS["webshop"],
    "resolve": _listing(
        title="Resolve",
        description_md="Orders that somebody has dealt with by hand, in the ERP or in the shop: references or order "
        "ids, one per line. Their alerts are closed and they are never sent.",
        section="Dealt with by hand",
    ),
    "undo": _listing(
        title="Take that back",
        description_md="Orders that were resolved within the last 24 hours by mistake: they are where they were.",
        section="Dealt with by hand",
    ),
    "comment": Param(
        default=None,
        type=["null", "string"],
        maxLength=1000,
        title="Comment",
        description_md="Kept in the log of these orders, with your name. No personal data of buyers.",
        section="Dealt with by hand",
    ),
    "comment_on": _listing(
        title="Comment on",
        description_md="Orders to comment on and leave as they are.",
        section="Dealt with by hand",
    ),
    **_DECISIONS,
    "snooze": _listing(
        title="Snooze causes",
        description_md="Causes that are not announced until a date, one per line: what follows cause= in the link of "
        "a message.",
        section="Not now",
    ),
    "until": Param(
        default=None,
        type=["null", "string"],
        format="date",
        title="Until",
        description_md="The shop-local day on which they are announced again, if they are not over by then.",
        section="Not now",
    ),
    "dry_run": _DRY_RUN,
}
"""Parameters of the DAG that only handles named orders."""

RECONCILE_PARAMS = {
    "days": Param(
        default=None,
        type=["null", "integer"],
        minimum=1,
        maximum=366,
        title="Days",
        description_md="How many whole days back to compare, in addition to today. Empty: the setting (default 7).",
    ),
    "webshop": Param(
        default=None,
        type=["null", "integer"],
        title="Webshop",
        description_md="Compare only this webshop. Empty: all.",
    ),
    "order_ids": _listing(
        of="integer",
        title="Only these order ids",
        description_md="Compare only these orders, at once and whatever their day, by the shop's order ids, as "
        "a list: [12345, 12346]. No digest is sent. Empty: all orders of the last days.",
    ),
}

DELIVERY_PARAMS = {
    "date": Param(
        default=None,
        type=["null", "string"],
        format="date",
        title="Since the day",
        description_md="Read every packing slip made since this shop-local day. Empty: since the "
        "hour of the partition key, or since the last reading.",
    ),
    **_DECISIONS,
    "dry_run": _DRY_RUN,
}
