"""An answer as received."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from pydantic import ValidationError

from orderflow.transport.document import read_document
from orderflow.transport.failures import RefusedError
from orderflow.transport.fields import wrong_fields

T = TypeVar("T")


class Unreadable(Protocol):
    """Builds the error that says what is wrong with an answer."""

    def __call__(self, what: str, *, quoted: bool) -> RefusedError:
        """Return it; with `quoted`, the error includes an excerpt of the answer."""


@dataclass(frozen=True)
class Answer:
    """An answer that was not a failure: 2xx, or a status the caller asked to see."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)
    refusal: Unreadable = field(repr=False)
    is_whole: bool = True
    """Whether the content is complete, and not cut off because it was too large."""

    @property
    def body(self) -> str:
        """The content as text, for searching and quoting. Documents are read by `json`, which does not guess."""
        return self.content.decode("utf-8", "replace")

    def unreadable(self, what: str, *, quoted: bool = False) -> RefusedError:
        """Return the error that says what is wrong with this answer: `raise answer.unreadable("names no id")`.

        The answer is quoted only if the caller knows that it is a message and not somebody's order. Of an HTML page the
        title is always quoted: the page comes from something in front of the service.
        """
        return self.refusal(what, quoted=quoted or self.content.lstrip()[:1] == b"<")

    def json(self) -> Any:
        """Return the body with every number as written (10.00 stays 10.00); RefusedError if it is not JSON."""
        if not self.is_whole:
            raise self.unreadable(f"has more than {len(self.content)} bytes")
        try:
            return read_document(self.content)
        except ValueError as error:
            raise self.unreadable(str(error)) from None

    def json_object(self) -> dict[str, Any]:
        """Return the body as one JSON object; RefusedError if it is anything else."""
        value = self.json()
        if not isinstance(value, dict):
            raise self.unreadable("is not a JSON object")
        return value

    def parse(self, model: Callable[[dict[str, Any]], T]) -> T:
        """Return the body's object through a pydantic validator; RefusedError naming the invalid fields."""
        document = self.json_object()
        try:
            return model(document)
        except ValidationError as error:
            raise self.unreadable(f"is not as agreed ({wrong_fields(error)})") from None
