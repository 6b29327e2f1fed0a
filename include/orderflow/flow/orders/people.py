"""The people and addresses of an order at the moment it is sent: resolved before, remembered after."""

from typing import TypedDict

from orderflow.domain.decision import Action, Decision
from orderflow.domain.order import Order
from orderflow.domain.people import People
from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError
from orderflow.flow.customers.who import were_sent, who
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import RunRef, Step
from orderflow.ledger.orders.claim import Claim

FOR_A_PERSON = frozenset({Reason.CUSTOMER_UNKNOWN, Reason.CUSTOMER_NOT_IN_ERP, Reason.CUSTOMER_REJECTED})
"""Why an unsent order is held: the same read tomorrow may find the problem fixed."""


class NamedPeople(TypedDict, total=False):
    """The customer and addresses that went to the ERP, as `origin/key`."""

    customer_key: str | None
    customer_code: str | None
    ship_to_key: str | None
    bill_to_key: str | None


def people_of(services: Services, order: Order, run: RunRef, *, begun: bool) -> People | Decision:
    """Return the order's people, by now known to the ERP, or the decision to hold an order that was never sent."""
    try:
        return who(services, order, run)
    except PermanentError as error:
        if begun or error.reason not in FOR_A_PERSON:
            raise
        return Decision(action=Action.HOLD, reason=error.reason, detail=error.message)


def named_in(people: People) -> NamedPeople:
    """Return what to remember about an order's people."""
    buyer, ship_to, bill_to = people.buyer, people.ship_to, people.bill_to
    return {
        "customer_key": str(buyer.record) if buyer else None,
        "customer_code": buyer.code if buyer else None,
        "ship_to_key": str(ship_to.record) if ship_to else None,
        "bill_to_key": str(bill_to.record) if bill_to else None,
    }


def flag_changed_addresses(services: Services, claim: Claim, people: People) -> None:
    """Report once if an address differs from the one sent with an earlier order; the ERP's record is not changed."""
    changed = were_sent(services, people)
    takes_changes = services.settings.webshop(claim.order.webshop or 0).customers == "create_and_update"
    if changed and not takes_changes and claim.order.reason is None:
        names = ", ".join(f"address {record}" for record in changed)
        claim.flag(Reason.ADDRESS_CHANGED, names, Step.PUSH)


def forget_rejected(services: Services, people: People) -> None:
    """Look the customer up again next time: the ERP may have rejected the order because the customer is gone."""
    if people.buyer is not None:
        services.ledger.people.parties.forget(people.buyer.record)
