"""Go-live: since when the sweep exports orders on its own, and what it leaves to a person."""

import logging
from collections.abc import Iterable
from datetime import datetime

from orderflow.cloudsuite.mapper import to_instant
from orderflow.cloudsuite.models import ListedOrder
from orderflow.domain.go_live import is_taken_up
from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder, RunRef

log = logging.getLogger(__name__)


def go_live(services: Services, *, by_person: bool) -> datetime | None:
    """Return since when orders are exported: as the settings say, else, for the sweep, the earliest day that was run.

    None: the settings say nothing and, for the sweep, no day was run yet.
    """
    if services.settings.go_live or by_person:
        return services.settings.go_live
    first = services.ledger.days.earliest()
    return Window.of_day(first, services.settings.timezone).start if first else None


def is_known(order: LedgerOrder | None) -> bool:
    """Whether an earlier run has taken an order up, so that go-live is no question any more."""
    return order is not None and (order.external_reference is not None or is_taken_up(order.decision, order.reason))


def is_due(order: LedgerOrder, live: datetime | None) -> bool:
    """Whether an order that was held as of before go-live may be of after it by now."""
    if order.reason is not Reason.BEFORE_GO_LIVE:
        return True
    return live is not None and (order.shop_modified_at is None or order.shop_modified_at >= live)


def hold_back(
    services: Services, rows: Iterable[ListedOrder], live: datetime | None, run: RunRef | None
) -> list[ListedOrder]:
    """Hold what its row alone proves to be of before go-live, unread, and return the other rows.

    Confirming an order changes it: one that was not changed since was confirmed before. `rows` are new to the ledger;
    without a `run` it is left alone.
    """
    zone = services.settings.api_timezone
    changed = {row.id: to_instant(row.modified_date, zone) for row in rows}
    old = {i for i, at in changed.items() if live is None or (at is not None and at < live)}
    held = [(row.id, row.reference or "", changed[row.id]) for row in rows if row.id in old]
    if held and run:
        services.ledger.days.hold_unread(held, run)
    if held:
        log.info("%d orders of before go-live (%s) wait for a person", len(held), live or "no day was run yet")
    return [row for row in rows if row.id not in old]
