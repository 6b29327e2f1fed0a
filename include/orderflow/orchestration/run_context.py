"""What a task needs to know about its run: its window, its name, and whether it may write."""

from datetime import UTC, datetime
from typing import Any

from airflow.sdk import Context, get_current_context

from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import OperatorDecision
from orderflow.domain.window import Window
from orderflow.environment import SHOP_TIMEZONE
from orderflow.errors import ConfigurationError
from orderflow.ledger.models.orders import RunRef, Word
from orderflow.settings import Settings

HOUR_KEY = "%Y-%m-%dT%H:%M"
"""Format of the partition keys of hourly runs, in UTC."""
_HOW_TO_TRIGGER = (
    "trigger with a partition key such as 2026-11-22, or set the parameter `date`; for several days create a backfill"
)


_LONGEST_LABEL = 250
"""Airflow's limit for the name of a mapped task instance."""
_BACKFILL, _SCHEDULED = "backfill", "scheduled"
ORDERS_DAG = "orderflow_orders"
"""The DAG for orders that people name: nothing else queues in it."""
_NAMING = ("date", "references", "order_ids", "resolve", "seen_to", "arrived", "send_now")
"""The parameters that limit a run to a day, to orders or to packing slips."""


class RunContext:
    """The running task's view of its run."""

    def __init__(self, context: Context | None = None) -> None:
        self._context: Any = context if context is not None else get_current_context()
        self.params: dict[str, Any] = dict(self._context["params"])

    @property
    def dry_run(self) -> bool:
        """Whether this run may only read."""
        return bool(self.params.get("dry_run"))

    @property
    def references(self) -> list[str]:
        """The orders this run is limited to; empty means all. The parameter `webshop` completes bare references."""
        return self._names("references")

    @property
    def to_resolve(self) -> list[str]:
        """The orders that a person has dealt with by hand; the parameter was formerly called `seen_to`."""
        return [*self._names("resolve"), *self._names("seen_to")]

    @property
    def to_undo(self) -> list[str]:
        """The orders whose resolution somebody undoes."""
        return self._names("undo")

    @property
    def to_comment_on(self) -> list[str]:
        """The orders that somebody comments on."""
        return self._names("comment_on")

    @property
    def to_snooze(self) -> list[str]:
        """The causes that are not to be announced for a while."""
        return [str(cause).strip() for cause in self.params.get("snooze") or []]

    @property
    def decision(self) -> OperatorDecision:
        """What a person has found out about packing slips in doubt, by the time the run was asked for."""
        return OperatorDecision(
            arrived=self._lines("arrived"),
            send_now=self._lines("send_now"),
            made_at=getattr(self._context.get("dag_run"), "run_after", None),
            by=self.word.by,
        )

    @property
    def word(self) -> Word:
        """The name in Airflow and the comment of the person who started the run."""
        name = getattr(self._context.get("dag_run"), "triggering_user_name", None)
        return Word(name or "", str(self.params.get("comment") or ""))

    @property
    def order_ids(self) -> list[int]:
        """The same, by the shop's order ids."""
        return [int(order_id) for order_id in self.params.get("order_ids") or []]

    @property
    def names_orders(self) -> bool:
        """Whether somebody has named the orders of this run."""
        return bool(self.params.get("references") or self.params.get("order_ids"))

    @property
    def is_scheduled(self) -> bool:
        """Whether the schedule has created the run, not a person."""
        return bool(self._context["dag_run"].run_type == _SCHEDULED)

    @property
    def is_for_a_day(self) -> bool:
        """Whether the run is for a whole day, and not for named orders or for whatever is open."""
        return "date" in self.params and not self.references

    @property
    def is_for_people(self) -> bool:
        """Whether it only handles what people name, and so touches no other order."""
        return self.run.dag_id == ORDERS_DAG

    @property
    def is_manually_targeted(self) -> bool:
        """Whether it was started by hand for something specific, or as a dry run: its findings are not typical."""
        return self.dry_run or self.is_for_people or any(self.params.get(name) for name in _NAMING)

    @property
    def run(self) -> RunRef:
        """The writer's identity for the ledger."""
        ti = self._context["ti"]
        return RunRef(
            dag_id=ti.dag_id,
            run_id=ti.run_id,
            task_id=ti.task_id,
            map_index=ti.map_index if ti.map_index is not None else -1,
            try_number=ti.try_number,
            partition=self._partition_key(),
        )

    @property
    def title(self) -> str:
        """The run's name for people: the DAG and its day, or its id."""
        run = self.run
        return f"{run.dag_id} {run.partition or run.run_id}"

    @property
    def first_try(self) -> int:
        """The first of the tries Airflow makes automatically; clearing the task by hand starts a new series."""
        ti = self._context["ti"]
        return int(ti.max_tries) - int(self._context["task"].retries) + 1

    def window(self, settings: Settings, *, now: datetime | None = None) -> Window:
        """Return the window of the run; ConfigurationError if there is none, or if it is not over yet."""
        window = self._window(settings)
        if not window.is_over(now or datetime.now(UTC)) and not self.params.get("allow_open_window"):
            raise ConfigurationError(
                f"the day {window.key} ends at {window.end.isoformat()}, so orders may still be confirmed in it: "
                "run it afterwards, or set `allow_open_window`",
                reason=Reason.WINDOW_OPEN,
            )
        return window

    def first_instant(self, settings: Settings) -> datetime | None:
        """Return from when to read: the day of the parameter `date`, or the hour of the partition key (UTC).

        None if the run was triggered with neither; ConfigurationError for a key that is not an hour.
        """
        date, key = self.params.get("date"), self._context.get("partition_key")
        try:
            if date:
                return Window.of_day(str(date), settings.timezone).start
            return datetime.strptime(str(key), HOUR_KEY).replace(tzinfo=UTC) if key else None
        except ValueError as error:
            raise ConfigurationError(
                f"{error}; write an hour as 2026-11-22T13:00", reason=Reason.WINDOW_MISSING
            ) from error

    def hand_on(self, result: dict[str, Any]) -> None:
        """Store the result of a task that ends without returning one."""
        self._context["ti"].xcom_push(key="return_value", value=result)

    def label(self, text: str) -> None:
        """Show `text` as the name of this mapped task instance, within the limit of Airflow's column."""
        printable = "".join(letter if letter.isprintable() else "?" for letter in text)
        self._context["label"] = (
            printable if len(printable) <= _LONGEST_LABEL else f"{printable[: _LONGEST_LABEL - 1]}…"
        )

    def _lines(self, param: str) -> list[str]:
        return [line.strip() for line in self.params.get(param) or () if line.strip()]

    def _names(self, param: str) -> list[str]:
        webshop = self.params.get("webshop")
        names = [str(name) for name in self.params.get(param) or []]
        return [f"{webshop}/{name}" if webshop and "/" not in name else name for name in names]

    def _partition_key(self) -> str | None:
        key = self._context.get("partition_key") or self.params.get("date")
        if key:
            return str(key)
        start = self._context.get("data_interval_start")
        return f"{start.in_timezone(SHOP_TIMEZONE):%Y-%m-%d}" if start else None

    def _window(self, settings: Settings) -> Window:
        if settings.timezone != SHOP_TIMEZONE:
            raise ConfigurationError(
                f"`timezone` is {settings.timezone}, but the schedule's midnight is in {SHOP_TIMEZONE}: set the "
                "environment variable ORDERFLOW_TIMEZONE to the same zone for every part of Airflow"
            )
        key, date = self._context.get("partition_key"), self.params.get("date")
        if key and date and key != date:
            raise ConfigurationError(f"the partition key says {key}, the parameter `date` says {date}: give one")
        try:
            if key or date:
                return Window.of_day(str(key or date), settings.timezone)
            start, end = self._context.get("data_interval_start"), self._context.get("data_interval_end")
            if start and end and start < end:
                return Window.of_interval(start, end, settings.timezone)
        except ValueError as error:
            raise ConfigurationError(f"{error}; {_HOW_TO_TRIGGER}", reason=Reason.WINDOW_MISSING) from error
        raise ConfigurationError(f"this run has no day: {_HOW_TO_TRIGGER}", reason=Reason.WINDOW_MISSING)


def is_backfill() -> bool:
    """Whether a task of a backfill is running here; false if a command runs a day without Airflow."""
    try:
        context: Any = get_current_context()
    except RuntimeError:
        return False
    return bool(context["dag_run"].run_type == _BACKFILL)
