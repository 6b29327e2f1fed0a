"""What to do with an order, and why."""

from pydantic import BaseModel, ConfigDict

from orderflow.domain.open_enum import OpenEnum
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress


class Action(OpenEnum):
    """What can be decided about an order."""

    PROCESS = "process"
    WAIT = "wait"
    HOLD = "hold"
    MARK = "mark"
    """An offline order: not to be exported, only to be marked as sent."""
    SKIP = "skip"


PROGRESS_OF: dict[Action, Progress] = {
    Action.PROCESS: Progress.READY,
    Action.WAIT: Progress.WAITING,
    Action.HOLD: Progress.HELD,
    Action.MARK: Progress.OFFLINE,
    Action.SKIP: Progress.SKIPPED,
}
"""The progress that a decision gives to an order that was not pushed yet."""


class Decision(BaseModel):
    """An action with its reason; `detail` adds what is specific to this order."""

    model_config = ConfigDict(frozen=True)

    action: Action
    reason: Reason
    detail: str = ""
