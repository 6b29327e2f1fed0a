"""What a task of a dry run does instead of writing."""

import logging

from orderflow.flow.batch import raise_failures
from orderflow.flow.plan import Plan, keep_plan
from orderflow.flow.services import Services
from orderflow.orchestration.run_context import RunContext

log = logging.getLogger(__name__)


def show(services: Services, here: RunContext, plan: Plan) -> None:
    """Store and log what a dry run has planned; it fails where the run would."""
    log.info("%s", keep_plan(services, here.run, plan))
    raise_failures(plan.failed)
