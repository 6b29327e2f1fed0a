"""The access rights listed in docs/reference/erp-adapters.md are sufficient, and each of them is needed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import URL

from orderflow.checking.probing_erp import ErpProbe
from orderflow.erp.inspection import Aspect
from orderflow.errors import InDoubtError, OrderflowError
from support.erp_orders import REFERENCE, lines, sales_order
from support.lossy import Fate, lossy
from support.orders import order
from support.tryton_connector import Connect
from support.tryton_warehouse import deliver
from tryton import RunningTryton, running

pytestmark = pytest.mark.tryton

WITHIN = timedelta(minutes=10)

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
Use = Callable[[Connect, RunningTryton], Any]


def _create(connect: Connect, _: RunningTryton) -> None:
    assert connect(confirm=True).create(sales_order()).status == "processing"


def _find(connect: Connect, _: RunningTryton) -> None:
    connect().find(REFERENCE)


def _rewrite(connect: Connect, tryton: RunningTryton) -> None:
    """Take up a draft that a crash left behind, of an order that was edited since."""
    with lossy(tryton.url) as proxy:

        def rule(_method: str, path: str) -> Fate:
            return "lose request" if "/quote" in path else "pass"

        proxy.rule = rule
        with pytest.raises(InDoubtError):
            connect(url=proxy.url).create(sales_order())
    connect().create(sales_order(lines=lines("8890_STUK")))


def _read_slips(connect: Connect, tryton: RunningTryton) -> None:
    created = connect().create(sales_order())
    deliver(tryton, created.number)
    assert list(connect().deliveries_since(LONG_AGO))


def _process(connect: Connect, tryton: RunningTryton) -> None:
    """Process a sale that Tryton could not process when it was confirmed."""
    customers = tryton.rpc("model.stock.location.search", [["type", "=", "customer"]], 0, None, None)
    parties = tryton.rpc("model.party.party.search", [["identifiers.code", "=", "customer:1324"]], 0, None, None)
    tryton.rpc("model.party.party.write", parties, {"customer_location": None})
    try:
        with pytest.raises(OrderflowError):
            connect(confirm=True).create(sales_order())
    finally:
        tryton.rpc("model.party.party.write", parties, {"customer_location": customers[0]})
    assert connect(confirm=True).create(sales_order()).status == "processing"


NEEDED = [
    ("sale.sale", "perm_read", _find),
    ("sale.sale", "perm_create", _create),
    ("sale.sale", "perm_write", _create),
    ("sale.line", "perm_delete", _rewrite),
    ("stock.shipment.out", "perm_read", _read_slips),
    ("stock.move", "perm_read", _read_slips),
]


@pytest.fixture(scope="module")
def own_tryton(postgres: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningTryton]:
    """Return a Tryton with one worker: the workers of a server hear of changed rights only after minutes."""
    with running(postgres, tmp_path_factory.mktemp("tryton"), workers=1) as tryton:
        yield tryton


@pytest.fixture
def tryton(own_tryton: RunningTryton) -> RunningTryton:
    own_tryton.forget_sales()
    return own_tryton


@pytest.mark.parametrize(("model", "right", "use"), NEEDED, ids=[f"{model} {right}" for model, right, _ in NEEDED])
def test_each_right_is_needed(connect: Connect, tryton: RunningTryton, model: str, right: str, use: Use) -> None:
    with _without(tryton, model, right):
        with pytest.raises(OrderflowError):
            use(connect, tryton)
        assert _missing_rights(connect) == (f"no right to {right.removeprefix('perm_')} {model}",)
    tryton.forget_sales()
    use(connect, tryton)


def test_the_button_is_needed_for_a_sale_that_tryton_could_not_process(connect: Connect, tryton: RunningTryton) -> None:
    button = [["model", "=", "sale.sale"], ["name", "=", "process"]]
    (found,) = tryton.rpc("model.ir.model.button.search_read", button, 0, None, None, ["groups"])
    groups = tryton.rpc("model.res.group.search", [["name", "=", "order-integration"]], 0, None, None)
    tryton.rpc("model.ir.model.button.write", [found["id"]], {"groups": [["remove", groups]]})
    try:
        with pytest.raises(OrderflowError, match="not allowed"):
            _process(connect, tryton)
        assert _missing_rights(connect) == ("no right to press the button `process` of sale.sale",)
    finally:
        tryton.rpc("model.ir.model.button.write", [found["id"]], {"groups": [["add", groups]]})
    tryton.forget_sales()
    _process(connect, tryton)


def test_a_user_who_may_not_read_parties_is_named_and_ends_no_check(connect: Connect, tryton: RunningTryton) -> None:
    nobody = {"model": "party.party", "group": None, **dict.fromkeys(("perm_read", "perm_write", "perm_create"), False)}
    (row,) = tryton.rpc("model.ir.model.access.create", [nobody])
    try:
        erp = connect(read_only=True)
        seen = ErpProbe(erp, lambda: datetime.now(UTC), WITHIN).look([order()], makes_customers=True)
    finally:
        tryton.rpc("model.ir.model.access.delete", [row])
    assert seen.inspected["erp_rights"].problems == (
        "no right to read party.party",
        "no right to read party.identifier",
        "no right to create party.party",
        "no right to write party.party",
    )
    assert "erp_identifiers" in seen.problems
    assert seen.inspected["erp_products"].problems == ()


def _missing_rights(connect: Connect) -> tuple[str, ...]:
    return connect(read_only=True, confirm=True).inspect([], makes_customers=True)[Aspect.RIGHTS]().problems


@contextmanager
def _without(tryton: RunningTryton, model: str, right: str) -> Iterator[None]:
    """Take a right away from the integration's group, for as long as the block lasts."""
    rows = [["group.name", "=", "order-integration"], ["model", "=", model]]
    found = tryton.rpc("model.ir.model.access.search", rows, 0, None, None)
    assert found
    tryton.rpc("model.ir.model.access.write", found, {right: False})
    try:
        yield
    finally:
        tryton.rpc("model.ir.model.access.write", found, {right: True})
