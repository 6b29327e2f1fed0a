"""One ERP order per shop order: who owns a name or a number in the ERP."""

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError
from orderflow.ledger.database.transactions import reading
from orderflow.ledger.models.orders import LedgerOrder
from orderflow.ledger.tables.orders import OrderRow


def refuse_taken(session: Session, row: OrderRow, *, name: str | None, number: str | None) -> None:
    """PermanentError, naming both orders, if another order has the name or the number.

    REFERENCE_TAKEN, or ERP_NUMBER_CONFLICT: an ERP may use a number again, so whoever has proof gives no `number`.
    """
    new_name = name if name != row.external_reference else None  # names are unique: its own is nobody else's
    for taken, reason in (
        (OrderRow.external_reference == new_name if new_name else None, Reason.REFERENCE_TAKEN),
        (OrderRow.erp_number == number if number else None, Reason.ERP_NUMBER_CONFLICT),
    ):
        if taken is not None:
            others = select(OrderRow).where(OrderRow.order_id != row.order_id, taken).order_by(OrderRow.order_id)
            other = session.scalars(others.limit(1)).first()
            if other is not None:
                raise taken_by(LedgerOrder.model_validate(other), row.order_id, name, reason)


def name_just_taken(engine: Engine, order_id: int, name: str | None) -> PermanentError:
    """Report the same for a name that another process has taken at this very instant."""
    with reading(engine) as session:
        other = session.scalars(select(OrderRow).where(OrderRow.external_reference == name)).one()
        return taken_by(LedgerOrder.model_validate(other), order_id, name)


def taken_by(
    other: LedgerOrder, order_id: int, name: str | None, reason: Reason = Reason.REFERENCE_TAKEN
) -> PermanentError:
    """Name both orders, and what the other one has."""
    has = f"ERP order {other.erp_number}" if other.erp_number else f"the name {other.external_reference}"
    called = f", called {name}," if name else ""
    return PermanentError(
        f"order id {order_id}{called} cannot have {has}: it belongs to order id {other.order_id} ({other.name})",
        reason=reason,
    )
