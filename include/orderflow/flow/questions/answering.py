"""Carry out a person's answer, through the same use cases as the parameters and the page's buttons."""

import logging

from orderflow.domain.questions import Verb
from orderflow.domain.shipment import OperatorDecision
from orderflow.errors import OrderflowError, PermanentError
from orderflow.flow.batch import errors, isolated
from orderflow.flow.orders.finish import finish
from orderflow.flow.orders.resolve import resolve
from orderflow.flow.orders.run import process
from orderflow.flow.questions.asking import why_none
from orderflow.flow.services import Services
from orderflow.flow.shipments.decide import decide_shipments
from orderflow.ledger.models.orders import RunRef, Word
from orderflow.ledger.models.questions import AskedQuestion

log = logging.getLogger(__name__)


def carry_out(services: Services, question_id: int, run: RunRef) -> str:
    """Carry out the answer, once, and return the result.

    Nothing is done if the matter is over, or has changed since the person was asked. An error that may pass is raised
    for a retry. Any other error is the result, and the question is asked again.
    """
    question = services.ledger.questions.get(question_id)
    if question.result is not None or question.answer is None:
        return question.result or "there is no answer"
    result = why_none(services.ledger, question)
    if result is None:
        done = isolated(lambda: _do(services, question, run), question.name)
        if isinstance(done, OrderflowError):
            if isinstance(done, PermanentError):
                services.ledger.questions.end(question_id, f"not done: {done.message}")
            raise done
        result = done
    else:
        result = f"nothing was done: it is {result}"
    services.ledger.questions.end(question_id, result)
    log.info("%s: %s by %s: %s", question.name, question.answer, question.answered_by, result)
    return result


def _do(services: Services, question: AskedQuestion, run: RunRef) -> str:
    """Carry it out and return the new state of the order or packing slip; the first error is raised."""
    after, word = "", Word(question.answered_by or "", question.remark)
    if question.shipment:
        words = {str(question.answer): [question.shipment]}
        failed = decide_shipments(services, OperatorDecision(**words, made_at=question.asked_at, by=word.by), run)
        after = services.ledger.shipments.get_many([question.shipment])[question.shipment].progress
    elif question.order_id is None:
        failed = []
    elif question.answer is Verb.RESOLVE:
        failed = errors(resolve(services, [question.order_id], run, word=word, as_of=question.facts))
    else:
        done = process(services, [question.order_id], None, run, named=True)
        failed = errors(finish(services, [question.order_id], done, run))
    for error in failed:
        raise error
    order = services.ledger.get(question.order_id) if question.order_id is not None and not after else None
    return f"done: it is at {(order.progress if order else after) or 'an end'} now"
