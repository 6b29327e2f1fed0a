"""The check as text and as JSON."""

import textwrap
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import simplejson

from orderflow.checking.assumption import Assumption
from orderflow.checking.assumptions import BY_ID
from orderflow.checking.fields import Field, table
from orderflow.checking.proposals import as_setting
from orderflow.checking.verdict import CheckOutcome, CheckResult, Proposal
from orderflow.redaction import fit_to_show

_WIDTH = 118


class Checked(NamedTuple):
    """The result of a check."""

    verdicts: dict[str, CheckResult]
    fields: list[Field]
    proposals: list[Proposal]
    calls: int
    """Number of calls to the shop."""
    shapes: dict[str, Any] = {}  # noqa: RUF012 - never changed
    """The shapes of the answers, for a recording."""
    left: tuple[str, ...] = ()
    """What a trial of writes could not put back."""
    ended_early: str = ""
    """Why a trial of writes has not tried everything."""

    @property
    def needs_a_person(self) -> list[str]:
        """The assumptions that do not hold and whose guard is not enough."""
        return [name for name, one in self.verdicts.items() if one.outcome is CheckOutcome.FAILS and one.todo]

    def to_do(self) -> Iterator[str]:
        """List what a person has to do, one item per line."""
        for name in self.needs_a_person:
            yield fit_to_show(f"{name}: {self.verdicts[name].follows}; {self.verdicts[name].todo}")

    def summary(self) -> dict[str, Any]:
        """Return the check in machine-readable form."""
        counted = Counter(one.outcome for one in self.verdicts.values())
        return {
            "calls": self.calls,
            **{outcome.name.lower(): counted[outcome] for outcome in CheckOutcome},
            "to_do": self.needs_a_person,
            "assumptions": {
                name: {**one._asdict(), "outcome": one.outcome.value} for name, one in self.verdicts.items()
            },
            "proposed": as_setting(self.proposals),
            "left": list(self.left),
            "ended_early": self.ended_early,
        }

    def text(self) -> Iterator[str]:
        """Format the check for people, line by line."""
        for name, verdict in self.verdicts.items():
            assumption = BY_ID[name]
            yield f"{verdict.outcome.upper():<24} {name}: {assumption.sentence}"
            checked = how_checked(assumption, verdict)
            yield from _part("checked by", checked)
            yield from _part("seen" if checked else "not checked", verdict.seen)
            yield from _part("follows", verdict.follows)
            yield from _part("to do", verdict.todo)
        yield ""
        yield "Fields of list rows, orders and lines:"
        yield from (f"  {line}" for line in table(self.fields))
        yield ""
        if self.proposals:
            yield "Proposed for the Airflow Variable `orderflow` (merge it into what is set):"
            yield str(simplejson.dumps(as_setting(self.proposals), indent=2))
            for proposal in self.proposals:
                yield from _part(".".join(proposal.path), proposal.reason)
        else:
            yield "No setting is proposed."


def how_checked(assumption: Assumption, verdict: CheckResult) -> str:
    """Return how an assumption was looked at; empty if it was not."""
    was_tried = bool(assumption.no_check) and verdict.seen != assumption.no_check
    return assumption.trial if was_tried else assumption.check


def _part(name: str, text: str) -> Iterator[str]:
    if text:
        yield from textwrap.wrap(
            fit_to_show(text), _WIDTH, initial_indent=f"    {name}: ", subsequent_indent=" " * 8, break_long_words=False
        )
