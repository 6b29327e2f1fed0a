"""Customers and addresses in the ledger: keys of ids, resumed lists, one worker per customer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest

from orderflow.domain.people import RecordKey, RecordKind
from orderflow.errors import ClaimedElsewhereError
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.models.people import LedgerListing
from support.clock import Clock

BUYER = RecordKey("webshop", "BK1")
RUN = RunRef(dag_id="d", run_id="r")
OTHER = RunRef(dag_id="d", run_id="other")


def test_an_id_keeps_its_origin_once_that_is_known(ledger: Ledger) -> None:
    book = ledger.people.directory
    book.keep(RecordKind.CUSTOMER, [(1, None, "BK1"), (2, "erp", "C2")])
    assert book.find(RecordKind.CUSTOMER, [1, 2, 3]) == {1: (None, "BK1"), 2: ("erp", "C2")}
    book.keep(RecordKind.CUSTOMER, [(1, "webshop", "BK1"), (2, None, "C2")])
    assert book.find(RecordKind.CUSTOMER, [1, 2]) == {1: ("webshop", "BK1"), 2: ("erp", "C2")}
    book.keep(RecordKind.CUSTOMER, [(2, None, "C9")])
    assert book.find(RecordKind.CUSTOMER, [2]) == {2: (None, "C9")}, "another key is another record"
    assert book.find(RecordKind.ADDRESS, [1]) == {}


def test_a_list_is_read_on_from_where_it_was(ledger: Ledger) -> None:
    book = ledger.people.directory
    assert book.listing("webshop", RecordKind.ADDRESS) == LedgerListing()
    read = LedgerListing(since="2026-11-22T10:00:00", position=200, read_at=datetime(2026, 11, 23, tzinfo=UTC))
    for _ in range(2):
        book.was_read("webshop", RecordKind.ADDRESS, read)
    assert book.listing("webshop", RecordKind.ADDRESS) == read
    assert book.listing("erp", RecordKind.ADDRESS) == LedgerListing()


def test_the_first_order_of_a_guest_decides_whoever_asks_at_the_same_time(ledger: Ledger) -> None:
    barrier = Barrier(8)

    def ask(number: int) -> RecordKey:
        barrier.wait()
        return ledger.people.directory.party_of_guest("mail", RecordKey("webshop", f"BK{number}"))

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1


def test_one_at_a_time_works_on_a_customer(ledger: Ledger, clock: Clock) -> None:
    parties = ledger.people.parties
    with parties.claim(BUYER, RUN) as claim:
        with pytest.raises(ClaimedElsewhereError, match="webshop/BK1"), parties.claim(BUYER, OTHER):
            pass
        claim.intend()
        clock.advance(minutes=6)
        with parties.claim(BUYER, OTHER) as later:
            assert later.party.intended_at is not None, "what was begun is known to who takes over"
            with pytest.raises(ClaimedElsewhereError):
                claim.has(code="1", addresses={})
            later.has(code="10001", addresses={"webshop/a": "hash"}, content_hash="content")
    known = parties.get(BUYER)
    assert (known.in_erp, known.code, known.addresses) == (True, "10001", {"webshop/a": "hash"})
    assert known.intended_at is None


def test_what_is_forgotten_is_looked_up_again_and_keeps_its_number(ledger: Ledger) -> None:
    with ledger.people.parties.claim(BUYER, RUN) as claim:
        claim.has(code="10001", addresses={"webshop/a": None})
        claim.told("10001")
    ledger.people.parties.forget(BUYER)
    known = ledger.people.parties.get(BUYER)
    assert (known.in_erp, known.addresses, known.code_told) == (False, {}, "10001")


def test_an_address_that_went_as_something_else_before_is_said_once(ledger: Ledger) -> None:
    book = ledger.people.directory
    book.keep(RecordKind.ADDRESS, [(7, "webshop", "a")])
    said = [book.was_sent(RecordKind.ADDRESS, 7, content) for content in ("one", "one", "two", "two")]
    assert said == [False, False, True, False]
