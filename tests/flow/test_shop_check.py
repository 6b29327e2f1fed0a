"""What a check finds is kept, and a changed answer is told: once, until the next check."""

import pytest

from orderflow.checking.assumptions import ASSUMPTIONS
from orderflow.checking.report import Checked
from orderflow.checking.verdict import CheckOutcome, CheckResult, Proposal, fails, holds, unseen
from orderflow.domain.reasons import Reason
from orderflow.flow.reporting.digest import Digest
from orderflow.flow.reporting.messages import Links, Writer
from orderflow.flow.services import Services
from orderflow.flow.shop_check.check import check_and_keep
from orderflow.flow.shop_check.keep import keep_check
from sandbox.control import SandboxControl
from support.flow_runs import Runs

GOOD, GUARDED, TO_DO, HIDDEN = holds("as ever"), fails("9 rows", "more calls"), fails("x", "y", "ask"), unseen("why")


def _checked(**verdicts: CheckResult) -> Checked:
    everything = {one.id: verdicts.get(one.id, HIDDEN) for one in ASSUMPTIONS}
    return Checked(verdicts=everything, fields=[], proposals=[Proposal(("not_before",), "2026-11-22", "why")], calls=1)


@pytest.mark.parametrize(
    ("answers", "changed"),
    [
        ([GOOD, GOOD], False),
        ([GOOD, GUARDED], True),
        ([GUARDED, GOOD], True),
        ([TO_DO, GOOD], False),  # somebody did it
        ([GOOD, HIDDEN], False),
        ([GOOD, HIDDEN, GOOD], False),
        ([GOOD, HIDDEN, GUARDED], True),
        ([HIDDEN, GUARDED], False),  # seen for the first time
        ([GOOD, GUARDED, GUARDED], False),  # told by the check before
        ([GOOD, GUARDED, GOOD], True),
    ],
)
def test_an_answer_that_changed_is_told_until_the_next_check(
    *,
    answers: list[CheckResult],
    changed: bool,
    services: Services,
    runs: Runs,
) -> None:
    for answer in answers:
        said = keep_check(services, _checked(count=answer), runs())
    assert bool(said) is changed
    assert [alert.reason for alert in services.ledger.alerts.open()] == [Reason.ASSUMPTION_CHANGED] * changed
    last = services.ledger.checks.last()
    assert last
    assert [one.id for one in last.verdicts if one.was] == ["count"] * changed
    assert (last.proposed, last.reasons) == ({"not_before": "2026-11-22"}, {"not_before": "why"})


def test_a_task_that_is_tried_again_tells_the_same(services: Services, runs: Runs) -> None:
    keep_check(services, _checked(count=GOOD), runs())
    run = runs()
    said = [keep_check(services, _checked(count=GUARDED), run) for _ in range(2)]
    assert said[0] == said[1] != []
    (alert,) = services.ledger.alerts.open()
    assert alert.seen == 1
    assert (
        "count (`count` is the number of rows of all pages): holds before, does not hold now: 9 rows" in alert.message
    )


@pytest.mark.parametrize("name", ["origins", "fields_read"])
def test_what_holds_because_a_setting_says_so_is_no_change_of_the_shop(
    name: str, services: Services, runs: Runs
) -> None:
    said = [keep_check(services, _checked(**{name: one}), runs()) for one in (GUARDED, GOOD, GUARDED)]
    assert [bool(one) for one in said] == [False, False, True]


def test_another_change_is_another_alert(services: Services, runs: Runs) -> None:
    for name in ("count", "next"):
        keep_check(services, _checked(**{name: GOOD, "slash": GOOD}), runs())
    keep_check(services, _checked(count=GUARDED), runs())
    (first,) = services.ledger.alerts.open()
    keep_check(services, _checked(next=GUARDED), runs())
    (second,) = services.ledger.alerts.open()
    assert second.id != first.id
    assert "count" not in second.message


def test_the_digest_warns(services: Services, runs: Runs) -> None:
    for answer in (GOOD, GUARDED):
        keep_check(services, _checked(count=answer), runs())
    digest = Digest.of(services)
    assert digest.is_due(services)
    text = digest.message(services, Writer("UTC", services.now(), Links("https://page", {}))).text
    assert "assumption_changed: count · check of shop and ERP" in text, text


def test_a_shop_that_was_updated_is_noticed_and_nothing_is_written(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    control.reset(day="2026-11-22", count=12)
    assert check_and_keep(services, runs())[1] == []
    control.configure(unknown_filters=["offline"])
    checked, changed = check_and_keep(services, runs())
    assert checked.verdicts["filter_offline"].outcome is CheckOutcome.FAILS
    assert [sentence.partition(" ")[0] for sentence in changed] == ["filter_offline"]
    assert {call["method"] for call in control.journal() if call["service"] != "token"} == {"GET"}


def test_what_is_kept_names_no_mail_address(services: Services, runs: Runs) -> None:
    keep_check(services, _checked(json=GUARDED._replace(seen="somebody@example.org cannot be read")), runs())
    last = services.ledger.checks.last()
    assert last
    assert "somebody" not in last.model_dump_json()
