"""Airflow's home folder, where the ledger and the reports are by default."""

import os
from pathlib import Path

from orderflow.errors import ConfigurationError


def airflow_home() -> Path:
    """Return Airflow's home; ConfigurationError if there is none: no command creates one unasked."""
    named = os.environ.get("AIRFLOW_HOME")
    home = Path(named or "~/airflow").expanduser()
    if not named and not home.exists():
        raise ConfigurationError(
            "there is no Airflow home for the ledger and reports: set AIRFLOW_HOME to a folder, or set the "
            "connection `orderflow_ledger` (AIRFLOW_CONN_ORDERFLOW_LEDGER) and `reconciliation.csv_folder`"
        )
    return home
