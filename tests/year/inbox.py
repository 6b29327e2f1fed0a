"""What people received: every message by kind and month, and whether it said something new."""

import re
from collections import Counter
from datetime import datetime
from typing import Any, NamedTuple

OPENED, FIXED, DIGEST, FAILED = "opened", "fixed", "digest", "failed"
_FIXED = "Fixed: "
_NEW = re.compile(r"· \d+ new$", re.MULTILINE)


class Got(NamedTuple):
    """A message, when it arrived, its kind, and whether it was news."""

    at: datetime
    kind: str
    is_news: bool
    subject: str
    repeated: tuple[str, ...]
    """Causes that it named although people knew them."""


class Inbox:
    """Reads each message as a person does, and remembers which causes are known and open."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self._known: set[tuple[str, str]] = set()

    def read(self, at: datetime, message: Any) -> None:
        """Receive a message of the webhook."""
        subject, *blocks = re.split(r"\n+(?=\*|Fixed: |\S+(?:: `[^\n]*`)? — )", message["text"])
        if "digest" in subject:
            self.got.append(Got(at, DIGEST, bool(_NEW.search(message["text"])), subject, ()))
            return
        fixed = {head(block.removeprefix(_FIXED)) for block in blocks if block.startswith(_FIXED)}
        opened = {(head(block), names(block)) for block in blocks if not block.startswith(_FIXED)}
        new = opened - self._known
        kind = OPENED if opened else FIXED if fixed else FAILED
        repeated = tuple(sorted(what for what, _ in opened & self._known))
        self.got.append(Got(at, kind, bool(new or fixed) or kind == FAILED, subject, repeated))
        self._known = {(what, who) for what, who in self._known | new if what not in fixed}

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


def head(block: str) -> str:
    """Return the cause that a block is about."""
    return block.partition(" — ")[0]


def names(block: str) -> str:
    """Return the line with what has the cause."""
    return next((line for line in block.splitlines()[1:] if line.startswith("`")), "")
