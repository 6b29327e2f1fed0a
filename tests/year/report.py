"""The results of the simulated months, as a table."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import text

from year.inbox import DIGEST, FAILED, FIXED, OPENED
from year.simulation import Simulation

_KINDS = (OPENED, FIXED, DIGEST, FAILED)
_TABLES = ("order", "event", "alert", "notice", "finding", "slip")


def table(simulation: Simulation, *, days: int, seconds: float) -> str:
    """Format the results."""
    return "\n".join([*_messages(simulation, days), "", *_times(simulation), "", *_rest(simulation, seconds)]) + "\n"


def minutes_to_tell(simulation: Simulation) -> list[float]:
    """Return, for each cause, the time from its record to its accepted message, beyond its patience."""
    with simulation.services.ledger._engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT a.opened_at, MIN(n.sent_at) FROM orderflow_alert a "
                "JOIN orderflow_notice n ON n.alert_id = a.id "
                "WHERE n.channel = 'webhook' AND n.phase = 'opened' GROUP BY a.cause, a.opened_at"
            )
        ).all()
    return sorted((_instant(sent) - _instant(opened)).total_seconds() / 60 for opened, sent in rows if sent)


def _messages(simulation: Simulation, days: int) -> Iterator[str]:
    inbox, months = simulation.inbox, days / 30
    yield f"{'month':8} {' '.join(f'{kind:>8}' for kind in _KINDS)} {'all':>8} {'red runs':>9}"
    for month, counted in inbox.by_month().items():
        red = sum(f"{at:%Y-%m}" == month for at, _ in simulation.red)
        yield f"{month:8} {' '.join(f'{counted[kind]:8}' for kind in _KINDS)} {counted.total():8} {red:9}"
    yield f"per month: {len(inbox.got) / months:.1f} messages, {len(simulation.red) / months:.1f} red runs"
    yield f"news: {inbox.news_share:.0%} of the messages"


def _times(simulation: Simulation) -> Iterator[str]:
    told = minutes_to_tell(simulation)
    if told:
        median, late = _at(told, 0.5), _at(told, 0.95)
        yield f"from record to message, minutes: median {median:.0f}, p95 {late:.0f}, max {told[-1]:.0f}"


def _rest(simulation: Simulation, seconds: float) -> Iterator[str]:
    still_open = simulation.services.ledger.alerts.open()
    oldest = min((alert.opened_at for alert in still_open), default=None)
    yield f"open at the end: {len(still_open)} alerts{f', the oldest since {oldest:%Y-%m-%d}' if oldest else ''}"
    with simulation.services.ledger._engine.connect() as connection:
        counts = {t: connection.execute(text(f"SELECT COUNT(*) FROM orderflow_{t}")).scalar() for t in _TABLES}  # noqa: S608
    yield f"ledger rows: {', '.join(f'{name} {count}' for name, count in counts.items())}"
    yield f"runs: {', '.join(f'{dag} {count}' for dag, count in simulation.runs.items())}; {simulation.calls} calls"
    wrong = simulation.exported_once()
    yield f"audit of both sides: {len(simulation.shop.paid)} payable orders, {len(wrong)} lost, doubled or half done"
    yield f"took {seconds:.0f} s"


def _at(sorted_values: Sequence[float], share: float) -> float:
    return sorted_values[min(int(len(sorted_values) * share), len(sorted_values) - 1)]


def _instant(value: str | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
