"""What to ask people: each open alert that only a person can resolve becomes one question."""

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
"""The most questions that one run opens; the next run opens more."""
MANY_RUNS = 25
"""If more runs than this wait for answers, their questions move to fewer runs: each one burdens the scheduler."""

OVER, GATHERED = "over", "gathered"
"""Why a question was closed, besides an answer. A gathered one is asked again."""


class Text(NamedTuple):
    """A question as it is shown."""

    subject: str
    body: str
    options: list[str]


def to_ask(ledger: Ledger) -> list[int]:
    """Return the alerts that need a question and have none yet, oldest first."""
    asked, now = ledger.questions.asked(), ledger.now()
    return [
        alert.id
        for alert in ledger.alerts.open()
        if alert.reason in QUESTIONS
        and alert.id not in asked
        and alert.opened_at + QUESTIONS[alert.reason].patience <= now
    ][:MOST]


def ask(services: Services, alert_id: int, run: RunRef) -> tuple[AskedQuestion, Text] | None:
    """Record that this task asks about an alert; None if the alert is over, or another task asks.

    The order is read, because the answer will refer to what the shop shows now.
    """
    alert = _open_alert(services.ledger, alert_id)
    if alert is None:
        return None
    question = services.ledger.questions.ask(alert, _facts(services, alert), run)
    return (question, _text(alert)) if question else None


def why_none(ledger: Ledger, question: AskedQuestion, *, may_gather: bool = False) -> str | None:
    """Return why a question no longer needs an answer; None while it does."""
    if _open_alert(ledger, question.alert_id) is None:
        return OVER
    return GATHERED if may_gather and ledger.questions.waiting_runs() > MANY_RUNS else None


def _facts(services: Services, alert: Alert) -> str:
    """Return what identifies the order's current state; none for a packing slip in doubt, which stays as sent."""
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
    """Show the text of shop or ERP literally, so that it cannot become a link, a table or a picture."""
    return "\n".join(f"    {line}" for line in text.splitlines())
