"""What to ask people: an open alert that only a person can end is a question, once."""

from typing import NamedTuple

from orderflow.domain.advice import advice
from orderflow.domain.questions import QUESTIONS
from orderflow.flow.orders.resolve import as_it_is_now, as_shown
from orderflow.flow.services import Services
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.alerts import Alert
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.models.questions import AskedQuestion

MOST = 500
"""Questions that one run opens; the next one opens more."""
MANY_RUNS = 25
"""With more runs than this waiting for answers, their questions are gathered in fewer: each one costs the scheduler."""

OVER, GATHERED = "over", "gathered"
"""Why a question is none any more, besides an answer. The latter is asked anew."""


class Text(NamedTuple):
    """A question as it is shown."""

    subject: str
    body: str
    options: list[str]


def to_ask(ledger: Ledger) -> list[int]:
    """Return the alerts that people are to be asked about and are not yet, the oldest first."""
    asked, now = ledger.questions.asked(), ledger.now()
    return [
        alert.id
        for alert in ledger.alerts.open()
        if alert.reason in QUESTIONS
        and alert.id not in asked
        and alert.opened_at + QUESTIONS[alert.reason].patience <= now
    ][:MOST]


def ask(services: Services, alert_id: int, run: RunRef) -> tuple[AskedQuestion, Text] | None:
    """Note that this task asks about an alert; None when that is over, or another one asks.

    The order is read: the answer will be about what the shop shows of it now.
    """
    alert = _open_alert(services.ledger, alert_id)
    if alert is None:
        return None
    question = services.ledger.questions.ask(alert, _facts(services, alert), run)
    return (question, _text(alert)) if question else None


def why_none(ledger: Ledger, question: AskedQuestion, *, may_gather: bool = False) -> str | None:
    """Say why a question is none any more; None while it is one."""
    if _open_alert(ledger, question.alert_id) is None:
        return OVER
    return GATHERED if may_gather and ledger.questions.waiting_runs() > MANY_RUNS else None


def _facts(services: Services, alert: Alert) -> str:
    """Return what tells the order as it is now from what it is later; a packing slip in doubt stays as it was sent."""
    if alert.shipment or alert.order_id is None:
        return ""
    return as_shown(as_it_is_now(services, alert.order_id))


def _open_alert(ledger: Ledger, alert_id: int) -> Alert | None:
    return next((alert for alert in ledger.alerts.open() if alert.id == alert_id), None)


def _text(alert: Alert) -> Text:
    question = QUESTIONS[alert.reason]
    said = advice(alert.reason, alert.title)
    rows = "\n".join(f"| **{option.text}** | {option.consequence} |" for option in question.options)
    message = f"\n\n{_as_code(alert.message)}" if alert.message else ""
    body = (
        f"{said.meaning}{message}\n\n{said.action}\n\n| answer | what happens then |\n|---|---|\n{rows}\n\n"
        f"Owner: {said.owner}. Without an answer nothing happens, for however long."
    )
    return Text(f"{alert.order} {question.text}", body, [option.text for option in question.options])


def _as_code(text: str) -> str:
    """Show what shop or ERP said as it is: no link, no table, no picture of theirs."""
    return "\n".join(f"    {line}" for line in text.splitlines())
