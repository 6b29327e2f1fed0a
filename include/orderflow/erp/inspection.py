"""What an adapter can find out about its ERP by reading alone; the check of shop and ERP asks for it.

Both protocols are optional: what an adapter does not offer is reported as not seen.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import NamedTuple, Protocol, runtime_checkable

from orderflow.domain.order import Order
from orderflow.transport import Answer


class Aspect(StrEnum):
    """What an order depends on inside an ERP."""

    RIGHTS = "rights"
    IDENTIFIERS = "identifiers"
    PRODUCTS = "products"
    UNITS = "units"
    TAXES = "taxes"


class Inspected(NamedTuple):
    """What was found of one aspect."""

    found: str
    """What was looked at; or, if that is not possible by reading, why not."""
    problems: tuple[str, ...] = ()
    """What has to be mended in the ERP, a phrase each; empty if nothing."""
    is_seen: bool = True
    """Whether it could be looked at."""


@runtime_checkable
class HasClock(Protocol):
    """An adapter whose ERP says what time it is."""

    def server_time(self) -> datetime | None:
        """Return the time by the ERP's clock, now; None if it does not say. TransientError, PermanentError."""


@runtime_checkable
class Inspectable(Protocol):
    """An adapter that can look into its ERP. Never writes."""

    def inspect(self, orders: Sequence[Order], *, makes_customers: bool) -> Mapping[Aspect, Callable[[], Inspected]]:
        """Return how to look at each aspect, for orders of the shop; each may raise TransientError, PermanentError.

        `makes_customers`: whether customers are created in this ERP.
        """


def served_at(answer: Answer) -> datetime | None:
    """Return the instant of an answer's Date header; None without a readable one."""
    date = {name.lower(): value for name, value in answer.headers.items()}.get("date")
    try:
        at = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    return at if at.tzinfo else None
