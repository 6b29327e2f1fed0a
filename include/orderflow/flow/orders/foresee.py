"""What a run would find out about an order before it writes anything, and where it would start: for the dry run."""

from typing import NamedTuple

from orderflow.cloudsuite.models import ShopOrder
from orderflow.domain.decision import Action
from orderflow.domain.lines import SentLine
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.erp.models import SalesOrder, SalesOrderRequest
from orderflow.errors import OrderflowError, PermanentError
from orderflow.flow.batch import isolated
from orderflow.flow.customers.preview import preview_people
from orderflow.flow.exported import Exported
from orderflow.flow.orders.decision import Facts, Move, Verdict, is_partly_written_back
from orderflow.flow.orders.partly_written_back import as_kept
from orderflow.flow.orders.push import investigate, request_for
from orderflow.flow.orders.sent_content import exported_as_found
from orderflow.flow.orders.write_back_rules import require_alive
from orderflow.flow.services import Services
from orderflow.flow.tracing import working_on
from orderflow.ledger.books.people_in_memory import PeopleInMemory
from orderflow.ledger.models.dry_runs import PlannedCall
from orderflow.ledger.models.orders import LedgerOrder
from orderflow.ledger.orders.names import taken_by

Taken = dict[tuple[Reason, str], int]
"""The order that gets a name or a number in the ERP, and why another one then cannot have it."""


class Found(NamedTuple):
    """An order as the run would find it."""

    shop_order: ShopOrder
    order: Order
    known: LedgerOrder | None
    finding: Exported | tuple[Facts, Verdict] | OrderflowError
    """What the ERP has kept of an order that is partly written back; what is decided about any other one."""


def look(services: Services, order_id: int) -> Found:
    """Find out what the run would find out about an order before it writes anything."""
    with working_on(order_id, "dry_run"):
        shop_order, order = services.read(order_id)
        known = services.ledger.get(order_id)

        def find() -> Exported | tuple[Facts, Verdict]:
            partly = known is not None and is_partly_written_back(known)
            return as_kept(services, known) if known and partly else investigate(services, known, order)

        return Found(shop_order, order, known, isolated(find, f"id {order_id}"))


class Start(NamedTuple):
    """Where an order's write-back starts."""

    exported: Exported
    progress: Progress = Progress.PUSHED
    request: SalesOrderRequest | None = None
    """The request that is sent first."""
    before: tuple[PlannedCall, ...] = ()
    """What is sent before that: the buyer, and its number."""
    is_first: bool = False
    """Whether the order takes its name in the ledger with this request."""


def start_of(services: Services, people: PeopleInMemory, taken: Taken, found: Found) -> Start | None:
    """Find out what `push` would do; None if it would neither send nor adopt."""
    _, order, known, finding = found
    if isinstance(finding, OrderflowError):
        raise finding
    if isinstance(finding, Exported):
        return Start(finding, known.progress if known else Progress.PUSHED)
    facts, verdict = finding
    if verdict.error is not None:
        raise verdict.error
    if verdict.decision is not None and verdict.decision.action is Action.HOLD:
        raise PermanentError(verdict.decision.detail, reason=verdict.decision.reason)
    if verdict.move is Move.CHECK and known is not None:
        require_alive(order.state, known.erp_number)
    if verdict.move is Move.ADOPT and facts.found is not None:
        _adopt(services, taken, order, facts.found)
        return Start(exported_as_found(known, order, facts.found))
    if verdict.move in {Move.SEND, Move.SEND_AGAIN}:
        name = (Reason.REFERENCE_TAKEN, facts.name)
        _require_free(taken, order, *name)
        lines = {line.position: f"<ERP line number {line.position}>" for line in facts.order.lines}
        exported = Exported("<ERP number>", lines, tuple(map(SentLine.of, facts.order.lines)))
        calls, named = preview_people(services, people, order)
        taken[name] = order.order_id
        return Start(exported, request=request_for(facts, named), before=calls, is_first=not facts.begun)
    return None


def _adopt(services: Services, taken: Taken, order: Order, found: SalesOrder) -> None:
    """Take the name and the number of an order found in the ERP; a number that is proved may be another's, too."""
    name, number = (Reason.REFERENCE_TAKEN, found.external_reference), (Reason.ERP_NUMBER_CONFLICT, found.number)
    _require_free(taken, order, *name)
    require_unowned(services, order, found.external_reference)
    if found.shop_order_id is None:
        _require_free(taken, order, *number)
    taken |= {name: order.order_id, number: order.order_id}


def _require_free(taken: Taken, order: Order, reason: Reason, value: str) -> None:
    other = taken.get((reason, value), order.order_id)
    if other != order.order_id:
        raise PermanentError(f"{value} goes to order id {other} in the same run", reason=reason)


def require_unowned(services: Services, order: Order, name: str) -> None:
    """PermanentError if the ledger has given a name to another order."""
    owner = services.ledger.by_external_reference([name]).get(name)
    if owner is not None and owner.order_id != order.order_id:
        raise taken_by(owner, order.order_id, name)
