"""What a failing task reveals: read as Airflow reads it, with every cause, from the outermost to the innermost."""

import logging
import traceback
from collections.abc import Callable

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from orderflow.domain.reasons import Reason
from orderflow.errors import OrderflowError, PermanentError, TransientError
from orderflow.orchestration.edge import guarded

SAID = "Wilhelmina Canary, w.canary@example.org, s3cr3t-of-nobody"


def _chained() -> None:
    try:
        try:
            int(SAID)
        except ValueError as error:
            raise KeyError(SAID) from error
    except KeyError as error:
        raise PermanentError("a sentence", reason=Reason.ERP_REJECTED) from error


def _in_passing() -> None:
    try:
        int(SAID)
    except ValueError:
        raise TransientError("a sentence")  # noqa: B904 - on purpose


def _unforeseen() -> None:
    _in_two_steps({"name": SAID})


def _in_two_steps(row: dict[str, str]) -> None:
    raise KeyError(str(row))


@pytest.mark.parametrize(
    ("work", "kind", "said"),
    [
        (_chained, PermanentError, "a sentence"),
        (_in_passing, TransientError, "a sentence"),
        (_unforeseen, TransientError, "KeyError at"),
    ],
)
def test_an_error_leaves_without_what_caused_it(
    work: Callable[[], None], kind: type[OrderflowError], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(kind, match=said) as caught:
        guarded(work)()

    told = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert not [piece for piece in SAID.split(", ") if piece in told]


def test_the_log_says_where_an_unforeseen_error_came_from(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(TransientError):
        guarded(_unforeseen)()
    assert "in _in_two_steps" in caplog.text
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_what_airflow_is_told_by_an_exception_it_is_told() -> None:
    def skips() -> None:
        raise AirflowSkipException("nothing to do")

    with pytest.raises(AirflowSkipException, match="nothing to do"):
        guarded(skips)()
    assert guarded(lambda: 7)() == 7
