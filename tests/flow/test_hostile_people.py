"""Odd rows in the shop's lists of customers, addresses and users: the others are found, now and later."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import URL

from orderflow.cloudsuite.people import to_address, to_party
from orderflow.domain.people import Address, Party, RecordKey, RecordKind
from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.errors import PermanentError
from orderflow.flow.customers.who import who
from orderflow.flow.orders.run import run_day
from orderflow.flow.services import Services, Shared
from orderflow.ledger.opening import open_ledger
from orderflow.settings import Settings
from orderflow.transport.document import read_document
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs
from support.hostile import NO_DOCUMENT, STORED, VALUES, written
from support.ledgers import ledger_url, postgres_url  # noqa: F401 - fixtures

ORDER = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1}
GUEST = {"email": "an@example.nl", "name": "A. Koper", "street1": "Kade", "zip": "1234AB", "city": "Zwolle"}
ROW = {"id": 900_000, "key": "X", "origin": "webshop", "create_date": "2026-11-20T09:00:00"}
FIELDS = ("id", "key", "origin", "create_date")
READABLE = {name: value for name, value in VALUES.items() if value not in NO_DOCUMENT}


@pytest.fixture
def on_each(services: Services, ledger_url: URL, clock: Clock) -> Services:  # noqa: F811
    settings = {"origins": ["webshop", "erp"], "webshops": {"1": {"customers": "create"}}}
    return replace(services, settings=Settings.parse(settings), ledger=open_ledger(ledger_url, clock=clock))


def _bad_rows() -> Iterator[str]:
    for n, value in enumerate(READABLE.values()):
        for place, field in enumerate(FIELDS):
            number = 900_000 + 10 * n + place
            yield written({**ROW, "id": number, "key": f"X-{number}"}, (field,), value)
        yield value


def _listing(services: Services, kind: RecordKind, count: str) -> str:
    good = services.shop.directory.page("webshop", kind, since=None, offset=0, limit=1000).results
    return f'{{"count": {count}, "next": null, "results": [{",".join([*_bad_rows(), *map(_written, good)])}]}}'


def _written(document: Any) -> str:
    return json.dumps(document, default=str)


@pytest.mark.parametrize("count", ["null", '"many"', "-1"])
def test_odd_rows_hide_no_others_and_end_no_later_reading(
    on_each: Services, control: SandboxControl, runs: Runs, clock: Clock, count: str
) -> None:
    (first,) = control.add_orders({**ORDER, "guest": GUEST})
    control.faults(
        [
            {
                "action": "status",
                "status": 200,
                "times": 0,
                "service": "shop",
                "method": "GET",
                "path": rf"/api/origin/\w+/{kind}/(\?|$)",
                "html": _listing(on_each, kind, count),
            }
            for kind in RecordKind
        ]
    )
    people = who(on_each, on_each.read(first)[1], runs())
    assert people.buyer is not None
    assert people.buyer.email == "an@example.nl"

    control.clear_faults()
    clock.advance(hours=2)
    (second,) = control.add_orders({**ORDER, "guest": {**GUEST, "email": "b@example.nl"}})
    buyer = who(replace(on_each, shared=Shared()), on_each.read(second)[1], runs()).buyer
    assert buyer is not None
    assert buyer.email == "b@example.nl"


@pytest.mark.parametrize("field", sorted({*Party.model_fields, *Address.model_fields} - {"origin", "key"}))
def test_a_record_is_understood_or_refused(field: str) -> None:
    record = RecordKey("webshop", "X")
    for value in READABLE.values():
        document = read_document(written({"id": 1, "name": "A. Koper"}, (field,), value).encode())
        for read in (to_party, to_address):
            with suppress(PermanentError):
                assert read(document, record).record == record


@pytest.mark.parametrize("value", [{"code": "BE"}, ["BE"], True], ids=str)
@pytest.mark.parametrize("field", ["name", "email", "vat_number", "attention", "street1", "zip", "city", "country"])
def test_a_field_that_says_who_or_where_is_never_left_out(field: str, value: object) -> None:
    """An address without its country goes somewhere else."""
    read = to_party if field in Party.model_fields else to_address
    with pytest.raises(PermanentError) as error:
        read({"id": 1, field: value}, RecordKey("webshop", "X"))
    assert error.value.reason is Reason.SHOP_ANSWER_INVALID
    assert f"X cannot be used: {field}: is neither a text nor a number" in error.value.message


def test_a_field_of_a_record_that_cannot_be_passed_on_is_named() -> None:
    with pytest.raises(PermanentError, match=r"used: city: has 100001.*; name: contains the character U\+0000"):
        to_address({"id": 1, "name": "a\0", "city": "x" * 100_001}, RecordKey("webshop", "X"))


def test_numbers_of_a_record_are_texts_and_spare_fields_may_be_odd() -> None:
    text = b'{"id": 1, "house_number": 7.0, "zip": 1234, "street": "Kade", "phone": ["1"], "code": {}, "addition": 1.5}'
    address = to_address(read_document(text), RecordKey("webshop", "X"))
    assert (address.house_number, address.zip, address.street1, address.addition) == ("7", "1234", "Kade", "1.5")
    assert (address.phone, address.code) == (None, None)


CUSTOMER = {"origin": "webshop", "key": "", "code": "1", "addresses": []}
OF_CUSTOMER = [(field, value) for field in ("code", "key", "addresses") for value in STORED.values()]


def test_odd_answers_of_the_erp_about_a_customer_stop_no_other_order(
    on_each: Services, control: SandboxControl, runs: Runs
) -> None:
    """Every second one answers a search, the others a creation; each is about a guest of its own."""
    mails = [f"odd{n}@example.nl" for n in range(len(OF_CUSTOMER))]
    *odd, good = control.add_orders(
        *({**ORDER, "guest": {**GUEST, "email": mail}} for mail in [*mails, GUEST["email"]])
    )
    for n, (order_id, (field, value)) in enumerate(zip(odd, OF_CUSTOMER, strict=True)):
        key = control.people.get("customer", control.order(order_id)["customer"])["key"]
        text = written({**CUSTOMER, "key": key}, (field,), value)
        made = {"method": "POST", "body": mails[n], "html": text}
        found = {"method": "GET", "path": rf"/customers\?.*key={key}$", "html": f'{{"results": [{text}]}}'}
        control.fault("status", service="erp", status=200, times=0, **(found if n % 2 else made))
    report = run_day(on_each, Window.of_day("2026-11-22", "Europe/Amsterdam"), runs("2026-11-22"))
    assert control.order(good)["state"] == "processing"
    assert report.broken == ()
    assert good not in {failure.order_id for failure in report.failures}
    assert Reason.UNEXPECTED not in {failure.reason for failure in report.failures}
    assert {failure.order_id for failure in report.failures}, "some were refused"
