"""Whatever one field of one document contains, the good order beside it is completed, and everything is accounted for.

Every field of every document that shop and ERP send, each with every value of a table, on SQLite; values that a
database might refuse are also tested on PostgreSQL.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import URL, Engine

from orderflow.cloudsuite.models import ListedOrder, ShopOrder, ShopOrderLine, ShopProduct
from orderflow.domain.window import Window
from orderflow.erp.models import Delivery, DeliveryLine, ListedSalesOrder, SalesOrder
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.reconciliation.csv_export import write_csv
from orderflow.flow.reconciliation.reconcile import reconcile
from orderflow.flow.reporting.report import Report
from orderflow.flow.services import Services
from orderflow.flow.shipments.run import run_shipments
from orderflow.ledger.database.engine import make_engine
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.schema import bring_to_head
from postgres import fresh_database
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs
from support.hostile import NO_DOCUMENT, STORED, VALUES, written
from support.ledgers import empty, memory_folder

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
LINE = {"product": {"origin": "myorigin", "key": "124_STUK"}, "unit_price": "10.00", "quantity": 4}
ORDER = {
    "webshop": 1,
    "confirm_date": "2026-11-22T12:00:00",
    "payment_status": "paid",
    "currency": "EUR",
    "order_lines": [LINE],
}

LATER = datetime(2026, 11, 24, 12, tzinfo=UTC)

Path = tuple[str | int, ...]

DETAIL: list[Path] = [
    *((name,) for name in ShopOrder.model_fields if name != "document"),
    *(("order_lines", 0, name) for name in ShopOrderLine.model_fields),
    *(("order_lines", 0, "product", name) for name in ShopProduct.model_fields),
    ("order_lines", 0),
]
ROW: list[Path] = [*((name,) for name in ListedOrder.model_fields if name != "unreadable"), ("create_date",)]
MADE: list[Path] = [
    *((name,) for name in SalesOrder.model_fields),
    ("lines", 0),
    ("lines", 0, "position"),
    ("lines", 0, "line_number"),
]
LISTED: list[Path] = [*((name,) for name in ListedSalesOrder.model_fields), ("lines", 0, "line_number")]
DELIVERY: list[Path] = [
    *((field.alias or name,) for name, field in Delivery.model_fields.items()),
    *(("lines", 0, name) for name in DeliveryLine.model_fields),
    ("lines", 0),
]


def _named(path: Path) -> str:
    return ".".join(map(str, path))


@pytest.fixture
def settings() -> dict[str, object]:
    return {
        "webshops": {"1": {"messages": {"user": 7}}},
        "limits": {"lookup_waits": [0], "concurrency": 16},
    }


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Return a database with the ledger's tables; the file is in memory."""
    with ExitStack() as until_the_end:
        if request.param == "sqlite":
            folder = until_the_end.enter_context(TemporaryDirectory(dir=memory_folder()))
            url = URL.create("sqlite", database=f"{folder}/ledger.db")
        else:
            url = until_the_end.enter_context(fresh_database(request.getfixturevalue("postgres")))
        engine = make_engine(url)
        bring_to_head(engine)
        yield engine
        engine.dispose()


@pytest.fixture
def case(database: Engine, services: Services, clock: Clock) -> tuple[Services, dict[str, str]]:
    """Return services on each database, empty, and the values to try there."""
    empty(database)
    ledger = Ledger(database, clock=clock)
    ledger.days.begin("2020-01-01")  # whatever day a sweep finds is of after go-live
    return replace(services, ledger=ledger), VALUES if database.dialect.name == "sqlite" else STORED


def _served(control: SandboxControl, answers: Mapping[str, str], where: str, **rule: Any) -> None:
    """Let the sandbox answer these texts, by what the path, or the body, of a call holds."""
    given = {"action": "status", "status": 200, "times": 0, **rule}
    control.faults([{**given, where: sought, "html": text} for sought, text in answers.items()])


def _is_whole(control: SandboxControl, good: int, report: Report) -> None:
    """Check that the good order is through, and that every listed one is accounted for."""
    exported = [order for order in control.erp_orders() if order["shop_order_id"] == good]
    assert len(exported) == 1
    shown = control.order(good)
    assert (shown["state"], shown["erp_order_number"]) == ("processing", exported[0]["number"])
    assert all(line["erp_line_number"] for line in shown["order_lines"])
    assert report.broken == ()
    assert good not in {failure.order_id for failure in report.failures}
    counted = report.processed + report.unchanged + report.waiting + report.held + report.failed
    assert report.listed == counted, report.numbers


@pytest.mark.parametrize("path", DETAIL, ids=_named)
def test_of_an_order(case: tuple[Services, dict[str, str]], control: SandboxControl, runs: Runs, path: Path) -> None:
    services, values = case
    *odd, good = control.add_orders(*[ORDER] * len(values), ORDER)
    answers = {
        rf"/api/order/{order_id}/$": written(control.order(order_id), path, value)
        for order_id, value in zip(odd, values.values(), strict=True)
    }
    _served(control, answers, "path", service="shop", method="GET")
    if values is VALUES:  # on PostgreSQL they go as far as they can, here the ERP refuses them: that is much faster
        odd_ones = rf'"shop_order_id":\s*({"|".join(map(str, odd))})\b'
        refusal = {"status": 422, "answer": {"error": "rejected", "reason": "odd"}, "times": 0}
        control.fault("status", service="erp", method="POST", body=odd_ones, **refusal)
    _is_whole(control, good, run_day(services, DAY, runs("2026-11-22")))


