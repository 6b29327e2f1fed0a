"""The last check of what is assumed about shop and ERP, as the ledger keeps it."""

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict


class KeptVerdict(BaseModel):
    """What the check said of one assumption."""

    model_config = ConfigDict(frozen=True)

    id: str
    sentence: str
    outcome: str
    seen: str
    follows: str
    todo: str
    was: str = ""
    """The outcome that the check before this one had, where it is another now; empty: nothing changed."""


class KeptCheck(BaseModel):
    """The whole check."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    run: str
    verdicts: tuple[KeptVerdict, ...]
    proposed: dict[str, Any]
    """Settings to merge into the Airflow Variable."""
    reasons: dict[str, str]
    """Why, by the path of the setting."""
    known: dict[str, str]
    """The last outcome of each assumption that a check could see, by id: what the next one is compared with."""
    compared_with: dict[str, str]
    """What this one was compared with, so that a task that is tried again compares with the same."""
