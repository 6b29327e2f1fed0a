"""Ten days of a shop with more trouble than any real one: people get only news, and no order is lost or doubled."""

from datetime import UTC, datetime
from pathlib import Path

from year.mix import NORMAL
from year.report import minutes_to_tell, table
from year.stage import staged

BUSY = NORMAL._replace(
    orders=5, unknown_product=0.06, cancelled=0.04, unknown_payment=0.03, discount=0.03, edited=0.03, erp_outages=4
)


def test_ten_days_of_trouble_is_told_once_and_in_time(tmp_path: Path) -> None:
    with staged(tmp_path, datetime(2027, 1, 4, tzinfo=UTC), seed=3, mix=BUSY) as simulation:
        simulation.run(10, sweep_minutes=30)
        shown = table(simulation, days=10, seconds=0)
        assert simulation.exported_once() == []
        assert simulation.inbox.got, shown
        assert simulation.inbox.news_share >= 0.9, shown
        assert max(minutes_to_tell(simulation)) <= 30, shown
        assert len(simulation.red) < simulation.runs["orderflow_sweep"] / 10, shown
