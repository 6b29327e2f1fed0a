"""What people received: every message by kind and month, and whether it said something new."""

from collections import Counter
from datetime import datetime
from typing import Any, NamedTuple

OPENED, FIXED, DIGEST, FAILED = "opened", "fixed", "digest", "failed"


class Got(NamedTuple):
    """A message, when it arrived, its kind, and whether it was news."""

    at: datetime
    kind: str
    is_news: bool
    subject: str


class Inbox:
    """Reads each message as a person does, and remembers which causes are known and open."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self._known: set[str] = set()

    def read(self, at: datetime, message: Any) -> None:
        """Receive a message of the webhook."""
        subject, *lines = message["text"].splitlines()
        opened = {line.partition(" — ")[0] for line in lines if " — " in line and not line.startswith("Fixed: ")}
        fixed = {line.removeprefix("Fixed: ").partition(" — ")[0] for line in lines if line.startswith("Fixed: ")}
        names = frozenset(line for line in lines if line.startswith("`"))
        new = {f"{head}{sorted(names)}" for head in opened} - self._known
        kind = OPENED if opened else FIXED if fixed else DIGEST if "digest" in subject else FAILED
        is_news = bool(new or fixed) or (kind == DIGEST and " new" in message["text"]) or kind == FAILED
        self.got.append(Got(at, kind, is_news, subject))
        self._known |= new

    def by_month(self) -> dict[str, Counter[str]]:
        """Count the messages of each month by kind."""
        months: dict[str, Counter[str]] = {}
        for got in self.got:
            months.setdefault(f"{got.at:%Y-%m}", Counter())[got.kind] += 1
        return months

    @property
    def news_share(self) -> float:
        """How many of the messages were news."""
        return sum(got.is_news for got in self.got) / len(self.got) if self.got else 1.0
