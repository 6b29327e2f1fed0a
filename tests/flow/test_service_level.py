"""A day on which too few orders were in time is announced once, and is over after a good day."""

from datetime import timedelta

import pytest

from orderflow.domain.decision import Action, Decision
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.flow.reporting.service_level import judge_service_level
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import RunRef, Step
from support.clock import Clock
from support.flow_runs import SETTINGS
from support.orders import order

RUN = RunRef(dag_id="orderflow_reconcile", run_id="morning")


@pytest.fixture
def settings() -> dict[str, object]:
    return {**SETTINGS, "alerts": {"service_level": "95 % within 1 h"}}


def exported(services: Services, clock: Clock, number: int, *, after: timedelta) -> None:
    confirmed = clock.now
    paid = Decision(action=Action.PROCESS, reason=Reason.PAID)
    services.ledger.decide(order(order_id=number, reference=f"CS{number}", confirmed_at=confirmed), paid, RUN)
    clock.now = confirmed + after
    with services.ledger.claim(number, RUN) as claim:
        claim.intend(Step.PUSH)
        claim.succeed(Step.PUSH, progress=Progress.PUSHED, erp_number=f"ERP-{number}")
    clock.now = confirmed


def test_a_day_that_missed_it_is_told_and_a_day_that_met_it_closes_it(services: Services, clock: Clock) -> None:
    exported(services, clock, 1, after=timedelta(minutes=5))
    exported(services, clock, 2, after=timedelta(hours=3))
    clock.advance(days=1)
    judge_service_level(services, RUN)

    (alert,) = services.ledger.alerts.open()
    assert (alert.reason, alert.order) == (Reason.SERVICE_LEVEL_MISSED, "service level")
    assert "50.0 % of 2 orders were in the ERP in time; asked for is 95 % within 1 h" in alert.message

    clock.advance(days=1)
    judge_service_level(services, RUN)
    assert len(services.ledger.alerts.open()) == 1, "a day without orders says nothing"

    exported(services, clock, 3, after=timedelta(minutes=50))
    clock.advance(days=1)
    judge_service_level(services, RUN)
    assert services.ledger.alerts.open() == []