@pytest.mark.parametrize("path", ROW, ids=_named)
def test_of_a_row_of_the_shops_list(
    case: tuple[Services, dict[str, str]], control: SandboxControl, runs: Runs, path: Path
) -> None:
    services, values = case
    *odd, good = control.add_orders(*[ORDER] * len(values), ORDER)
    rows = [
        written({"id": order_id, "reference": f"CS{order_id}", "state": "confirmed"}, path, value)
        for order_id, value in zip(odd, values.values(), strict=True)
        if value not in NO_DOCUMENT
    ]
    rows.append(json.dumps({"id": good, "reference": "GOOD", "state": "confirmed"}))
    listing = f'{{"count": {len(rows)}, "next": null, "results": [{",".join(rows)}]}}'
    _served(control, {"offline=(false|False)": listing}, "path", service="shop", method="GET")
    report = run_day(services, DAY, runs("2026-11-22"))
    exported = {order["shop_order_id"] for order in control.erp_orders()}
    assert good in exported
    if path != ("id",):
        assert set(odd[: len(rows) - 1]) <= exported | {failure.order_id for failure in report.failures} | set(odd)
        assert report.broken == ()
    run_sweep(services, runs())


@pytest.mark.parametrize("path", MADE, ids=_named)
def test_of_the_erps_answer_to_an_order(
    case: tuple[Services, dict[str, str]], control: SandboxControl, runs: Runs, path: Path
) -> None:
    services, values = case
    *odd, good = control.add_orders(*[ORDER] * len(values), ORDER)
    answers = {
        rf'"shop_order_id":\s*{order_id}\b': written(_made(control, order_id), path, value)
        for order_id, value in zip(odd, values.values(), strict=True)
    }
    _served(control, answers, "body", service="erp", method="POST")
    report = run_day(services, DAY, runs("2026-11-22"))
    _is_whole(control, good, report)


def _made(control: SandboxControl, order_id: int) -> dict[str, Any]:
    reference = control.order(order_id)["reference"]
    lines = [{"position": 1, "line_number": 11}]
    return {
        "number": f"E-{order_id}",
        "external_reference": f"1/{reference}",
        "status": "accepted",
        "total": "40.00",
        "shop_order_id": order_id,
        "lines": lines,
    }


@pytest.mark.parametrize("path", LISTED, ids=_named)
def test_of_a_row_of_the_erps_list(
    case: tuple[Services, dict[str, str]],
    control: SandboxControl,
    runs: Runs,
    path: Path,
    tmp_path: Any,
) -> None:
    services, values = case
    (good,) = control.add_orders(ORDER)
    run_day(services, DAY, runs("2026-11-22"))
    services = replace(services, now=lambda: LATER)
    (made,) = control.erp_orders()
    row = {
        **_made(control, good),
        "number": made["number"],
        "currency": "EUR",
        "created_at": "2026-11-22T13:00:00+00:00",
        "lines": made["lines"],
    }
    bad = [
        written({**row, "number": f"X-{n}", "external_reference": f"1/X{n}", "shop_order_id": 900_000 + n}, path, value)
        for n, value in enumerate(values.values())
        if value not in NO_DOCUMENT
    ]
    listing = f'{{"next": null, "results": [{",".join([*bad, json.dumps(row, default=str)])}]}}'
    _served(control, {"since=": listing}, "path", service="erp", method="GET")
    reconciled = reconcile(services, runs())
    write_csv(reconciled, tmp_path)
    wrong = [*reconciled.overdue, *reconciled.young]
    assert not [finding for finding in wrong if finding.order_id == good]
    assert reconciled.summary.compared >= 1


@pytest.mark.parametrize("path", DELIVERY, ids=_named)
def test_of_a_packing_slip(
    case: tuple[Services, dict[str, str]], control: SandboxControl, runs: Runs, path: Path
) -> None:
    services, values = case
    control.add_orders(ORDER, ORDER)
    run_day(services, DAY, runs("2026-11-22"))
    first, second = (order["number"] for order in control.erp_orders())
    good = control.deliver(first)
    other = control.deliver(second)
    bad = [
        written({**other, "number": f"PS-X{n}"}, path, value)
        for n, value in enumerate(values.values())
        if value not in NO_DOCUMENT
    ]
    listing = f'{{"next": null, "results": [{",".join([*bad, json.dumps(good, default=str)])}]}}'
    _served(control, {"/deliveries": listing}, "path", service="erp", method="GET")
    run_shipments(services, runs())
    told = [value for message in control.desadv_messages() for value in message.values()]
    assert good["number"] in told
