"""What goes wrong on purpose: rules that pick calls and say what happens to them."""

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

    `commit` makes `status` and `wrong_answer` do what was asked before they answer otherwise.
    `manners` (see `sandbox.manners.table`) hold for the calls that are hit and do what was asked.
    `then` changes the shop's order that the call names, once the call is dealt with: `{"state": "cancel"}`.
    """

    model_config = ConfigDict(extra="forbid")

    service: Service | None = None
    method: str | None = None
    path: str | None = None
    """Searched for in path and query as a regular expression."""
    body: str | None = None
    """Searched for in the raw body as a regular expression."""
    times: int = Field(default=1, ge=0)
    """How many calls are hit; 0 is all."""
    skip: int = Field(default=0, ge=0)
    """How many matching calls pass first."""
    probability: float = Field(default=1, ge=0, le=1)
    seed: int = 0
    action: Action
    name: str | None = None
    """As it shows in the journal; the action when left out."""
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
        """Start the dice of this rule; the same seed throws the same."""
        super().model_post_init(context)
        self._random.seed(self.seed)

    def hits(self, service: Service, call: Call) -> bool:
        """Decide about a call, counting it."""
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
    """The rules in force; the first one that hits a call has it."""

    def __init__(self) -> None:
        self.rules: list[FaultRule] = []

    def add(self, rules: list[dict[str, Any]]) -> Self:
        """Add rules behind those there are; pydantic.ValidationError when one is not valid."""
        self.rules += [FaultRule.model_validate(rule) for rule in rules]
        return self

    def pick(self, service: Service, call: Call) -> FaultRule | None:
        """Return the rule that this call falls to."""
        return next((rule for rule in self.rules if rule.hits(service, call)), None)
