"""The sweep never exports an order confirmed before go-live unless a person asks for it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.domain.decision import Action, Decision
from orderflow.domain.go_live import gated
from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.flow.orders.run import preview_day, run_day, run_sweep
from orderflow.flow.services import Services
from orderflow.ledger.opening import open_ledger
from orderflow.settings import Settings
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs
from support.ledgers import new_file
from support.orders import order

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
OLD = ("2019-03-01", "2021-07-15", "2024-12-31", "2026-11-21")


@pytest.fixture
def services(services: Services, clock: Clock, tmp_path: Path) -> Services:
    """Return the services with a ledger that has never seen a run."""
    return replace(services, ledger=open_ledger(new_file(tmp_path / "empty.db"), clock=clock))


@pytest.fixture
def old(control: SandboxControl) -> list[int]:
    return [add(control, day) for day in OLD]


def add(control: SandboxControl, day: str, **fields: Any) -> int:
    at = f"{day}T12:00:00"
    given = {"confirm_date": at, "modified_date": at, "payment_status": "closed_success", "reference": f"CS-{day}"}
    (order_id,) = control.add_orders(given | fields)
    return order_id


def exported(control: SandboxControl) -> set[str]:
    return {order["external_reference"] for order in control.erp_orders()}


def with_settings(services: Services, **changes: Any) -> Services:
    return replace(services, settings=Settings.parse({**services.settings.model_dump(), **changes}))


def test_the_first_sweep_on_an_empty_ledger_exports_nothing_and_names_what_it_leaves(
    services: Services, control: SandboxControl, runs: Runs, clock: Clock, old: list[int]
) -> None:
    new = add(control, "2026-11-22")
    first = run_sweep(services, runs())
    clock.advance(minutes=15)
    second = run_sweep(services, runs())

    assert exported(control) == set()
    (told,) = first.flags
    assert (told.reason, told.order_id) == (Reason.BEFORE_GO_LIVE, None)
    assert "5 orders" in told.message
    assert "CS-2019-03-01" in told.message
    assert second.flags == ()
    assert (first.failed, second.failed) == (0, 0)
    assert {o.reason for o in services.ledger.get_many([*old, new]).values()} == {Reason.BEFORE_GO_LIVE}


def test_orders_of_before_go_live_are_not_read_again_and_again(
    services: Services, control: SandboxControl, runs: Runs, clock: Clock, old: list[int]
) -> None:
    control.clear_journal()
    run_sweep(services, runs())
    clock.advance(days=2)
    run_sweep(services, runs())

    assert {call["path"] for call in control.journal(service="shop")} == {"/api/order/"}, "only listings"
    assert len(old) == len(OLD)


def test_the_earliest_day_that_was_run_is_go_live(
    services: Services, control: SandboxControl, runs: Runs, clock: Clock, old: list[int]
) -> None:
    add(control, "2026-11-22")
    run_sweep(services, runs())
    run_day(services, DAY, runs("2026-11-22"))
    add(control, "2026-11-22", reference="CS-late")
    clock.advance(minutes=15)
    run_sweep(services, runs())

    assert exported(control) == {"1/CS-2026-11-22", "1/CS-late"}
    assert {o.reason for o in services.ledger.get_many(old).values()} == {Reason.BEFORE_GO_LIVE}


def test_a_day_that_is_run_and_an_order_that_is_named_are_a_persons_word(
    services: Services, control: SandboxControl, runs: Runs, clock: Clock, old: list[int]
) -> None:
    run_sweep(services, runs())
    run_sweep(services, runs(), references=["CS-2019-03-01"])
    run_sweep(services, runs(), order_ids=[old[1]])
    run_day(services, Window.of_day("2026-11-21", "Europe/Amsterdam"), runs("2026-11-21"))
    clock.advance(minutes=15)
    run_sweep(services, runs())

    assert exported(control) == {"1/CS-2019-03-01", "1/CS-2021-07-15", "1/CS-2026-11-21"}
    assert [alert.reason for alert in services.ledger.alerts.open()] == [Reason.BEFORE_GO_LIVE]


def test_the_alert_is_over_when_none_waits_any_more(
    services: Services, control: SandboxControl, runs: Runs, clock: Clock, old: list[int]
) -> None:
    run_sweep(services, runs())
    run_sweep(services, runs(), order_ids=old)
    clock.advance(minutes=15)
    run_sweep(services, runs())

    assert len(exported(control)) == len(OLD)
    assert services.ledger.alerts.open() == []


def test_what_a_person_has_taken_up_the_sweep_finishes(
    services: Services, control: SandboxControl, runs: Runs, clock: Clock
) -> None:
    """It was named while it was not paid; the payment comes later."""
    unpaid = add(control, "2019-03-01", payment_status="started")
    run_day(services, DAY, runs("2026-11-22"))
    run_sweep(services, runs(), order_ids=[unpaid])
    control.edit_order(unpaid, payment_status="closed_success")
    clock.advance(minutes=15)

    run_sweep(services, runs())

    assert exported(control) == {"1/CS-2019-03-01"}


@pytest.mark.parametrize("not_before", ["2026-11-22", "2026-11-22T00:00:00+01:00", "2026-11-21T23:00:00Z"])
def test_a_go_live_that_was_set_counts_for_the_sweep_and_forbids_all_else(
    services: Services, control: SandboxControl, runs: Runs, old: list[int], not_before: str
) -> None:
    add(control, "2026-11-22")
    services = with_settings(services, not_before=not_before)
    run_sweep(services, runs())
    assert exported(control) == {"1/CS-2026-11-22"}

    day = run_day(services, Window.of_day("2026-11-21", "Europe/Amsterdam"), runs("2026-11-21"))
    named = run_sweep(services, runs(), order_ids=old)

    assert exported(control) == {"1/CS-2026-11-22"}
    assert [failure.reason for failure in day.failures] == [Reason.NOT_BEFORE]
    assert [failure.reason for failure in named.failures] == [Reason.NOT_BEFORE] * len(old)
    assert "go-live is 2026-11-2" in day.failures[0].message


def test_an_earlier_go_live_lets_go_of_what_was_held(
    services: Services, control: SandboxControl, runs: Runs, clock: Clock, old: list[int]
) -> None:
    run_sweep(with_settings(services, not_before="2026-11-22"), runs())
    clock.advance(minutes=15)
    run_sweep(with_settings(services, not_before="2024-01-01"), runs())

    assert exported(control) == {"1/CS-2024-12-31", "1/CS-2026-11-21"}
    assert len(old) == len(OLD)


def test_an_old_order_that_is_edited_now_is_still_of_before_go_live(
    services: Services, control: SandboxControl, runs: Runs, clock: Clock, old: list[int]
) -> None:
    run_day(services, DAY, runs("2026-11-22"))
    run_sweep(services, runs())
    control.edit_order(old[0], description="somebody looked at it")
    clock.advance(minutes=15)
    run_sweep(services, runs())

    assert exported(control) == set()


@pytest.mark.parametrize("hidden", [["confirm_date"], ["confirm_date", "modified_date"], []])
def test_an_order_that_does_not_say_when_it_was_confirmed_is_judged_by_its_day(
    services: Services, control: SandboxControl, runs: Runs, hidden: list[str]
) -> None:
    """A change after go-live says nothing about its confirmation, but a new order can only be confirmed since."""
    control.configure(hidden_fields=hidden)
    ids = [add(control, day, order_date=day) for day in ("2026-11-01", "2026-11-22")]
    for order_id in ids:
        control.edit_order(order_id, description="touched", **({} if hidden else {"confirm_date": None}))
    services = with_settings(services, not_before="2026-11-22")

    report = run_sweep(services, runs())

    assert exported(control) == {"1/CS-2026-11-22"}
    assert [flag.reason for flag in report.flags] == [Reason.BEFORE_GO_LIVE]
    named = run_sweep(services, runs(), order_ids=ids)
    assert named.failed == 0, "a person's word"
    assert len(exported(control)) == len(ids)


def test_the_sweep_leaves_offline_orders_of_before_go_live_alone(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    """A shop that ignores the filter lists them, too; somebody has touched an old one since."""
    control.configure(unknown_filters=["offline"])
    days = ("2026-11-01T12:00:00", "2026-11-22T12:00:00")
    old, new = control.add_orders(*({"confirm_date": at, "offline": True} for at in days))
    control.edit_order(old, description="touched")
    services = with_settings(services, not_before="2026-11-22")

    report = run_sweep(services, runs())

    assert [control.order(order_id)["shipment_state"] for order_id in (old, new)] == ["none", "sent"]
    assert (report.failed, report.flags) == (0, ())
    assert services.ledger.alerts.open() == []
    assert services.ledger.open_orders() == []


def test_a_dry_run_is_no_day_that_was_run(
    services: Services, control: SandboxControl, runs: Runs, old: list[int]
) -> None:
    preview_day(services, Window.of_day("2019-03-01", "Europe/Amsterdam"), runs("2019-03-01"), lambda _: None)
    run_sweep(services, runs())

    assert exported(control) == set()
    assert len(old) == len(OLD)


@given(
    confirmed=st.none() | st.datetimes(timezones=st.just(UTC)),
    placed=st.none() | st.dates(),
    live=st.none() | st.datetimes(timezones=st.just(UTC)),
    action=st.sampled_from(Action),
    by_person=st.booleans(),
)
def test_nothing_is_processed_that_was_confirmed_before_go_live(
    confirmed: datetime | None, placed: date | None, live: datetime | None, action: Action, *, by_person: bool
) -> None:
    decision = Decision(action=action, reason=Reason.PAID)

    seen = order(confirmed_at=confirmed, modified_at=None, order_date=placed)
    after = gated(decision, seen, go_live=live, by_person=by_person, timezone="UTC")

    if live is None:
        assert (after == decision) == (by_person or action is Action.SKIP)
    else:
        by_day = by_person or (placed is not None and placed >= live.date())
        may = by_day if confirmed is None else confirmed >= live
        assert (after == decision) == (may or action is Action.SKIP or (action is Action.MARK and by_person))
    assert after == decision or after.action is (Action.SKIP if action is Action.MARK else Action.HOLD)
