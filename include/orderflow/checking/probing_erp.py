"""Looking at the ERP through its port, which never writes for these calls."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from orderflow.checking.seen import ErpSeen
from orderflow.erp.port import Capabilities, ErpPort
from orderflow.errors import OrderflowError

_MOST = 100
_BACK = timedelta(days=1)


def look_at_erp(erp: ErpPort, now: datetime) -> ErpSeen:
    """Request an order that does not exist, the last day's orders and packing slips, and the capabilities."""
    questions: dict[str, Callable[[], int]] = {
        "erp_lookup": lambda: int(erp.find("orderflow-check") is not None),
        "erp_listing": partial(_count, partial(erp.orders_since, now - _BACK)),
        "erp_deliveries": partial(_count, partial(erp.deliveries_since, now - _BACK)),
    }
    problems, counts = {}, {}
    for name, ask in questions.items():
        try:
            counts[name] = ask()
        except OrderflowError as error:
            problems[name] = error.message
    capabilities: Capabilities | None = None
    try:
        capabilities = erp.capabilities
    except OrderflowError as error:
        problems["capabilities"] = error.message
    return ErpSeen(capabilities=capabilities, problems=problems, counts=counts)


def _count(listing: Callable[[], Iterator[object]]) -> int:
    return len(list(islice(listing(), _MOST)))
