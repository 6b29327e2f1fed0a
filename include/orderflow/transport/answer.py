"""An answer as it was received."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import simplejson
from pydantic import ValidationError

from orderflow.transport.failures import RefusedError

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """An answer that was not a failure: 2xx, or a status the caller asked to see."""

    status: int
    headers: Mapping[str, str]
    body: str = field(repr=False)
    unreadable: Callable[[str], RefusedError] = field(repr=False)
    """Makes the error that says what is wrong with this answer: `raise answer.unreadable("names no id")`."""

    def json(self) -> Any:
        """Return the body with every number as it was written (10.00 stays 10.00); RefusedError when not JSON."""
        try:
            return simplejson.loads(self.body, use_decimal=True)
        except ValueError as error:
            raise self.unreadable("is not JSON") from error

    def json_object(self) -> dict[str, Any]:
        """Return the body as one JSON object; RefusedError when it is something else."""
        value = self.json()
        if not isinstance(value, dict):
            raise self.unreadable("is not a JSON object")
        return value

    def parse(self, model: Callable[[dict[str, Any]], T]) -> T:
        """Return the body's object through a pydantic validator; RefusedError naming the fields that are wrong."""
        document = self.json_object()
        try:
            return model(document)
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            raise self.unreadable(f"is not as agreed ({wrong})") from error
