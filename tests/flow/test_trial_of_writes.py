"""A person names an order of a test environment: who is asked, who is kept out, and what messages answer."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from orderflow.checking.judging_writes import judge_messages
from orderflow.checking.tried import Fate, Tried
from orderflow.checking.verdict import CheckOutcome
from orderflow.errors import ConfigurationError, OrderflowError
from orderflow.flow.orders.run import run_sweep
from orderflow.flow.services import Services
from orderflow.flow.shop_check.trial import trial_of
from orderflow.ledger.models.orders import RunRef
from orderflow.settings import Settings
from sandbox.control import SandboxControl
from support.flow_runs import Runs

RUN = RunRef(dag_id="command", run_id="check")
WITH_USER = Settings.model_validate({"webshops": {"1": {"messages": {"user": 10}}}})


def _yes(_question: str, _word: str) -> bool:
    return True


@pytest.mark.parametrize("name", ["CS1", "1/CS1", " CS1 "])
def test_the_person_is_told_which_order_and_where(name: str, services: Services, control: SandboxControl) -> None:
    (order_id,) = control.add_orders({"reference": "CS1"})
    asked = []
    trial_of(services, name, RUN, lambda *said: asked.append(said) or True)
    ((question, word),) = asked
    assert word == "CS1"
    assert f"CS1 (id {order_id}, confirmed) of {control.url}" in question


@pytest.mark.parametrize(
    ("name", "ask", "said"),
    [
        ("CS9", _yes, "CS9"),
        ("x/CS1", _yes, "is not an order reference"),
        ("CS2", _yes, "several orders"),
        ("CS1", lambda *_: False, "nothing was written"),
    ],
)
def test_nothing_is_written_where_the_order_or_the_word_is_missing(
    name: str, ask: Callable[[str, str], bool], said: str, services: Services, control: SandboxControl
) -> None:
    control.add_orders({"reference": "CS1"}, {"reference": "CS2"}, {"reference": "CS2"})
    with pytest.raises(OrderflowError, match=said):
        trial_of(services, name, RUN, ask)
    assert {call["method"] for call in control.journal()} <= {"GET"}


def test_messages_need_the_user_that_they_name(services: Services, control: SandboxControl) -> None:
    control.add_orders({"reference": "CS1"})
    with pytest.raises(ConfigurationError, match=r"webshops\.1\.messages\.user"):
        trial_of(services, "CS1", RUN, _yes, with_message=True)


def test_an_order_that_a_run_is_working_on_is_left_alone(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders({"reference": "CS1", "payment_status": "started"})
    run_sweep(services, runs())
    trial = trial_of(services, "CS1", RUN, _yes)
    control.clear_journal()
    with services.ledger.claim(order_id, runs()), pytest.raises(OrderflowError):
        trial(never)
    assert control.journal() == []
    assert trial(never).left == ()


def never() -> bool:
    """Nobody stops the trial."""
    return False


def _tried(services: Services) -> Tried:
    return trial_of(replace(services, settings=WITH_USER), "CS1", RUN, _yes, with_message=True)(never)


ANSWERS: list[tuple[dict[str, Any] | None, list[Fate], CheckOutcome]] = [
    (None, [Fate.REFUSED, Fate.REFUSED], CheckOutcome.HOLDS),
    ({"status": 404, "html": "<html>Not Found</html>"}, [Fate.NO_ADDRESS, Fate.NO_ADDRESS], CheckOutcome.FAILS),
    ({"status": 200, "answer": {}}, [Fate.TAKEN, Fate.TAKEN], CheckOutcome.FAILS),
    ({"status": 500}, [Fate.IN_DOUBT, Fate.IN_DOUBT], CheckOutcome.FAILS),
    ({"status": 403}, [Fate.NOT_SENT, Fate.NOT_SENT], CheckOutcome.UNSEEN),
]


@pytest.mark.parametrize(("answer", "fates", "outcome"), ANSWERS)
def test_messages_name_an_order_that_nobody_has(
    answer: dict[str, Any] | None, fates: list[Fate], outcome: CheckOutcome, services: Services, control: SandboxControl
) -> None:
    control.add_orders({"reference": "CS1"})
    if answer:
        control.fault("status", service="shop", path="/proxy/", times=0, **answer)
    tried = _tried(services)
    assert [one.fate for one in tried.messages.values()] == fates
    assert judge_messages(tried).outcome is outcome
    assert len(tried.left) == sum(fate in {Fate.TAKEN, Fate.IN_DOUBT} for fate in fates)
    assert control.desadv_messages() == control.confirmations() == []
    posts = control.journal(method="POST", service="shop")
    assert len(posts) == 2
