"""Every text that an operator reads also exists in Dutch."""

import re

import pytest

from orderflow.domain.explanations import EXPLAINED
from orderflow.domain.findings import KINDS
from orderflow.domain.findings_nl import KINDS_NL
from orderflow.domain.reasons import Owner, Reason
from orderflow.domain.reasons_nl import EXPLAINED_NL, OWNERS_NL


def test_no_reason_kind_or_owner_lacks_its_dutch_text() -> None:
    assert set(EXPLAINED_NL) == set(Reason) == set(EXPLAINED)
    assert set(KINDS_NL) == set(KINDS)
    assert set(OWNERS_NL) == set(Owner)


@pytest.mark.parametrize("reason", Reason)
def test_both_languages_name_the_same_settings_and_connections(reason: Reason) -> None:
    english, dutch = EXPLAINED[reason], EXPLAINED_NL[reason]

    def named(text: str) -> set[str]:
        return set(re.findall(r"`(\w+)`", text))

    assert named(f"{english.meaning} {english.action}") == named(f"{dutch.meaning} {dutch.action}")
