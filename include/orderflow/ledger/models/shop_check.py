"""The last check of the assumptions about shop and ERP, as stored in the ledger."""

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict


class KeptVerdict(BaseModel):
    """The check's verdict on one assumption."""

    model_config = ConfigDict(frozen=True)

    id: str
    sentence: str
    outcome: str
    seen: str
    follows: str
    todo: str
    checked: str = ""
    """How it was looked at; empty if it was not."""
    was: str = ""
    """The previous check's outcome, if it has changed; otherwise empty."""


class KeptCheck(BaseModel):
    """The whole check."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    run: str
    verdicts: tuple[KeptVerdict, ...]
    proposed: dict[str, Any]
    """Settings to merge into the Airflow Variable."""
    reasons: dict[str, str]
    """The reasons for them, by the path of the setting."""
    unsafe: dict[str, str] = {}
    """What makes a first run unsafe, a sentence each, by its name."""
    known: dict[str, str]
    """The last visible outcome of each assumption, by id: the next check is compared with it."""
    dutch: dict[str, str] = {}
    """The Dutch of the texts in this check, by the English text."""
    compared_with: dict[str, str]
    """What this check was compared with, so that a retried task compares with the same."""
