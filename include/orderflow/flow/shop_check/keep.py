"""Stores a check in the ledger, and alerts people if shop or ERP now answer differently."""

from collections.abc import Mapping

from orderflow.checking.assumptions import BY_ID
from orderflow.checking.dutch import dutch_of
from orderflow.checking.judging_settings import OF_SETTINGS
from orderflow.checking.proposals import as_setting
from orderflow.checking.report import Checked, how_checked
from orderflow.checking.verdict import CheckOutcome, CheckResult
from orderflow.domain.reasons import Reason
from orderflow.flow.services import Services
from orderflow.flow.shop_check.safety import risks
from orderflow.ledger.models.alerts import Subject
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.models.shop_check import KeptCheck, KeptVerdict
from orderflow.redaction import impersonal

_BY_SETTINGS = {*OF_SETTINGS, "fields_read"}
"""What holds once a setting says so, and not because shop or ERP have changed."""


def keep_check(services: Services, checked: Checked, run: RunRef) -> list[str]:
    """Store a check; return the changes since the one before, one sentence each, and open one alert for them.

    The next check closes the alert, unless something has changed again. What cannot be seen now is compared with the
    last check that saw it. If an assumption now holds because somebody did what was required, that is no change.
    """
    before = services.ledger.checks.last()
    known = _to_compare_with(before, run)
    todo = _BY_SETTINGS.union(one.id for one in before.verdicts if one.todo) if before else set()
    changed = {name: known[name] for name, one in checked.verdicts.items() if _has_changed(one, known.get(name))}
    changed = {name: was for name, was in changed.items() if name not in todo or _fails(checked.verdicts[name])}
    services.ledger.checks.keep(_kept(services, checked, run, known, changed))
    sentences = [_sentence(name, was, checked.verdicts[name]) for name, was in changed.items()]
    book, subject = services.ledger.alerts, Subject.of_shop_check()
    if not sentences or (before and before.run != run.name):
        book.close(subject)  # what the previous check reported is over
    if sentences:
        book.see(subject, Reason.ASSUMPTION_CHANGED, "; ".join(sentences), run=run, title=", ".join(changed))
    return sentences


def _to_compare_with(before: KeptCheck | None, run: RunRef) -> dict[str, str]:
    if before is None:
        return {}
    return before.compared_with if before.run == run.name else before.known


def _has_changed(now: CheckResult, was: str | None) -> bool:
    return was is not None and now.outcome is not CheckOutcome.UNSEEN and now.outcome.value != was


def _fails(verdict: CheckResult) -> bool:
    return verdict.outcome is CheckOutcome.FAILS


def _sentence(name: str, was: str, now: CheckResult) -> str:
    follows = f"; {now.follows}" if now.follows else ""
    return f"{name} ({BY_ID[name].sentence}): {was} before, {now.outcome} now: {now.seen}{follows}"


def _kept(
    services: Services, checked: Checked, run: RunRef, known: Mapping[str, str], changed: Mapping[str, str]
) -> KeptCheck:
    seen = {name: one.outcome.value for name, one in checked.verdicts.items() if one.outcome is not CheckOutcome.UNSEEN}
    verdicts = tuple(_verdict(name, one, changed.get(name, "")) for name, one in checked.verdicts.items())
    reasons = {".".join(one.path): one.reason for one in checked.proposals}
    unsafe = risks(checked, services.settings)
    said = (text for one in verdicts for text in (one.sentence, one.checked, one.seen, one.follows, one.todo))
    return KeptCheck(
        at=services.now(),
        run=run.name,
        verdicts=verdicts,
        proposed=as_setting(checked.proposals),
        reasons=reasons,
        unsafe=unsafe,
        dutch=dutch_of([*said, *reasons.values(), *unsafe.values()]),
        known={**known, **seen},
        compared_with=dict(known),
    )


def _verdict(name: str, verdict: CheckResult, was: str) -> KeptVerdict:
    assumption = BY_ID[name]
    return KeptVerdict(
        id=name,
        sentence=assumption.sentence,
        outcome=verdict.outcome.value,
        seen=impersonal(verdict.seen),
        follows=verdict.follows,
        todo=verdict.todo,
        checked=how_checked(assumption, verdict),
        was=was,
    )
