"""Questions to people, one per doubt, with their answers and results."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import IntegrityError

from orderflow.domain.questions import LONGEST_LOOK, Verb
from orderflow.ledger.database.rows import truncate
from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.models.alerts import Alert
from orderflow.ledger.models.orders import Outcome, RunRef, Step
from orderflow.ledger.models.questions import AskedQuestion
from orderflow.ledger.orders.rows import log
from orderflow.ledger.tables.orders import OrderRow
from orderflow.ledger.tables.questions import QuestionRow

ANSWERED, LOST = "answered", "lost"
_LOST_AFTER = 2 * LONGEST_LOOK
"""After this long without a sign of its task, a question is asked again: its run may have been deleted."""
_BUSY_FOR = timedelta(hours=1)
"""How long carrying out an answer may take before the question is asked again."""


class QuestionBook:
    """The questions; at most one is open per alert."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def asked(self) -> set[int]:
        """Return the alerts that need no further question: asked, or their answer is being carried out."""
        now = self._clock()
        waiting = QuestionRow.closed_at.is_(None) & (QuestionRow.seen_at > now - _LOST_AFTER)
        busy = QuestionRow.answered_at.is_not(None) & QuestionRow.result.is_(None)
        with reading(self._engine) as session:
            recent = QuestionRow.answered_at > now - _BUSY_FOR
            return set(session.scalars(select(QuestionRow.alert_id).where(waiting | (busy & recent))))

    def ask(self, alert: Alert, facts: str, run: RunRef) -> AskedQuestion | None:
        """Record that this task asks; None if another one does. A retried task asks the same question."""
        now = self._clock()
        try:
            with writing(self._engine) as session:
                open_one = select(QuestionRow).where(QuestionRow.alert_id == alert.id, QuestionRow.closed_at.is_(None))
                row = session.scalars(open_one.with_for_update()).first()
                if row is not None and row.seen_at <= now - _LOST_AFTER and not _is_of(row, run):
                    row.closed_at, row.closed_as = now, LOST
                    session.flush()
                    row = None
                if row is None:
                    row = _new(alert, facts, run, now)
                    session.add(row)
                elif not _is_of(row, run):
                    return None
                row.seen_at = now
        except IntegrityError:  # another task asked at the same instant
            return None
        return AskedQuestion.model_validate(row)

    def of_task(self, run: RunRef) -> AskedQuestion | None:
        """Return the open question that this task asks; None if there is none any more."""
        which = (
            QuestionRow.dag_id == run.dag_id,
            QuestionRow.run_id == run.run_id,
            QuestionRow.map_index == run.map_index,
            QuestionRow.closed_at.is_(None),
        )
        with reading(self._engine) as session:
            row = session.scalars(select(QuestionRow).where(*which)).first()
            return AskedQuestion.model_validate(row) if row else None

    def answered_by_task(self, run: RunRef) -> AskedQuestion | None:
        """Return this task's question that is answered but not yet carried out."""
        which = (
            QuestionRow.dag_id == run.dag_id,
            QuestionRow.run_id == run.run_id,
            QuestionRow.map_index == run.map_index,
            QuestionRow.answered_at.is_not(None),
            QuestionRow.result.is_(None),
        )
        found = self._where(which)
        return found[-1] if found else None

    def get(self, question_id: int) -> AskedQuestion:
        """Return a question."""
        with reading(self._engine) as session:
            return AskedQuestion.model_validate(session.get_one(QuestionRow, question_id))

    def of_order(self, order_id: int) -> list[AskedQuestion]:
        """Return the open questions about an order."""
        return self._where([QuestionRow.order_id == order_id, QuestionRow.closed_at.is_(None)])

    def waiting_runs(self) -> int:
        """Return how many runs have open questions."""
        runs = select(QuestionRow.dag_id, QuestionRow.run_id).where(QuestionRow.closed_at.is_(None)).distinct()
        with reading(self._engine) as session:
            return session.scalar(select(func.count()).select_from(runs.subquery())) or 0

    def saw(self, question_id: int) -> None:
        """Record that its task is alive."""
        self._set(question_id, seen_at=self._clock())

    def close(self, question_id: int, why: str) -> None:
        """Record that it no longer needs an answer."""
        self._set(question_id, closed_at=self._clock(), closed_as=why)

    def answer(self, question: AskedQuestion, verb: Verb, *, text: str, by: str, remark: str, run: RunRef) -> None:
        """Record who answered what, also in the order's log."""
        now = self._clock()
        with writing(self._engine) as session:
            row = session.get_one(QuestionRow, question.id, with_for_update=True)
            row.answer, row.answered_by, row.answered_at, row.remark = verb, by, now, truncate(remark)
            row.closed_at, row.closed_as, row.seen_at = now, ANSWERED, now
            order = session.get(OrderRow, question.order_id) if question.order_id is not None else None
            if order is not None:
                said = f"{by}: {text}" + (f". {remark}" if remark else "")
                log(session, order, run, now, step=Step.ANSWER, outcome=Outcome.DONE, message=said)

    def end(self, question_id: int, result: str) -> None:
        """Record the result of the answer."""
        self._set(question_id, result=truncate(result))

    def _set(self, question_id: int, **values: datetime | str) -> None:
        with writing(self._engine) as session:
            session.execute(update(QuestionRow).where(QuestionRow.id == question_id).values(**values))

    def _where(self, which: Collection[object]) -> list[AskedQuestion]:
        statement = select(QuestionRow).where(*which).order_by(QuestionRow.id)  # type: ignore[arg-type]
        with reading(self._engine) as session:
            return [AskedQuestion.model_validate(row) for row in session.scalars(statement)]


def _is_of(row: QuestionRow, run: RunRef) -> bool:
    return (row.dag_id, row.run_id, row.map_index) == (run.dag_id, run.run_id, run.map_index)


def _new(alert: Alert, facts: str, run: RunRef, now: datetime) -> QuestionRow:
    return QuestionRow(
        alert_id=alert.id,
        reason=alert.reason,
        order_id=alert.order_id,
        shipment=alert.shipment,
        name=alert.order,
        facts=facts,
        dag_id=run.dag_id,
        run_id=run.run_id,
        map_index=run.map_index,
        asked_at=now,
        seen_at=now,
        remark="",
        closed_as="",
    )
