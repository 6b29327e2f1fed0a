"""Questions to people: every answer is distinct and in words, and a time-out is never an answer."""

from datetime import timedelta

import pytest

from orderflow.domain.questions import LONGEST_LOOK, QUESTIONS, Verb, chosen, next_look
from orderflow.domain.reasons import Reason


@pytest.mark.parametrize("reason", QUESTIONS)
def test_each_button_says_something_else_and_does_something_else(reason: Reason) -> None:
    options = QUESTIONS[reason].options
    assert 2 <= len(options) <= 4, "with more, Airflow shows no buttons"
    assert len({option.text for option in options}) == len({option.verb for option in options}) == len(options)
    for option in options:
        assert chosen(reason, option.text) is option
        assert option.consequence.endswith(".")
        assert "|" not in option.text + option.consequence, "they stand in a table"


@pytest.mark.parametrize("text", ["", "look again now", "Look again now ", "retry", "The shop has it"])
def test_only_the_very_words_are_an_answer(text: str) -> None:
    assert chosen(Reason.ERP_IN_DOUBT, text) is None
    assert chosen(Reason.PAID, text) is None


def test_only_a_doubt_about_a_packing_slip_may_have_one_sent() -> None:
    verbs = {reason: {option.verb for option in question.options} for reason, question in QUESTIONS.items()}
    slips = {Verb.ARRIVED, Verb.SEND_NOW}
    assert verbs.pop(Reason.MESSAGE_IN_DOUBT) == slips
    assert not [reason for reason, some in verbs.items() if some & slips]


def test_it_is_looked_at_more_rarely_as_it_ages_and_never_forgotten() -> None:
    looks = [next_look(timedelta(hours=age)) for age in (-1, 0, 1, 3, 10, 1000)]
    assert looks == sorted(looks)
    assert looks[0] > timedelta()
    assert looks[-1] == LONGEST_LOOK
