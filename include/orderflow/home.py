"""Where Airflow keeps its files, and so the ledger and reports that are kept nowhere else."""

import os
from pathlib import Path

from orderflow.errors import ConfigurationError


def airflow_home() -> Path:
    """Return Airflow's home; ConfigurationError where there is none: no command makes one unasked."""
    named = os.environ.get("AIRFLOW_HOME")
    home = Path(named or "~/airflow").expanduser()
    if not named and not home.exists():
        raise ConfigurationError(
            "there is no Airflow home to keep the ledger and reports in: set AIRFLOW_HOME to a folder, or set the "
            "connection `orderflow_ledger` (AIRFLOW_CONN_ORDERFLOW_LEDGER) and `reconciliation.csv_folder`"
        )
    return home
