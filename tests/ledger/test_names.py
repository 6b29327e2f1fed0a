"""One ERP order per shop order: a name in the ERP and an ERP number belong to one order only."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from orderflow.domain.decision import Action, Decision
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.errors import OrderflowError, PermanentError, TransientError
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import LedgerOrder, RunRef, Step
from support.orders import order

PROCESS = Decision(action=Action.PROCESS, reason=Reason.PAID)
CANCELLED = Decision(action=Action.SKIP, reason=Reason.CANCELLED)
NAME = "1/CS777"


@pytest.fixture(autouse=True)
def twins(ledger: Ledger, run: RunRef) -> None:
    for order_id in (1, 2):
        ledger.decide(order(order_id=order_id, reference="CS777"), PROCESS, run)


def get(ledger: Ledger, order_id: int) -> LedgerOrder:
    known = ledger.get(order_id)
    assert known is not None
    return known


def intend(ledger: Ledger, order_id: int, run: RunRef, name: str = NAME) -> None:
    with ledger.claim(order_id, run) as claim:
        claim.intend(Step.PUSH, external_reference=name)


def test_the_second_order_under_a_name_is_refused_before_anything_is_sent(ledger: Ledger, run: RunRef) -> None:
    intend(ledger, 1, run)
    before = get(ledger, 2)

    with pytest.raises(PermanentError) as refused:
        intend(ledger, 2, run)

    assert refused.value.reason is Reason.REFERENCE_TAKEN
    assert "order id 1 " in refused.value.message
    assert "order id 2," in refused.value.message
    assert NAME in refused.value.message
    after = get(ledger, 2)
    assert (after.progress, after.external_reference) == (before.progress, None)
    assert list(ledger.by_external_reference([NAME])) == [NAME]
    assert ledger.by_external_reference([NAME])[NAME].order_id == 1


def test_the_same_order_may_take_its_name_as_often_as_it_likes(ledger: Ledger, run: RunRef) -> None:
    intend(ledger, 1, run)
    intend(ledger, 1, run)

    assert get(ledger, 1).external_reference == NAME


def test_the_erp_order_of_another_one_is_refused_whatever_its_name(ledger: Ledger, run: RunRef) -> None:
    with ledger.claim(1, run) as claim:
        claim.succeed(Step.PUSH, progress=Progress.PUSHED, external_reference=NAME, erp_number="ERP-1")

    with pytest.raises(PermanentError, match=r"order id 2.* order id 1 ") as refused, ledger.claim(2, run) as claim:
        claim.succeed(Step.PUSH, progress=Progress.PUSHED, external_reference="1/CS778", erp_number="ERP-1")

    assert refused.value.reason is Reason.ERP_NUMBER_CONFLICT
    assert get(ledger, 2).progress is Progress.READY
    assert [known.order_id for known in ledger.by_erp_number("ERP-1")] == [1]


def test_a_number_may_repeat_where_the_order_is_proved(ledger: Ledger, run: RunRef) -> None:
    for order_id, name in ((1, NAME), (2, "1/CS778")):
        with ledger.claim(order_id, run) as claim:
            claim.succeed(
                Step.PUSH, progress=Progress.PUSHED, external_reference=name, erp_number="SO-1", is_proved=order_id == 2
            )

    assert sorted(known.order_id for known in ledger.by_erp_number("SO-1")) == [1, 2]


@pytest.mark.parametrize("progress", [Progress.REJECTED, Progress.READY])
def test_a_name_is_free_again_once_the_erp_has_certainly_not_got_the_order(
    ledger: Ledger, run: RunRef, progress: Progress
) -> None:
    with ledger.claim(1, run) as claim:
        claim.intend(Step.PUSH, external_reference=NAME)
        claim.fail(Step.PUSH, PermanentError("no", reason=Reason.ERP_REJECTED), progress=progress)

    intend(ledger, 2, run)

    assert get(ledger, 1).external_reference is None
    assert get(ledger, 2).external_reference == NAME


def test_a_name_is_not_free_while_nobody_knows_whether_the_erp_has_the_order(ledger: Ledger, run: RunRef) -> None:
    with ledger.claim(1, run) as claim:
        claim.intend(Step.PUSH, external_reference=NAME)
        claim.fail(Step.PUSH, TransientError("no answer"), progress=Progress.IN_DOUBT)
    ledger.decide(order(order_id=1, reference="renamed"), CANCELLED, run)

    with pytest.raises(PermanentError):
        intend(ledger, 2, run)


def test_of_many_that_take_a_name_at_once_one_gets_it_and_the_others_are_named(ledger: Ledger, run: RunRef) -> None:
    ids = range(10, 16)
    for order_id in ids:
        ledger.decide(order(order_id=order_id, reference="CS777"), PROCESS, run)
    together = Barrier(len(ids), timeout=60)

    def take(order_id: int) -> OrderflowError | None:
        together.wait()
        try:
            intend(ledger, order_id, run)
        except OrderflowError as error:
            return error
        return None

    with ThreadPoolExecutor(len(ids)) as pool:
        errors = [error for error in pool.map(take, ids) if error]

    assert [error.reason for error in errors] == [Reason.REFERENCE_TAKEN] * (len(ids) - 1)
    assert len([known for known in ledger.get_many(ids).values() if known.external_reference]) == 1


def test_the_intent_holds_the_very_request(ledger: Ledger, run: RunRef) -> None:
    with ledger.claim(1, run) as claim:
        claim.intend(
            Step.PUSH, external_reference=NAME, idempotency_key="cloudsuite:1", payload_hash="abc", payload_version=2,
            line_ids={1: 70}, sent_lines=[{"position": 1, "quantity": "2.0"}],
        )  # fmt: skip

    known = get(ledger, 1)
    assert (known.idempotency_key, known.payload_hash, known.payload_version) == ("cloudsuite:1", "abc", 2)
    assert (known.line_ids, known.sent_lines) == ({1: 70}, [{"position": 1, "quantity": "2.0"}])
