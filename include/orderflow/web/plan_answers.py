"""The shapes of the JSON answers about dry runs."""

from datetime import datetime
from typing import Self

import simplejson
from pydantic import BaseModel, ConfigDict

from orderflow.ledger.books.dry_runs import PlanPage
from orderflow.ledger.models.dry_runs import KeptCall


class PlannedCallAnswer(BaseModel):
    """A write that a dry run would have made.

    `body` is indented for reading; numbers keep their digits. It identifies the buyer, so it is None for read-only
    users.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    at: datetime
    dag_id: str
    run_id: str
    subject: str
    order_id: int | None
    system: str
    method: str
    path: str
    body: str | None

    @classmethod
    def of(cls, call: KeptCall, *, with_body: bool) -> Self:
        """Combine a planned call with its run."""
        return cls(
            dag_id=call.run.dag_id,
            run_id=call.run.run_id,
            body=_indented(call.body) if with_body else None,
            **call.model_dump(include={"id", "at", "subject", "order_id", "system", "method", "path"}),
        )


class PlanAnswer(BaseModel):
    """Some of the writes that a dry run would have made, in order, and the total count."""

    model_config = ConfigDict(frozen=True)

    total: int
    calls: list[PlannedCallAnswer]

    @classmethod
    def of(cls, page: PlanPage, *, with_bodies: bool) -> Self:
        """Convert the ledger's planned calls."""
        return cls(total=page.total, calls=[PlannedCallAnswer.of(call, with_body=with_bodies) for call in page.calls])


def _indented(body: str) -> str:
    try:
        document = simplejson.loads(body, use_decimal=True)
    except ValueError:  # not JSON: an XML message, for instance
        return body
    return simplejson.dumps(document, use_decimal=True, indent=2, ensure_ascii=False)
