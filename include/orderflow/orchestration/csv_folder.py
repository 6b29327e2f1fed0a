"""Where the CSV files of the reconciliation go."""

from pathlib import Path

from airflow.sdk import ObjectStoragePath

from orderflow.flow.reconciliation.csv_export import Where
from orderflow.home import airflow_home
from orderflow.settings import Settings


def csv_folder(settings: Settings) -> Where:
    """Return the configured folder of this machine or of an object store; ConfigurationError if there is none."""
    folder = settings.reconciliation.csv_folder
    if folder and "://" in folder:
        return ObjectStoragePath(folder)
    return Path(folder).expanduser() if folder else airflow_home() / "orderflow" / "reconciliation"
