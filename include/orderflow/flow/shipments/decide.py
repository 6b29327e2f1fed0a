"""Carry out what a person has found out about packing slips in doubt: the shop has one, or does not have it."""

from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import OperatorDecision
from orderflow.errors import OrderflowError, PermanentError
from orderflow.flow.services import Services
from orderflow.flow.shipments.report import keep_alerts
from orderflow.flow.shipments.send import send_shipments
from orderflow.ledger.models.orders import RunRef


def decide_shipments(services: Services, decided: OperatorDecision, run: RunRef) -> list[OrderflowError]:
    """Apply a decision to its packing slips and update their alerts; return what could not be done, with the number.

    While another run works on a slip, nothing is done with it: ClaimedElsewhereError is among the errors.
    """
    known = services.ledger.shipments.get_many(decided.numbers)
    results = send_shipments(services, [number for number in decided.numbers if number in known], run, decided)
    keep_alerts(services, known, run)
    undone = {result.number: result.error for result in results if result.error}
    undone |= {number: unknown(number) for number in decided.numbers if number not in known}
    for number, error in undone.items():
        error.order = number
    return list(undone.values())


def unknown(number: str) -> OrderflowError:
    """Say that there is no such slip."""
    return PermanentError("the ERP shows no such packing slip", reason=Reason.CONFIGURATION, order=number)
