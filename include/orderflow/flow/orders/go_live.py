"""Go-live: from when the sweep exports orders automatically, and what it leaves to a person."""

import logging
from collections.abc import Iterable
from datetime import datetime

from orderflow.cloudsuite.mapper import to_instant
from orderflow.cloudsuite.models import ListedOrder
from orderflow.domain.decision import Action, Decision
from orderflow.domain.go_live import is_taken_up
from orderflow.domain.window import Window
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder, RunRef

log = logging.getLogger(__name__)


def go_live(services: Services, *, by_person: bool) -> datetime | None:
    """Return from when orders are exported: the setting or, for the sweep, the earliest day that was run.

    None: there is no setting and, for the sweep, no day was run yet.
    """
    if services.settings.go_live or by_person:
        return services.settings.go_live
    first = services.ledger.days.earliest()
    return Window.of_day(first, services.settings.timezone).start if first else None


def is_known(order: LedgerOrder | None, decision: Decision) -> bool:
    """Whether an earlier run has already taken the order, so that go-live no longer matters.

    An offline order was taken up to be marked, not to be exported.
    """
    if order is None or (order.is_offline and decision.action is not Action.MARK):
        return False
    return order.external_reference is not None or is_taken_up(order.decision, order.reason)


def hold_back(
    services: Services, rows: Iterable[ListedOrder], live: datetime | None, run: RunRef | None
) -> list[ListedOrder]:
    """Hold orders whose row alone proves that they are from before go-live, unread; return the other rows.

    Confirming an order changes it, so an order last changed before go-live was confirmed before it. `rows` are new to
    the ledger; without a `run` it is left alone.
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
