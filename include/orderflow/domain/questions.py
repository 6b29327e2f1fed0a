"""What only a person can decide, and the options, each in plain words with its consequence.

There is no option to wait: without an answer, everything waits. No answer is ever assumed.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from orderflow.domain.open_enum import OpenEnum
from orderflow.domain.reasons import Reason


class Verb(OpenEnum):
    """The effect of an answer."""

    RETRY = "retry"
    RESOLVE = "resolve"
    ARRIVED = "arrived"
    SEND_NOW = "send_now"


class Option(NamedTuple):
    """One answer: its effect, the text of its button, and its consequence."""

    verb: Verb
    text: str
    consequence: str


class Question(NamedTuple):
    """A question and its possible answers."""

    text: str
    options: tuple[Option, ...]
    patience: timedelta = timedelta()
    """How long the matter may still resolve on its own before anybody is asked."""


_NEVER_SENT = "Its alerts are closed and it is never sent to the ERP."
_LOOK_AGAIN = Option(
    Verb.RETRY,
    "Look again now",
    "The order is read again and looked up in the ERP. If it is there, it is taken over. It is sent again only where "
    "the ERP itself prevents a second one; else it stays as it is.",
)
_BY_HAND = Option(Verb.RESOLVE, "I have dealt with it by hand", _NEVER_SENT)
_WITHIN_A_SWEEP_OR_TWO = timedelta(minutes=30)

_CANCELLED = Question(
    "is cancelled in the shop, and the ERP has it. What has been done in the ERP?",
    (
        Option(
            Verb.RESOLVE,
            "It is cancelled in the ERP too",
            "Its alerts are closed, and the difference between shop and ERP is accepted. Neither is changed.",
        ),
        Option(Verb.RETRY, "Look again now", "For an order that is confirmed again in the shop: it is taken up again."),
    ),
)

QUESTIONS: Mapping[Reason, Question] = {
    Reason.ERP_IN_DOUBT: Question(
        "was sent, and nobody knows whether the ERP has it. Look there first.",
        (_LOOK_AGAIN, _BY_HAND),
        _WITHIN_A_SWEEP_OR_TWO,
    ),
    Reason.MESSAGE_IN_DOUBT: Question(
        "was sent, and nobody knows whether the shop has it. Look into the shop's admin first.",
        (
            Option(Verb.ARRIVED, "The shop has it", "It counts as sent. Nothing is sent."),
            Option(
                Verb.SEND_NOW,
                "The shop does not have it: send it",
                "It is sent once more, now. A shop that has it after all may show the shipment twice.",
            ),
        ),
    ),
    Reason.EDITED_AFTER_EXPORT: Question(
        "was changed in the shop after it went to the ERP, which holds the former order.",
        (
            Option(
                Verb.RESOLVE,
                "The ERP is changed too, or need not be",
                "The order is accepted as the shop shows it now, and its alerts are closed. Neither side is changed; "
                "a further change is asked about again.",
            ),
            Option(Verb.RETRY, "Look again now", "For an order whose change was taken back in the shop."),
        ),
    ),
    Reason.CANCELLED_AFTER_EXPORT: _CANCELLED,
    Reason.WITHDRAWN_AFTER_EXPORT: _CANCELLED._replace(
        text="is no longer confirmed in the shop, and the ERP has it. What has been done in the ERP?"
    ),
    Reason.REFERENCE_TAKEN: Question(
        "has a reference that another order has in the ERP. Are they one order or two?",
        (
            Option(
                Verb.RETRY,
                "Two: it has another reference now",
                "After you have changed the reference in the shop: the order is read again and sent under the new one.",
            ),
            Option(
                Verb.RESOLVE,
                "One, or I have dealt with it by hand",
                f"{_NEVER_SENT} The other order is left alone.",
            ),
        ),
    ),
}
"""By the reason of the open alert."""


def chosen(reason: Reason, text: str) -> Option | None:
    """Return the option with this button; None if this question has no such option (any more)."""
    question = QUESTIONS.get(reason)
    return next((option for option in question.options if option.text == text), None) if question else None


def next_look(age: timedelta) -> timedelta:
    """Return when to check again whether a question of this age is still needed: soon at first, then less often."""
    return min(max(age / 4, timedelta(minutes=15)), LONGEST_LOOK)


LONGEST_LOOK = timedelta(hours=4)
