"""Each guard of the packing slips: the shop accepts a slip's number once, and does not show what it has.

`faults.mutations` removes them one by one; then these fail.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from faults.dag_run import DagRun, ShipmentRun
from faults.points import DURING, breaking
from faults.stand import Connect
from orderflow.domain.shipment import OperatorDecision, ShipmentProgress
from orderflow.domain.window import Window
from orderflow.flow.services import Services
from orderflow.flow.shipments.send import SENT_SINCE
from sandbox.control import SandboxControl
from support.clock import Clock

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
UNTIMELY = 0.5
DESADV = "/proxy/des_adv_xml/delivery/"
LINE = {"product": {"origin": "myorigin", "key": "124_STUK"}, "unit_price": "10.00", "quantity": 2}


def export(control: SandboxControl, connect: Connect) -> str:
    """Bring an order into the ERP and back; returns its ERP number."""
    control.add_orders({"confirm_date": "2026-11-22T12:00:00", "order_lines": [LINE]})
    DagRun(connect(), "export", DAY).go()
    return str(control.erp_orders()[0]["number"])


def run(services: Services, run_id: str, word: OperatorDecision | None = None, **more: Any) -> ShipmentRun:
    shipment_run = ShipmentRun(services, run_id, word or OperatorDecision(), **more)
    shipment_run.go()
    return shipment_run


def posts(control: SandboxControl) -> list[Any]:
    return [call for call in control.journal(service="shop", method="POST") if call["path"] == DESADV]


def standing(services: Services, number: str) -> ShipmentProgress:
    return services.ledger.shipments.get_many([number])[number].progress


@contextmanager
def sending(control: SandboxControl, connect: Connect) -> Iterator[None]:
    """While this block runs, another run has sent a slip and waits for the shop's answer."""
    control.fault("hang_then_commit", service="shop", method="POST", path=DESADV)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(run, connect(), "first")
        while not posts(control):
            assert not first.done()
        try:
            yield
        finally:
            control.release()
        first.result()


def test_two_runs_at_the_same_time_send_a_slip_once(control: SandboxControl, connect: Connect) -> None:
    """The claim: the run whose message is on its way can still record that it arrived."""
    number = str(control.deliver(export(control, connect))["number"])
    with sending(control, connect):
        run(connect(), "second")

    assert standing(connect(), number) is ShipmentProgress.SENT
    assert len(posts(control)) == 1


def test_a_slip_that_may_have_arrived_is_not_sent_again(
    control: SandboxControl, connect: Connect, clock: Clock
) -> None:
    """The intent row and the doubt: the shop did not answer in time, and takes the message later."""
    number = str(control.deliver(export(control, connect))["number"])
    control.fault("hang_then_commit", service="shop", method="POST", path=DESADV)
    run(connect(read_timeout=UNTIMELY), "first")
    clock.advance(hours=7)
    run(connect(), "second")
    control.release()
    control.settle()
    clock.advance(hours=7)
    run(connect(), "third")

    assert standing(connect(), number) is ShipmentProgress.IN_DOUBT
    assert len(posts(control)) == 1


def test_the_outcome_of_a_slip_is_written_again_at_once(control: SandboxControl, connect: Connect) -> None:
    """Without it a person has to look into the shop, though the shop has answered."""
    number = str(control.deliver(export(control, connect))["number"])
    run(connect(listener=breaking(DURING, "INSERT INTO orderflow_event.*'send_packing_slip'.*'done'")), "first")

    assert standing(connect(), number) is ShipmentProgress.SENT
    assert len(posts(control)) == 1


def test_a_person_who_says_send_now_twice_sends_it_once(control: SandboxControl, connect: Connect) -> None:
    number = str(control.deliver(export(control, connect))["number"])
    control.fault("reset_before_commit", service="shop", method="POST", path=DESADV)
    run(connect(), "first")
    run(connect(), "looked", OperatorDecision(send_now=[number]))
    run(connect(), "looked again", OperatorDecision(send_now=[number]))

    assert standing(connect(), number) is ShipmentProgress.SENT
    assert len(control.desadv_messages()) == 1


