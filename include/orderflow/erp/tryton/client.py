"""Tryton's REST user application: reads, creates and advances records in Tryton's notation of dates and decimals."""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import quote

import simplejson
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from orderflow.erp.inspection import served_at
from orderflow.transport import Answer, Channel
from orderflow.transport.document import WrittenNumber

PAGE = 100
LONGEST_VALUES = 1500
"""Bytes of values per search: the search domain is part of the URL, and gunicorn accepts 4094 bytes of it."""

Domain = Sequence[Any]
EVERYBODY: Domain = (["active", "in", [True, False]],)
"""Includes inactive records, which a plain search hides."""


class TrytonRecord(BaseModel):
    """A record as read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: int


R = TypeVar("R", bound=TrytonRecord)
T = TypeVar("T")


class TrytonRest:
    """Reads and writes records of one database as the user of the channel's key. Safe to share between threads."""

    def __init__(self, channel: Channel, database: str) -> None:
        self._channel = channel
        self._models = f"/{quote(database, safe='')}/rest/model"

    def search(
        self, kind: type[R], model: str, domain: Domain, fields: Iterable[str], *, company: int | None = None
    ) -> list[R]:
        """Return the first records, at most one page, ordered by id; TransientError, PermanentError."""
        answer = self._channel.call(
            "GET",
            f"{self._models}/{model}",
            params={"d": _packed(_encoded(domain)), "o": _packed([["id", "ASC"]]), "s": str(PAGE), "f": list(fields)},
            headers=_context(company),
            retry=True,
        )
        return _records(answer, kind)

    def search_all(
        self, kind: type[R], model: str, domain: Domain, fields: Sequence[str], *, company: int | None = None
    ) -> Iterable[R]:
        """Yield all records."""
        for page in self.pages(kind, model, domain, fields, company=company):
            yield from page

    def pages(
        self, kind: type[R], model: str, domain: Domain, fields: Sequence[str], *, company: int | None = None
    ) -> Iterable[list[R]]:
        """Yield all records page by page. Each page starts after the last id, so new records do not shift the pages."""
        page = self.search(kind, model, domain, fields, company=company)
        while page:
            yield page
            if len(page) < PAGE:
                return
            page = self.search(kind, model, [*domain, ["id", ">", page[-1].id]], fields, company=company)

    def search_in(
        self,
        kind: type[R],
        model: str,
        field: str,
        values: Iterable[str],
        fields: Sequence[str],
        *,
        company: int,
        also: Domain = (),
    ) -> list[R]:
        """Return every record whose `field` is one of `values`, split over as many requests as needed."""
        found: list[R] = []
        for some in _batches(sorted(set(values))):
            found += self.search_all(kind, model, [[field, "in", some], *also], fields, company=company)
        return found

    def server_time(self) -> datetime | None:
        """Return the time by Tryton's clock, from the answer to a look at one language, which every user may read."""
        answer = self._channel.call("GET", f"{self._models}/ir.lang", params={"s": "1", "f": ["code"]}, retry=True)
        return served_at(answer)

    def create(self, kind: type[R], model: str, values: dict[str, Any], fields: Sequence[str], *, company: int) -> R:
        """Create one record with one request. RefusedError 400: Tryton refuses it. UnavailableError: nobody knows."""
        return self._write("POST", kind, model, values, fields, company=company)

    def update(
        self, kind: type[R], model: str, record: int, values: dict[str, Any], fields: Sequence[str], *, company: int
    ) -> R:
        """Change one record with one request. Errors as in `create`."""
        return self._write("PUT", kind, f"{model}/{record}", values, fields, company=company)

    def press(self, kind: type[R], model: str, record: int, button: str, fields: Sequence[str], *, company: int) -> R:
        """Press a button on a record's form with one request. Errors as in `create`."""
        return self._write("POST", kind, f"{model}/{record}/{button}", {}, fields, company=company)

    def ask(self, kind: type[R], path: str, *, company: int) -> R:
        """Call a method that stores nothing, such as a form's on-change, on `model/id/method`."""
        return self._write("POST", kind, path, {}, (), company=company)

    def _write(
        self, method: str, kind: type[R], path: str, values: dict[str, Any], fields: Sequence[str], *, company: int
    ) -> R:
        answer = self._channel.call(
            method,
            f"{self._models}/{path}",
            params={"f": list(fields)},
            json=_encoded(values),
            headers=_context(company),
            retry=False,
        )
        return _checked(answer, TypeAdapter(kind), _decoded(answer.json()))


def _records(answer: Answer, kind: type[R]) -> list[R]:
    return _checked(answer, TypeAdapter(list[kind]), _decoded(answer.json()))  # type: ignore[valid-type]


def _checked(answer: Answer, adapter: TypeAdapter[T], value: Any) -> T:
    """Validate. A field is missing if the key's user may not read it; the message must say so."""
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
        raise answer.unreadable(f"is not as agreed, or its user may not read it all ({wrong})") from error


def _context(company: int | None) -> dict[str, str]:
    return {} if company is None else {"X-Tryton-Context": _packed({"company": company})}


def _packed(value: Any) -> str:
    return urlsafe_b64encode(simplejson.dumps(value, ensure_ascii=False).encode()).decode()


def _batches(values: Sequence[str]) -> Iterable[list[str]]:
    batch: list[str] = []
    for value in values:
        if batch and sum(len(one.encode()) + 4 for one in [*batch, value]) > LONGEST_VALUES:
            yield batch
            batch = []
        batch.append(value)
    if batch:
        yield batch


def _encoded(value: Any) -> Any:
    """Encode a value in Tryton's notation. Tryton reads instants without a zone as UTC."""
    match value:
        case Decimal():
            return {"__class__": "Decimal", "decimal": format(value, "f")}
        case datetime():
            moment = value.astimezone(UTC)
            names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
            return {"__class__": "datetime", **{name: getattr(moment, name) for name in names}}
        case date():
            return {"__class__": "date", **{name: getattr(value, name) for name in ("year", "month", "day")}}
        case dict():
            return {name: _encoded(part) for name, part in value.items()}
        case list() | tuple():
            return [_encoded(part) for part in value]
        case _:
            return value


def _decoded(value: Any) -> Any:
    if isinstance(value, list):
        return [_decoded(part) for part in value]
    if not isinstance(value, dict):
        return value
    parts = {name: _decoded(part) for name, part in value.items() if name != "__class__"}
    match value.get("__class__"):
        case "Decimal":
            return WrittenNumber(str(parts["decimal"]))
        case "datetime":
            return datetime(**parts, tzinfo=UTC)
        case "date":
            return date(**parts)
        case _:
            return parts
