"""Which progress may follow which."""

import pytest

from orderflow.domain.states import IN_ERP, TRANSITIONS, Progress, may_follow
from orderflow.domain.worklist import Worklist


def test_every_progress_has_its_row() -> None:
    assert set(TRANSITIONS) == set(Progress)


@pytest.mark.parametrize("before", sorted(IN_ERP))
@pytest.mark.parametrize("after", sorted(set(Progress) - IN_ERP))
def test_nothing_that_is_in_the_erp_goes_back_to_before_it(before: Progress, after: Progress) -> None:
    assert not may_follow(before, after)


@pytest.mark.parametrize(
    "after", sorted(set(Progress) - {Progress.PUSHED, Progress.PUSHING, Progress.IN_DOUBT, Progress.RESOLVED})
)
def test_an_order_in_doubt_is_never_simply_decided_upon(after: Progress) -> None:
    assert not may_follow(Progress.IN_DOUBT, after)


def test_a_new_order_cannot_start_behind_the_push() -> None:
    assert not any(may_follow(None, progress) for progress in IN_ERP - {Progress.SHIPMENT_SENT})


def test_a_bookmark_with_the_former_name_of_a_list_still_works() -> None:
    assert Worklist("half written") is Worklist.PARTLY_WRITTEN_BACK
    with pytest.raises(ValueError, match="none such"):
        Worklist("none such")
