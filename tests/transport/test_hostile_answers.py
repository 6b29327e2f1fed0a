"""Whatever one field of an answer holds that is about no order: it is understood, or refused by an error of ours.

Tokens, capabilities, customers of the ERP, and pages and records of the shop's directory. The tables of documents that
are about orders are in tests/flow/test_hostile_values.py: there another order is beside the odd one.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from orderflow.cloudsuite.auth import ClientCredentials, Credentials
from orderflow.cloudsuite.directory import Directory, DirectoryRow
from orderflow.cloudsuite.people import to_address, to_party
from orderflow.domain.people import Address, Party, RecordKey, RecordKind
from orderflow.erp.customers import CustomerRequest, ErpCustomer
from orderflow.erp.port import Capabilities
from orderflow.erp.rest import ERP, RestErp
from orderflow.errors import OrderflowError
from orderflow.transport import Channel, RetryPolicy
from support.hostile import VALUES, written
from support.raw_server import Visit, http, raw_server

BUYER = Party(id=7, origin="webshop", key="C7", name="A. Koper")
CUSTOMER: dict[str, Any] = {
    "origin": "webshop",
    "key": "C7",
    "code": "1007",
    "addresses": [{"origin": "webshop", "key": "A7", "code": "1"}],
}
CAPABLE = {**dict.fromkeys(Capabilities._fields, True), "idempotency_key": False}
ROW = {"id": 7, "key": "C7", "origin": "webshop", "create_date": "2026-11-20T09:00:00"}
RECORD = {
    **ROW,
    "name": "A. Koper", "email": "a@example.nl", "phone": "1", "vat_number": "V", "language": "nl", "code": "1007",
    "street1": "Kade", "house_number": "1", "zip": "1234AB", "city": "Zwolle", "country": "NL", "guest": True,
    "colour": "blue",
}  # fmt: skip
TOKEN = {"access_token": "a-token-of-the-shop", "expires_in": 300, "token_type": "Bearer"}

Path = tuple[str | int, ...]
RESULTS: Path = ("results",)
OF_CUSTOMER: list[Path] = [
    *((name,) for name in ErpCustomer.model_fields),
    *(("addresses", 0, name) for name in CUSTOMER["addresses"][0]),
    ("addresses", 0),
]


class Answering:
    """What the server says to everything."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.body = ""

    def channel(self) -> Channel:
        policy = RetryPolicy(attempts=1, sleep=lambda _: None)
        return Channel(requests.Session(), self.address, service=ERP, policy=policy)


@pytest.fixture(scope="module")
def server() -> Iterator[Answering]:
    held: list[Answering] = []

    def serve(visit: Visit) -> None:
        while visit.read_request():
            visit.send(http(held[0].body.encode(), content_type="application/json"))

    with raw_server(serve) as address:
        held.append(Answering(address))
        yield held[0]


@contextmanager
def _of_ours() -> Iterator[None]:
    """Let errors of ours be as good as an answer."""
    try:
        yield
    except OrderflowError as error:
        short = len(str(error)) < 3_000  # whatever was quoted
    else:
        short = True
    assert short


def _each(server: Answering, document: Any, path: Path) -> Iterator[str]:
    for name, value in VALUES.items():
        server.body = written(document, path, value) if path else value
        yield name


def _ids(path: Path) -> str:
    return ".".join(map(str, path)) or "all of it"


@pytest.mark.parametrize(
    "path", [(), ("results",), ("results", 0), *(("results", 0, *p) for p in OF_CUSTOMER)], ids=_ids
)
def test_a_search_for_a_customer(server: Answering, path: Path) -> None:
    customers = RestErp(server.channel()).customers
    for name in _each(server, {"results": [CUSTOMER]}, path):
        with _of_ours():
            found = customers.find(BUYER, [])  # type: ignore[union-attr]
            assert found is None or RecordKey(found.origin, found.key) == BUYER.record, name


@pytest.mark.parametrize("path", [(), *OF_CUSTOMER], ids=_ids)
def test_a_customer_that_was_made(server: Answering, path: Path) -> None:
    customers = RestErp(server.channel()).customers
    for name in _each(server, CUSTOMER, path):
        for write in (customers.create, lambda request: customers.update(BUYER.record, None, request)):  # type: ignore[union-attr]
            with _of_ours():
                made = write(CustomerRequest(buyer=BUYER))
                assert RecordKey(made.origin, made.key) == BUYER.record, name


@pytest.mark.parametrize("path", [(), *((name,) for name in CAPABLE)], ids=_ids)
def test_capabilities(server: Answering, path: Path) -> None:
    """What is denied is denied, whatever is said about the rest."""
    for name in _each(server, CAPABLE, path):
        told = RestErp(server.channel()).capabilities
        assert all(isinstance(said, bool) for said in told), name
        readable = name not in {"NaN", "Infinity", "deep", "many digits"}
        if path and path != ("idempotency_key",) and readable:
            assert not told.idempotency_key, name


@pytest.mark.parametrize("path", [(), *((name,) for name in TOKEN)], ids=_ids)
def test_a_token(server: Answering, path: Path) -> None:
    auth = ClientCredentials(requests.Session(), Credentials(f"{server.address}/token", "me", "s3cr3t-of-the-shop"))
    for name in _each(server, TOKEN, path):
        with _of_ours():
            header = auth.header()
            assert header.startswith("Bearer "), name
            assert header.isascii(), name
            assert header.isprintable(), name
            auth.renew(header)
    server.body = json.dumps(TOKEN)
    auth.renew("")
    ClientCredentials(requests.Session(), Credentials(f"{server.address}/token", "me", "s3cr3t-of-the-shop")).header()


@pytest.mark.parametrize(
    "path", [(), ("results",), ("next",), ("count",), *(("results", 0, name) for name in ROW)], ids=_ids
)
def test_a_page_of_the_directory(server: Answering, path: Path) -> None:
    directory = Directory(server.channel())
    since = datetime(2026, 11, 20, tzinfo=UTC)
    page: dict[str, Any] = {"count": 2, "next": None, "results": [ROW, {**ROW, "id": 8, "key": "C8"}]}
    for name in _each(server, page, path):
        with _of_ours():
            told = directory.page("webshop", RecordKind.CUSTOMER, since=since, offset=0, limit=100)
            assert isinstance(told.is_last(100), bool), name
            rows = list(told.rows)
            assert path[:1] != RESULTS or len(path) < 3 or rows[-1].key == "C8", name
            assert all(isinstance(row, DirectoryRow) and (row.made is None or row.made.isascii()) for row in rows)


@pytest.mark.parametrize("path", [(), *((name,) for name in RECORD)], ids=_ids)
def test_a_record_of_the_directory(server: Answering, path: Path) -> None:
    directory, record = Directory(server.channel()), RecordKey("webshop", "C7")
    reads: list[Callable[..., Party | Address]] = [to_party, to_address]
    for name in _each(server, RECORD, path):
        for read in reads:
            with _of_ours():
                person = read(directory.read(RecordKind.CUSTOMER, record, 7), record)
                assert person.record == record, name
                assert person.model_dump_json().encode(), name
