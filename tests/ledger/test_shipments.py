"""The packing slips in the ledger: stored once, held by one run, and what was sent is kept as sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import URL

from orderflow.domain.decision import Action, Decision
from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import Shipment, ShipmentItem, ShipmentProgress
from orderflow.domain.states import Progress
from orderflow.errors import ClaimedElsewhereError, InDoubtError, PermanentError
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import Outcome, RunRef, Step
from orderflow.ledger.opening import open_ledger
from orderflow.ledger.orders.rows import IllegalTransitionError
from support.clock import Clock
from support.orders import order


def shipment(number: str = "PS-1", quantity: str = "1.5", *orders: str) -> Shipment:
    return Shipment(
        number=number,
        slip_date=date(2026, 11, 22),
        planned_delivery_date=None,
        carrier="DHL",
        tracking_code="3SABC",
        comment="Bij de buren",
        order_numbers=orders or ("ERP-1",),
        items=tuple(
            ShipmentItem(order_number=name, line_number=11, quantity=Decimal(quantity), product_key="124_STUK")
            for name in orders or ("ERP-1",)
        ),
    )


def exported(ledger: Ledger, run: RunRef, number: str = "ERP-1") -> None:
    ledger.decide(order(), Decision(action=Action.PROCESS, reason=Reason.PAID), run)
    with ledger.claim(12345, run) as claim:
        claim.intend(Step.PUSH)
        claim.succeed(Step.PUSH, progress=Progress.PUSHED, erp_number=number)


def test_a_slip_is_new_once_and_keeps_every_digit(ledger: Ledger) -> None:
    assert ledger.shipments.note([shipment()]).new == ["PS-1"]
    assert ledger.shipments.note([shipment()]) == ([], [])
    (known,) = ledger.shipments.open()
    assert known.content == shipment()
    assert known.progress is ShipmentProgress.OPEN


def test_a_correction_before_it_is_sent_is_taken_over(ledger: Ledger) -> None:
    ledger.shipments.note([shipment()])
    assert ledger.shipments.note([shipment(quantity="2")]) == ([], [])
    assert ledger.shipments.get_many(["PS-1"])["PS-1"].content == shipment(quantity="2")


def test_a_correction_after_it_was_sent_is_told_once_and_changes_nothing(ledger: Ledger, run: RunRef) -> None:
    ledger.shipments.note([shipment()])
    with ledger.shipments.claim("PS-1", run) as claim:
        claim.intend()
        claim.succeed()
    assert ledger.shipments.note([shipment(quantity="2")]).changed == ["PS-1"]
    assert ledger.shipments.note([shipment(quantity="2")]).changed == []
    known = ledger.shipments.get_many(["PS-1"])["PS-1"]
    assert (known.progress, known.reason, known.content) == (ShipmentProgress.SENT, Reason.SLIP_CHANGED, shipment())


def test_a_date_that_the_erp_sets_when_the_goods_have_left_is_no_correction(ledger: Ledger, run: RunRef) -> None:
    ledger.shipments.note([shipment()])
    with ledger.shipments.claim("PS-1", run) as claim:
        claim.intend()
        claim.succeed()
    later = shipment().model_copy(update={"slip_date": shipment().slip_date + timedelta(days=1)})
    assert ledger.shipments.note([later]).changed == []
    assert ledger.shipments.get_many(["PS-1"])["PS-1"].reason is None


def test_what_changes_while_it_is_sent_does_not_change_what_was_sent(ledger: Ledger, run: RunRef) -> None:
    ledger.shipments.note([shipment()])
    with ledger.shipments.claim("PS-1", run) as claim:
        ledger.shipments.note([shipment(quantity="2")])
        claim.intend()
        claim.succeed()
    assert ledger.shipments.get_many(["PS-1"])["PS-1"].content == shipment()
    assert ledger.shipments.note([shipment(quantity="2")]).changed == ["PS-1"]


def test_one_run_holds_a_slip_until_its_lease_runs_out(
    ledger: Ledger, run: RunRef, other_run: RunRef, clock: Clock
) -> None:
    ledger.shipments.note([shipment()])
    with ledger.shipments.claim("PS-1", run) as dead:
        with pytest.raises(ClaimedElsewhereError, match="first"), ledger.shipments.claim("PS-1", other_run):
            pass
        dead.intend()
        clock.advance(minutes=2)
        with ledger.shipments.claim("PS-1", other_run) as claim:
            assert claim.shipment.progress is ShipmentProgress.SENDING
            with pytest.raises(ClaimedElsewhereError):
                dead.succeed()
    assert ledger.shipments.get_many(["PS-1"])["PS-1"].progress is ShipmentProgress.SENDING


def test_out_of_doubt_there_is_no_way_but_through_the_shop(ledger: Ledger, run: RunRef) -> None:
    ledger.shipments.note([shipment()])
    with ledger.shipments.claim("PS-1", run) as claim:
        claim.intend()
        claim.fail(InDoubtError("?", reason=Reason.MESSAGE_IN_DOUBT), ShipmentProgress.IN_DOUBT)
        with pytest.raises(IllegalTransitionError, match="in_doubt"):
            claim.put(ShipmentProgress.OPEN, Reason.NUMBERS_NOT_IN_SHOP, "")


def test_a_slip_nobody_noted_cannot_be_claimed(ledger: Ledger, run: RunRef) -> None:
    with pytest.raises(PermanentError, match="PS-9"), ledger.shipments.claim("PS-9", run):
        pass


def test_each_of_its_orders_tells_of_it(ledger: Ledger, run: RunRef) -> None:
    exported(ledger, run)
    ledger.shipments.note([shipment("PS-1", "1", "ERP-1", "ERP-2")])
    with ledger.shipments.claim("PS-1", run) as claim:
        claim.intend()
        claim.succeed()
    told = [event for event in ledger.events(order_id=12345) if event.step is Step.SEND_SHIPMENT]
    assert [(event.outcome, event.message) for event in told] == [(Outcome.INTENT, "PS-1"), (Outcome.DONE, "PS-1")]
    assert [known.number for known in ledger.shipments.of_order("ERP-2")] == ["PS-1"]


def test_a_skipped_slip_comes_back_once_its_order_is_known(ledger: Ledger, run: RunRef) -> None:
    ledger.shipments.note([shipment()])
    with ledger.shipments.claim("PS-1", run) as claim:
        claim.put(ShipmentProgress.SKIPPED, Reason.NOT_A_SHOP_ORDER, "")
    assert ledger.shipments.skipped_and_known() == []
    exported(ledger, run)
    assert ledger.shipments.skipped_and_known() == ["PS-1"]
    assert set(ledger.shipments.orders(["ERP-1", "ERP-2"])) == {"ERP-1"}


def test_an_order_exported_before_tells_a_lost_ledger_its_number(ledger: Ledger, run: RunRef) -> None:
    ledger.decide(order(erp_order_number="ERP-1"), Decision(action=Action.SKIP, reason=Reason.ALREADY_EXPORTED), run)
    assert set(ledger.shipments.orders(["ERP-1"])) == {"ERP-1"}


def test_the_reading_only_moves_forward(ledger: Ledger, clock: Clock) -> None:
    assert ledger.shipments.read_until() is None
    ledger.shipments.was_read(clock.now)
    ledger.shipments.was_read(clock.now - timedelta(hours=5))
    assert ledger.shipments.read_until() == clock.now


def test_two_runs_that_note_the_same_slips_at_once_make_each_once(ledger_url: URL, clock: Clock) -> None:
    open_ledger(ledger_url, clock=clock)
    shipments = [shipment(f"PS-{n}") for n in range(40)]

    def note(_: int) -> list[str]:
        return open_ledger(ledger_url, clock=clock).shipments.note(shipments).new

    with ThreadPoolExecutor(4) as pool:
        new = [number for some in pool.map(note, range(4)) for number in some]
    assert sorted(new) == sorted(one.number for one in shipments)


def test_two_first_readings_at_once_are_one(ledger_url: URL, clock: Clock) -> None:
    open_ledger(ledger_url, clock=clock)

    def read(hours: int) -> None:
        open_ledger(ledger_url, clock=clock).shipments.was_read(clock.now + timedelta(hours=hours))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(read, range(4)))
    assert open_ledger(ledger_url, clock=clock).shipments.read_until() == clock.now + timedelta(hours=3)
