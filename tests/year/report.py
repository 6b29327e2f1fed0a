"""The results of the simulated months, as a table."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from year.audit import audit
from year.inbox import DIGEST, FAILED, FIXED, OPENED
from year.simulation import Simulation
from year.troubles import BY_COMPARISON, TOLD_AS, Delay, Told, delay_of

_KINDS = (OPENED, FIXED, DIGEST, FAILED)
_TABLES = ("order", "event", "alert", "notice", "finding", "slip")
_PASSES = timedelta(minutes=45)
"""An outage that is over by then may be over before the second sweep has met it: nobody has to know."""


def table(simulation: Simulation, wrong: Sequence[str], *, days: int, seconds: float) -> str:
    """Format the results."""
    parts = (
        _messages(simulation, days),
        _red_days(simulation, days),
        _times(simulation),
        _open(simulation),
        _rest(simulation, wrong, seconds),
    )
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def to_tell(simulation: Simulation) -> dict[str, list[Delay | None]]:
    """Return by kind how long it took until people knew of each trouble; None where nobody was told."""
    told = _told(simulation)
    found: dict[str, list[Delay | None]] = {kind: [] for kind in TOLD_AS}
    for trouble in simulation.shop.troubles:
        if trouble.until is None or trouble.until - trouble.at > _PASSES:
            found[trouble.kind].append(delay_of(trouble, told))
    return found


def audited(simulation: Simulation) -> list[str]:
    """Compare both sides."""
    return audit(simulation.services, simulation.control, simulation.shop.paid, simulation.by_hand)


def _told(simulation: Simulation) -> list[Told]:
    notices = text(
        "SELECT a.order_id, a.reason, n.sent_at, a.opened_at FROM orderflow_alert a "
        "JOIN orderflow_notice n ON n.alert_id = a.id "
        "WHERE n.channel = 'webhook' AND n.phase = 'opened' AND n.sent_at IS NOT NULL"
    )
    with simulation.services.ledger._engine.connect() as connection:
        return [Told(row[0], row[1], _instant(row[2]), _instant(row[3])) for row in connection.execute(notices).all()]


def _messages(simulation: Simulation, days: int) -> Iterator[str]:
    inbox, months = simulation.inbox, days / 30
    yield f"{'month':8} {' '.join(f'{kind:>8}' for kind in _KINDS)} {'all':>8} {'red runs':>9}"
    for month, counted in inbox.by_month().items():
        red = sum(f"{at:%Y-%m}" == month for at, _ in simulation.red)
        yield f"{month:8} {' '.join(f'{counted[kind]:8}' for kind in _KINDS)} {counted.total():8} {red:9}"
    yield f"per month: {len(inbox.got) / months:.1f} messages, {len(simulation.red) / months:.1f} red runs"
    old = Counter(got.kind for got in inbox.got if not got.is_news)
    yield f"news: {inbox.news_share:.0%} of the messages; the others: {_counts(old) or 'none'}"
    again = Counter(cause for got in inbox.got for cause in got.repeated)
    yield f"told again while known: {_counts(again) or 'nothing'}"


def _red_days(simulation: Simulation, days: int) -> Iterator[str]:
    by_dag, by_day = Counter(dag for _, dag in simulation.red), Counter(f"{at:%Y-%m-%d}" for at, _ in simulation.red)
    most = max(by_day.values(), default=0)
    yield f"red runs: {_counts(by_dag)}; on {len(by_day)} of {days} days, {most} on the worst"


def _times(simulation: Simulation) -> Iterator[str]:
    columns = f"{'cases':>6} {'median':>7} {'p95':>7} {'max':>7} {'never':>6} {'recorded':>9}"
    yield f"{'minutes until the message':40} {columns}"
    soon: list[Delay] = []
    for kind, found in to_tell(simulation).items():
        told = [delay for delay in found if delay is not None]
        soon += [] if kind in BY_COMPARISON else told
        yield _line(f"{kind} (by comparison)" if kind in BY_COMPARISON else kind, told, len(found))
    yield _line("all that is not left to the comparison", soon, len(soon))
    yield "recorded: the longest time from the record in the ledger to the message; all others: from the cause"


def _line(name: str, told: Sequence[Delay], cases: int) -> str:
    times = sorted(delay.since_cause for delay in told)
    shown = [f"{_at(times, 0.5):7.0f} {_at(times, 0.95):7.0f} {times[-1]:7.0f}"] if told else [f"{'-':>7}"] * 3
    recorded = f"{max(delay.since_record for delay in told):9.0f}" if told else f"{'-':>9}"
    return f"{name:40} {cases:6} {' '.join(shown)} {cases - len(told):6} {recorded}"


def _open(simulation: Simulation) -> Iterator[str]:
    still_open = simulation.open_alerts()
    what = Counter(f"{alert.reason} since {alert.opened_at:%Y-%m-%d}" for alert in still_open)
    yield f"open at the end: {_counts(what) or 'no alert'}"
    orders = Counter(str(order.reason) for order in simulation.services.ledger.open_orders())
    yield f"orders open at the end: {_counts(orders) or 'none'}"


def _rest(simulation: Simulation, wrong: Sequence[str], seconds: float) -> Iterator[str]:
    with simulation.services.ledger._engine.connect() as connection:
        counts = {t: connection.execute(text(f"SELECT COUNT(*) FROM orderflow_{t}")).scalar() for t in _TABLES}  # noqa: S608
    yield f"ledger rows: {', '.join(f'{name} {count}' for name, count in counts.items())}"
    yield f"runs: {', '.join(f'{dag} {count}' for dag, count in simulation.runs.items())}; {simulation.calls} calls"
    yield f"audit of both sides: {len(simulation.shop.paid)} payable orders, {len(wrong)} lost, doubled or half done"
    yield from (f"  {line}" for line in wrong)
    yield f"took {seconds / 60:.0f} min"


def _counts(counted: Counter[str]) -> str:
    return ", ".join(f"{number} {what}" for what, number in counted.most_common())


def _at(sorted_values: Sequence[float], share: float) -> float:
    return sorted_values[min(int(len(sorted_values) * share), len(sorted_values) - 1)]


def _instant(value: str | datetime) -> datetime:
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)  # as SQLite has it
