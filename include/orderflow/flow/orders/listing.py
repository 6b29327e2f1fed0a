"""A run's orders: all pages are read before anything is changed, because writing moves rows between pages."""

import logging
from collections.abc import Iterable

from orderflow.domain.reasons import Reason
from orderflow.domain.states import ALIVE, IN_ERP, WRITTEN, ShopState
from orderflow.domain.window import Window
from orderflow.errors import ConfigurationError, OrderflowError
from orderflow.flow.batch import errors, isolated, values
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder
from orderflow.ledger.orders.conditions import is_order_id

log = logging.getLogger(__name__)


def list_window(services: Services, window: Window) -> list[int | OrderflowError]:
    """Return the sorted ids of the window's confirmed, partly written back and unsent offline orders.

    A listing known to be incomplete ends with the error that says so; so does one without its offline orders.

    Partly written back means: `processing` without an ERP number in the shop, or unfinished in the ledger. A row does
    not show line numbers, so an order whose outcome the ledger has lost is also checked.
    """
    # One listing per state would need two calls on an idle day, and orders that change state meanwhile would move
    # between the two listings; here they stay.
    rows = services.list_window(window, offline=False)
    seen = list(rows)
    confirmed = [row for row in seen if row.may_be(ShopState.CONFIRMED)]
    processing = [row for row in seen if row.state == ShopState.PROCESSING]
    known = services.ledger.get_many(row.id for row in processing)
    halfway = [row for row in processing if not row.erp_order_number or not _is_finished(known.get(row.id))]
    unfinished = services.ledger.unfinished(window.key)
    log.info(
        "%s: %d confirmed, %d processing and perhaps partly written back, %d unfinished by the ledger",
        window.key,
        len(confirmed),
        len(halfway),
        len(unfinished),
    )
    offline = _unsent_offline(services, window)
    found = {row.id for row in [*confirmed, *halfway]} | {*unfinished, *values(offline)}
    return [*sorted(found), *([rows.short] if rows.short else []), *errors(offline)]


def _unsent_offline(services: Services, window: Window) -> list[int | OrderflowError]:
    """Return the ids that the shop lists as offline: each says when it is read, or by the lists, whether it is."""

    def listed() -> list[int | OrderflowError]:
        rows = services.list_window(window, offline=True)
        ids = [row.id for row in rows if row.state in {*ALIVE, None}]
        known = services.ledger.get_many(ids)
        unsent = [i for i in ids if i not in known or known[i].progress not in IN_ERP]
        return [*unsent, *([rows.short] if rows.short else [])]

    units = isolated(listed, "offline orders")
    return [units] if isinstance(units, OrderflowError) else units


def _is_finished(known: LedgerOrder | None) -> bool:
    return known is not None and (known.progress in WRITTEN or known.reason is Reason.ALREADY_EXPORTED)


def find_referenced(services: Services, references: Iterable[str]) -> list[int | OrderflowError]:
    """Return the id of each named order, or why it was not found: one wrong name does not hide the others.

    A reference is `CS48193`, or `2/CS48193` with its webshop.
    """
    names = list(dict.fromkeys(reference.strip() for reference in references))
    return services.each(lambda name: _find(services, name), names, str)


def _find(services: Services, reference: str) -> int:
    webshop, slash, bare = reference.rpartition("/")
    if not bare or not bare.isprintable() or (slash and not is_order_id(webshop)):
        raise ConfigurationError(f"{reference!r} is not an order reference; write CS48193 or 2/CS48193")
    return services.shop.find_order(bare, webshop=int(webshop) if webshop else None).id
