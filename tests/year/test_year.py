"""Some days of a shop with more trouble than any has: all is told, once and in time, and nothing is lost or doubled."""

import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from year.mix import BUSY
from year.report import audited, table, to_tell
from year.stage import staged
from year.troubles import BY_COMPARISON

LATEST = 60
"""Minutes. One sweep meets an outage, and the next one announces it."""


def test_days_of_trouble_are_told_once_in_time_and_solved(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, "orderflow")
    with staged(tmp_path, datetime(2027, 1, 4, tzinfo=UTC), seed=1, mix=BUSY) as simulation:
        simulation.run(3, sweep_minutes=30, afterwards=2)
        wrong = audited(simulation)
        shown = table(simulation, wrong, days=3, seconds=0)
        times = to_tell(simulation)
    assert wrong == [], shown
    assert all(None not in found for found in times.values()), f"everything is told\n{shown}"
    soon = [delay for kind, found in times.items() if kind not in BY_COMPARISON for delay in found if delay]
    assert max(delay.since_cause for delay in soon) <= LATEST, shown
    assert sum(map(bool, times.values())) >= 6, f"of most kinds there was some\n{shown}"
    assert [got.repeated for got in simulation.inbox.got if got.repeated] == [], f"nothing is told twice\n{shown}"
    assert simulation.inbox.news_share >= 0.9, shown
    assert not simulation.open_alerts(), f"nothing is open for ever\n{shown}"
