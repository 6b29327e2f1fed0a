"""What every ERP adapter promises the flow, whatever the system behind it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier

import pytest

from orderflow.domain.reasons import Reason
from orderflow.erp.models import SalesOrder, SalesOrderRequest
from orderflow.errors import InDoubtError, OrderflowError, PermanentError
from support.erp_orders import REFERENCE, lines
from support.erp_subject import ReconciliationItem
from support.lossy import Fate, lossy

CREATORS = 4
MANY = 500
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def test_a_created_order_has_a_number_and_is_found_again(subject: ReconciliationItem) -> None:
    created = subject.erp.create(subject.request())
    assert created.external_reference == REFERENCE
    assert subject.numbers(REFERENCE) == [created.number]
    assert subject.erp.find(REFERENCE) == created


def test_an_order_that_is_not_there_is_none(subject: ReconciliationItem) -> None:
    subject.erp.create(subject.request())
    assert subject.erp.find("1/CS404") is None
    assert subject.erp.find("1/CS4819") is None


def test_the_same_order_again_is_the_first_one(subject: ReconciliationItem) -> None:
    first = subject.erp.create(subject.request())
    assert subject.erp.create(subject.request()) == first
    assert subject.numbers(REFERENCE) == [first.number]


def test_texts_between_the_lines_get_no_number(subject: ReconciliationItem) -> None:
    texts = [
        {"kind": kind, "text": "Mind the step", "after": after}
        for after, kind in enumerate(("comment", "x", "subtotal"))
    ]
    order = subject.request(lines=lines("124_STUK", "8890_STUK"), texts=texts)
    created = subject.erp.create(order)
    assert set(created.line_numbers) == {1, 2}
    assert subject.erp.find(REFERENCE) == subject.erp.create(order) == created


def test_an_edited_order_does_not_become_a_second_one(subject: ReconciliationItem) -> None:
    first = subject.erp.create(subject.request())
    try:
        again: SalesOrder | None = subject.erp.create(subject.request(lines=lines("8890_STUK")))
    except InDoubtError:
        again = subject.erp.find(REFERENCE)
    assert again == first
    assert subject.numbers(REFERENCE) == [first.number]


def test_several_creators_at_the_same_time_make_one_order(subject: ReconciliationItem) -> None:
    barrier = Barrier(CREATORS, timeout=60)

    def create(_creator: int) -> SalesOrder | OrderflowError:
        erp = subject.erp
        erp.find(REFERENCE)
        barrier.wait()
        try:
            return erp.create(subject.request())
        except InDoubtError as error:
            return error

    with ThreadPoolExecutor(CREATORS) as pool:
        outcomes = list(pool.map(create, range(CREATORS)))
    found = subject.erp.find(REFERENCE)
    assert found is not None
    assert subject.numbers(REFERENCE) == [found.number]
    assert {outcome.number for outcome in outcomes if isinstance(outcome, SalesOrder)} == {found.number}


def test_a_rejected_order_is_not_there_and_says_why(subject: ReconciliationItem) -> None:
    with pytest.raises(PermanentError, match="UNKNOWN_STUK") as caught:
        subject.erp.create(subject.request(lines=lines("124_STUK", "UNKNOWN_STUK")))
    assert caught.value.reason is Reason.ERP_REJECTED
    assert subject.numbers(REFERENCE) == []
    assert subject.erp.find(REFERENCE) is None


def test_a_rejected_order_can_be_created_once_it_is_corrected(subject: ReconciliationItem) -> None:
    with pytest.raises(PermanentError):
        subject.erp.create(subject.request(lines=lines("UNKNOWN_STUK")))
    created = subject.erp.create(subject.request())
    assert subject.numbers(REFERENCE) == [created.number]


@pytest.mark.parametrize("write", [1, 2])
@pytest.mark.parametrize("fate", ["lose request", "lose answer"])
def test_a_lost_write_is_in_doubt_and_settled_by_a_look_up(subject: ReconciliationItem, write: int, fate: Fate) -> None:
    """An adapter that needs one write only is not hit by the second loss, and simply succeeds."""
    with lossy(subject.url) as proxy:
        proxy.lose(write, fate)
        erp = subject.connect(proxy.url)
        try:
            erp.create(subject.request())
        except InDoubtError:
            assert proxy.seen[-1][2] == fate
        else:
            assert fate not in {seen[2] for seen in proxy.seen}
        settled = erp.find(REFERENCE) or erp.create(subject.request())
    assert subject.numbers(REFERENCE) == [settled.number]
    assert subject.erp.find(REFERENCE) == settled


def test_an_order_whose_answer_was_lost_is_found(subject: ReconciliationItem) -> None:
    with lossy(subject.url) as proxy:
        erp = subject.connect(proxy.url)
        erp.create(subject.request(external_reference="1/CS1", shop_order_id=1))
        writes = len([method for method, _, _ in proxy.seen if method == "POST"])
        proxy.lose(writes, "lose answer")
        with pytest.raises(InDoubtError):
            erp.create(subject.request())
        found = erp.find(REFERENCE)
    assert found is not None
    assert subject.numbers(REFERENCE) == [found.number]


def test_a_look_up_goes_on_over_a_lost_answer(subject: ReconciliationItem) -> None:
    created = subject.erp.create(subject.request())
    with lossy(subject.url) as proxy:
        proxy.lose(1, "lose answer", method="GET")
        assert subject.connect(proxy.url).find(REFERENCE) == created


def test_every_line_has_a_number_of_its_own_by_position(subject: ReconciliationItem) -> None:
    """Positions have gaps where the shop has lines of other types, and one product may stand on several lines."""
    wanted = [*lines("124_STUK", "8890_STUK"), *lines("124_STUK", first=7)]
    created = subject.erp.create(subject.request(lines=wanted))
    assert set(created.line_numbers) == {1, 2, 7}
    assert len(set(created.line_numbers.values())) == 3
    found = subject.erp.find(REFERENCE)
    assert found is not None
    assert found.line_numbers == created.line_numbers


def test_hundreds_of_lines_each_have_a_number(subject: ReconciliationItem) -> None:
    request = subject.request(lines=lines(*["124_STUK", "8890_STUK"] * (MANY // 2)))
    created = subject.erp.create(request)
    assert set(created.line_numbers) == set(range(1, MANY + 1))
    assert len(set(created.line_numbers.values())) == MANY
    assert subject.erp.find(REFERENCE) == created


def test_every_script_goes_through(subject: ReconciliationItem) -> None:
    odd = "1/CS 1+2&3=é „Łódź” ☕ 注文"
    request = subject.request(
        external_reference=odd,
        shop_reference=odd,
        customer_order_number="<b>PO</b> »9« Ærø",
        remarks="<script>alert('order')</script>\nsecond line 🙂",
    )
    created = subject.erp.create(request)
    assert created.external_reference == odd
    assert subject.erp.find(odd) == created


def test_the_total_is_that_of_the_order_to_the_cent(subject: ReconciliationItem) -> None:
    """Quantities with decimals, a price with three of them, and zeros that mean nothing."""
    wanted = lines(("3310_M", "2.5", "1.385"), ("123_KG", "0.7500", "7.45000"), ("124_STUK", "12.0", "189.95"))
    request = subject.request(lines=wanted)
    subject.erp.create(request)
    (listed,) = subject.erp.orders_since(LONG_AGO)
    assert abs(listed.total - _total(request)) <= Decimal("0.01")
    assert listed.currency == "EUR"


def test_a_listing_has_the_orders_since_an_instant(subject: ReconciliationItem) -> None:
    subject.small_pages()
    before = datetime.now(UTC)
    references = {f"1/CS{number}" for number in range(5)}
    numbers = {subject.erp.create(_numbered(subject, reference)).number for reference in references}
    listed = list(subject.erp.orders_since(before - timedelta(seconds=1)))
    assert sorted(order.external_reference for order in listed) == sorted(references)
    assert {order.number for order in listed} == numbers
    assert all(set(order.line_numbers) == {1, 2} for order in listed)
    assert list(subject.erp.orders_since(listed[-1].created_at + timedelta(hours=1))) == []


def test_a_delivery_names_the_order_and_its_lines(subject: ReconciliationItem) -> None:
    before = datetime.now(UTC)
    created = subject.erp.create(subject.request(lines=lines(("124_STUK", "3", "10.00"), ("123_KG", "0.5", "7.45"))))
    other = subject.erp.create(_numbered(subject, "1/CS2"))
    subject.deliver(created.number)
    (shipment,) = subject.erp.deliveries_since(before - timedelta(seconds=1))
    assert shipment.number
    assert shipment.order_number == created.number != other.number
    assert shipment.external_reference == created.external_reference
    by_line = {line.line_number: (line.quantity, line.product_key) for line in shipment.lines}
    numbers = created.line_numbers
    assert by_line == {numbers[1]: (Decimal(3), "124_STUK"), numbers[2]: (Decimal("0.5"), "123_KG")}
    assert list(subject.erp.deliveries_since(datetime.now(UTC) + timedelta(hours=1))) == []


def test_a_delivered_order_is_still_found(subject: ReconciliationItem) -> None:
    created = subject.erp.create(subject.request())
    subject.deliver(created.number)
    found = subject.erp.find(REFERENCE)
    assert found is not None
    assert (found.number, found.lines) == (created.number, created.lines)


def _numbered(subject: ReconciliationItem, reference: str) -> SalesOrderRequest:
    return subject.request(external_reference=reference, shop_order_id=int(reference.removeprefix("1/CS")))


def _total(request: SalesOrderRequest) -> Decimal:
    return sum((line.quantity * line.unit_price for line in request.lines), Decimal(0))
