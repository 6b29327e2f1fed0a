"""The shop's customers, users and addresses: lists to learn which id has which key, and records by key.

DOCUMENTED: nothing is pushed. The lists hold records of every origin and can be filtered by `create_date__gte`; a
record is read by its key. No call leads from an id to a key, so the ledger has to remember the lists.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Self
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from orderflow.domain.people import RecordKey, RecordKind
from orderflow.domain.reasons import Reason
from orderflow.errors import ConfigurationError, PermanentError
from orderflow.transport import Channel
from orderflow.transport.fields import Id, Instant, Name, Number
from orderflow.transport.path_part import path_part


def _or_none(value: object, read: ValidatorFunctionWrapHandler) -> object:
    try:
        return read(value)
    except ValidationError:
        return None


Lax = WrapValidator(_or_none)
"""A value that cannot be read counts as missing."""


def customer_path(record: RecordKey) -> str:
    """Return the path of a customer."""
    return _path(RecordKind.CUSTOMER, record)


class DirectoryRow(BaseModel):
    """A row of a list. Its origin may be missing: the list holds records of all origins, so it implies none."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Id
    key: Name
    origin: Annotated[Name | None, Lax] = None
    create_date: Annotated[Instant | None, Lax] = None

    @property
    def made(self) -> str | None:
        """When it was created, in the shop's naive local time."""
        return self.create_date.replace(tzinfo=None).isoformat(timespec="microseconds") if self.create_date else None

    @classmethod
    def from_document(cls, document: Any) -> Self:
        """Read one row; pydantic.ValidationError if it has no id or no key."""
        return cls.model_validate(document)


class Directory:
    """Reads records; the only thing it writes is a customer's `code`."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def page(
        self, origin: str, kind: RecordKind, *, since: datetime | None, offset: int, limit: int
    ) -> "DirectoryPage":
        """Return one page of the records created at or after a naive time in the shop's zone."""
        params = {"limit": str(limit), "offset": str(offset)}
        if since is not None:
            params["create_date__gte"] = since.replace(tzinfo=None).isoformat()
        path = f"/api/origin/{quote(origin, safe='')}/{kind}/"
        answer = self._channel.call("GET", path, params=params, retry=True, accept={HTTPStatus.NOT_FOUND})
        if answer.status == HTTPStatus.NOT_FOUND:
            raise ConfigurationError(f"the shop has no origin `{origin}` with a list of kind {kind}: correct `origins`")
        return answer.parse(DirectoryPage.model_validate)

    def read(self, kind: RecordKind, record: RecordKey, record_id: int | None) -> Mapping[str, Any]:
        """Read a record; CUSTOMER_UNKNOWN if there is none.

        The answer must name the record, by id or key, and no other one: a key that leads to another id proves nothing.
        """
        answer = self._channel.call("GET", _path(kind, record), retry=True, accept={HTTPStatus.NOT_FOUND})
        if answer.status == HTTPStatus.NOT_FOUND:
            raise PermanentError(f"the shop has no {kind} {record}", reason=Reason.CUSTOMER_UNKNOWN)
        document = answer.json_object()
        shown_id, shown_key = document.get("id"), document.get("key")
        if shown_id is None and shown_key is None:
            raise answer.unreadable(f"does not say which {kind} it is about")
        other = shown_id is not None and record_id is not None and str(shown_id) != str(record_id)
        if other or (shown_key is not None and str(shown_key) != record.key):
            raise answer.unreadable(f"is about another {kind} than {record} with id {record_id}")
        return document if shown_id is not None else {**document, "id": record_id}

    def set_code(self, record: RecordKey, code: str) -> None:
        """Set a customer's `code` to the ERP's number. ASSUMED: PATCH is documented for users only."""
        self._channel.call("PATCH", customer_path(record), json={"code": code}, retry=True)


def _path(kind: RecordKind, record: RecordKey) -> str:
    origin, key = (path_part(part, f"{kind} {record}", Reason.CUSTOMER_UNKNOWN) for part in record)
    return f"/api/origin/{origin}/{kind}/{key}/"


class DirectoryPage(BaseModel):
    """The rows that could be read, and the total count."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    results: tuple[Any, ...]
    next: Annotated[Name | None, Lax] = None
    count: Annotated[Number | None, Lax] = None

    def is_last(self, position: int) -> bool:
        """Whether nothing comes after row `position`: by the count if there is one, otherwise by the link."""
        if not self.results:
            return True
        return self.next is None if self.count is None else position >= self.count

    @property
    def rows(self) -> Iterator[DirectoryRow]:
        """The rows that name a record; an unreadable row does not hide the others."""
        for document in self.results:
            try:
                yield DirectoryRow.from_document(document)
            except ValueError:
                continue
