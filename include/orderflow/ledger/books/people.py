"""Customers and addresses in the ledger: their keys, and what the ERP has of them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine

from orderflow.ledger.books.directory import DirectoryBook
from orderflow.ledger.books.parties import PartyBook


class PeopleBooks:
    """The two books about people."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime], lease: timedelta) -> None:
        self.directory = DirectoryBook(engine, clock=clock)
        """The key of one of the shop's ids."""
        self.parties = PartyBook(engine, clock=clock, lease=lease)
        """What the ERP has of each customer."""
