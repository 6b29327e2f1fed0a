"""Deliberate faults: rules that select calls and say what happens to them."""

import random
import re
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator

from sandbox.config import Service
from sandbox.manners.table import checked
from sandbox.wire import Call, Reply, json_reply

Action = Literal[
    "behave",
    "status",
    "delay",
    "reset_before_commit",
    "reset_after_commit",
    "hang_then_commit",
    "ignore_fields",
    "wrong_answer",
    "truncated_body",
]


class FaultRule(BaseModel):
    """Which calls are hit, how often, and how. Fields left out match every call.

    behave              do it and answer, with the rule's `manners`
    status              answer `status` with `headers` and `answer` (JSON) or `html`
    delay               wait `seconds`, then behave
    reset_before_commit cut the connection, nothing done
    reset_after_commit  do it, then cut the connection
    hang_then_commit    hold for `seconds` or until released, then do it and answer
    ignore_fields       do it except for `fields` (`order_lines.x` for lines); with `echo` the answer hides that
    wrong_answer        answer 200 with `answer`
    truncated_body      do it, then send half of the answer and cut the connection

    `commit` makes `status` and `wrong_answer` carry out the request before they answer.
    `manners` (see `sandbox.manners.table`) apply to matching calls that carry out the request.
    `then` changes the call's order in the shop once the call is finished: `{"state": "cancel"}`.
    """

    model_config = ConfigDict(extra="forbid")

    service: Service | None = None
    method: str | None = None
    path: str | None = None
    """A regular expression searched for in path and query."""
    body: str | None = None
    """A regular expression searched for in the raw body."""
    times: int = Field(default=1, ge=0)
    """How many calls are hit; 0 means all."""
    skip: int = Field(default=0, ge=0)
    """How many matching calls are let through first."""
    probability: float = Field(default=1, ge=0, le=1)
    seed: int = 0
    action: Action
    name: str | None = None
    """The name in the journal; the action if left out."""
    status: int = 500
    headers: dict[str, str] = Field(default_factory=dict)
    answer: Any = None
    html: str | None = None
    commit: bool = False
    seconds: float = 3600
    fields: frozenset[str] = frozenset()
    echo: bool = False
    manners: frozenset[str] = frozenset()
    then: dict[str, Any] | None = None

    _seen: int = PrivateAttr(default=0)
    _hit: int = PrivateAttr(default=0)
    _random: random.Random = PrivateAttr(default_factory=random.Random)

    @field_validator("manners")
    @classmethod
    def _known(cls, names: frozenset[str]) -> frozenset[str]:
        return checked(names)

    def model_post_init(self, context: Any, /) -> None:
        """Seed this rule's random generator; the same seed gives the same sequence."""
        super().model_post_init(context)
        self._random.seed(self.seed)

    def hits(self, service: Service, call: Call) -> bool:
        """Decide whether a call is hit, and count it."""
        if (self.times and self._hit >= self.times) or not self._matches(service, call):
            return False
        self._seen += 1
        if self._seen <= self.skip or self._random.random() >= self.probability:
            return False
        self._hit += 1
        return True

    def _matches(self, service: Service, call: Call) -> bool:
        target = f"{call.path}?{call.query_string}" if call.query_string else call.path
        return (
            self.service in {None, service}
            and self.method in {None, call.method}
            and (self.path is None or re.search(self.path, target) is not None)
            and (self.body is None or re.search(self.body.encode(), call.body) is not None)
        )

    def canned(self) -> Reply:
        """Build the answer that the rule gives instead of the real one."""
        status = 200 if self.action == "wrong_answer" else self.status
        if self.html is not None:
            return Reply(status, self.html.encode(), {"content-type": "text/html; charset=utf-8", **self.headers})
        return json_reply(self.answer, status, headers=self.headers)


class Faults:
    """The active rules; the first one that matches a call applies."""

    def __init__(self) -> None:
        self.rules: list[FaultRule] = []

    def add(self, rules: list[dict[str, Any]]) -> Self:
        """Append rules; pydantic.ValidationError for an invalid one."""
        self.rules += [FaultRule.model_validate(rule) for rule in rules]
        return self

    def pick(self, service: Service, call: Call) -> FaultRule | None:
        """Return the rule that applies to this call."""
        return next((rule for rule in self.rules if rule.hits(service, call)), None)
