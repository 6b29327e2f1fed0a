"""The page "Orders" for an Airflow that has this folder as its plugins folder and nothing that names the entry point.

Where the package is installed, or `include/` is on PYTHONPATH, Airflow has found the plugin already
(docs/adr/0013-airflow-finds-the-package-by-entry-points.md), and a second one of that name would be an import error.
"""

from importlib.metadata import entry_points

if not any(found.value.startswith("orderflow.plugin:") for found in entry_points(group="airflow.plugins")):
    from orderflow.plugin import OrderflowPlugin  # noqa: F401 - found here by Airflow