def test_a_persons_word_is_good_for_one_message(control: SandboxControl, connect: Connect) -> None:
    """The run that sent it at that word is tried again, or cleared: nobody has looked since."""
    number = str(control.deliver(export(control, connect))["number"])
    control.fault("reset_before_commit", service="shop", method="POST", path=DESADV)
    run(connect(), "first")
    control.fault("reset_after_commit", service="shop", method="POST", path=DESADV)
    run(connect(), "looked", OperatorDecision(send_now=[number]))
    run(connect(), "looked", OperatorDecision(send_now=[number]), first_try=2)

    assert standing(connect(), number) is ShipmentProgress.IN_DOUBT
    assert len(posts(control)) == 2


def test_a_persons_word_is_not_about_a_message_that_was_sent_since(
    control: SandboxControl, connect: Connect, clock: Clock
) -> None:
    """Two people look into the shop and say the same at the same time; the message of the first arrives unanswered."""
    number = str(control.deliver(export(control, connect))["number"])
    control.fault("reset_before_commit", service="shop", method="POST", path=DESADV)
    run(connect(), "first")
    clock.advance(hours=1)
    looked = OperatorDecision(send_now=[number], made_at=clock())
    control.fault("reset_after_commit", service="shop", method="POST", path=DESADV)
    clock.advance(seconds=1)
    run(connect(), "one", looked)
    second = run(connect(), "another", looked)

    assert standing(connect(), number) is ShipmentProgress.IN_DOUBT
    assert len(posts(control)) == 2
    assert second.undone == [SENT_SINCE]


def test_a_persons_word_waits_for_the_run_that_is_sending(control: SandboxControl, connect: Connect) -> None:
    """It is refused while the message is on its way, and says until when; nothing is sent at that word."""
    number = str(control.deliver(export(control, connect))["number"])
    with sending(control, connect):
        second = run(connect(), "looked", OperatorDecision(send_now=[number]))

    (undone,) = second.undone
    assert undone.startswith("held by orderflow_deliveries")
    assert standing(connect(), number) is ShipmentProgress.SENT
    assert len(posts(control)) == 1


def test_a_slip_does_not_overtake_the_numbers_of_its_lines(
    control: SandboxControl, connect: Connect, clock: Clock
) -> None:
    """The shop matches a message by the numbers of lines, and the PUT that tells them is late: nobody need look."""
    control.fault("status", service="shop", method="PUT", times=0)
    number = str(control.deliver(export(control, connect))["number"])
    run(connect(), "early")
    assert standing(connect(), number) is ShipmentProgress.OPEN
    assert posts(control) == []

    control.clear_faults()
    clock.advance(minutes=6)
    DagRun(connect(), "sweep", None).go()
    run(connect(), "in time")
    assert standing(connect(), number) is ShipmentProgress.SENT


def test_a_slip_is_not_sent_where_the_shop_has_another_number(control: SandboxControl, connect: Connect) -> None:
    """The shop matches a message by the order's number, too, and somebody has changed it there."""
    erp_number = export(control, connect)
    number = str(control.deliver(erp_number)["number"])
    (order,) = control.orders()
    control.edit_order(order["id"], erp_order_number="ERP-BY-HAND")
    run(connect(), "early")
    assert posts(control) == []

    control.edit_order(order["id"], erp_order_number=erp_number)
    run(connect(), "in time")
    assert standing(connect(), number) is ShipmentProgress.SENT


def test_no_outage_leaves_a_gap(control: SandboxControl, connect: Connect, clock: Clock) -> None:
    """The reading: a slip was made while nothing ran, and the next run's own hour begins after it."""
    erp_number = export(control, connect)
    run(connect(), "before")
    control.deliver(erp_number, made_at=(clock.now + timedelta(hours=1)).isoformat())
    clock.advance(hours=50)
    run(connect(), "after", asked=clock.now - timedelta(hours=1))

    assert len(control.desadv_messages()) == 1
