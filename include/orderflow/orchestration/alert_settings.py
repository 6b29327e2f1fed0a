"""Where alerts go, even if the settings contain a mistake: then by their own part, or its last valid version."""

import logging
from typing import NamedTuple

from airflow.sdk import Variable
from pydantic import ValidationError

from orderflow.domain.json_text import read_json
from orderflow.domain.recipients import AlertSettings
from orderflow.environment import SHOP_TIMEZONE
from orderflow.errors import OrderflowError
from orderflow.ledger.ledger import Ledger
from orderflow.orchestration.connect import read_settings
from orderflow.settings import VARIABLE

_MEMO = "alert_settings"

log = logging.getLogger(__name__)


class Configured(NamedTuple):
    """Where alerts go, and in which time zone times are written."""

    alerts: AlertSettings
    timezone: str


def alert_settings(ledger: Ledger | None) -> Configured:
    """Read where alerts go; never fails. The ledger keeps the last valid version."""
    try:
        settings = read_settings()
    except (OrderflowError, PermissionError):
        return Configured(_own_part() or _last(ledger) or AlertSettings(), SHOP_TIMEZONE)
    if ledger is not None:
        _keep(ledger, settings.alerts)
    return Configured(settings.alerts, settings.timezone)


def _own_part() -> AlertSettings | None:
    """Read only `alerts`: a mistake elsewhere does not matter."""
    try:
        return AlertSettings.model_validate(read_json(Variable.get(VARIABLE, default=""))["alerts"])
    except (ValidationError, ValueError, TypeError, KeyError, PermissionError):
        return None


def _last(ledger: Ledger | None) -> AlertSettings | None:
    try:
        kept = ledger.memos.read(_MEMO) if ledger else None
        return AlertSettings.model_validate(kept) if kept else None
    except (OrderflowError, ValidationError):
        log.warning("the ledger does not say whom to tell", exc_info=True)
        return None


def _keep(ledger: Ledger, alerts: AlertSettings) -> None:
    try:
        ledger.memos.leave(_MEMO, alerts.model_dump(mode="json"))
    except OrderflowError:
        log.warning("whom to tell could not be kept", exc_info=True)
