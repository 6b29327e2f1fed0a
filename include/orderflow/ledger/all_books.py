"""The ledger's books, one per kind of record, sharing one database and one clock."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import Engine

from orderflow.ledger.books.alerts import AlertBook
from orderflow.ledger.books.days import DayBook
from orderflow.ledger.books.dry_runs import PlanBook
from orderflow.ledger.books.findings import FindingBook
from orderflow.ledger.books.housekeeping import Housekeeping
from orderflow.ledger.books.looks import LookBook
from orderflow.ledger.books.memos import MemoBook
from orderflow.ledger.books.outbox import Outbox
from orderflow.ledger.books.people import PeopleBooks
from orderflow.ledger.books.people_in_memory import PeopleInMemory
from orderflow.ledger.books.people_said import WordBook
from orderflow.ledger.books.questions import QuestionBook
from orderflow.ledger.books.shipments import ShipmentBook
from orderflow.ledger.books.shop_check import ShopCheckBook
from orderflow.ledger.books.snoozes import SnoozeBook
from orderflow.ledger.database.clock import utc_now


class Books:
    """Everything the ledger keeps besides orders."""

    def __init__(
        self,
        engine: Engine,
        *,
        clock: Callable[[], datetime] = utc_now,
        lease: timedelta = timedelta(seconds=300),
        people: PeopleBooks | None = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._lease = lease
        self._people = people or PeopleBooks(engine, clock=clock, lease=lease)

    def with_people_in_memory(self) -> tuple[Self, PeopleInMemory]:
        """Return the same ledger for a dry run, which records nothing of people, and the books that it has instead."""
        people = PeopleInMemory(self._engine, clock=self._clock, lease=self._lease)
        return type(self)(self._engine, clock=self._clock, lease=self._lease, people=people), people

    def now(self) -> datetime:
        """Read the ledger's clock."""
        return self._clock()

    @property
    def alerts(self) -> AlertBook:
        """Alerts: what needs a person."""
        return AlertBook(self._engine, clock=self._clock)

    @property
    def outbox(self) -> Outbox:
        """Which channel has received which alert."""
        return Outbox(self._engine, clock=self._clock)

    @property
    def memos(self) -> MemoBook:
        """Notes that one run leaves for the next."""
        return MemoBook(self._engine, clock=self._clock)

    @property
    def checks(self) -> ShopCheckBook:
        """The last check of shop and ERP."""
        return ShopCheckBook(self.memos)

    @property
    def findings(self) -> FindingBook:
        """Differences found by comparisons of shop and ERP."""
        return FindingBook(self._engine, clock=self._clock)

    @property
    def shipments(self) -> ShipmentBook:
        """The ERP's packing slips and their progress."""
        return ShipmentBook(self._engine, clock=self._clock, lease=self._lease)

    @property
    def people(self) -> PeopleBooks:
        """Customers and addresses: their keys, and what the ERP has of them."""
        return self._people

    @property
    def days(self) -> DayBook:
        """The days that were run."""
        return DayBook(self._engine, clock=self._clock)

    @property
    def looks(self) -> LookBook:
        """Orders that runs checked and found unchanged."""
        return LookBook(self._engine, clock=self._clock)

    @property
    def plans(self) -> PlanBook:
        """What dry runs would have done."""
        return PlanBook(self._engine, clock=self._clock)

    @property
    def snoozes(self) -> SnoozeBook:
        """Causes that are not announced for a while."""
        return SnoozeBook(self._engine, clock=self._clock)

    @property
    def words(self) -> WordBook:
        """Comments and resolutions by people."""
        return WordBook(self._engine, clock=self._clock)

    @property
    def questions(self) -> QuestionBook:
        """Questions to people, and their answers."""
        return QuestionBook(self._engine, clock=self._clock)

    @property
    def housekeeping(self) -> Housekeeping:
        """Removal of data from the ledger."""
        return Housekeeping(self._engine, clock=self._clock)
