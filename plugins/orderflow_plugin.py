"""The page "Orders" for an Airflow that uses this folder as its plugins folder and does not see the entry point.

If the package is installed, or `include/` is on PYTHONPATH, Airflow has already found the plugin
(docs/adr/0013-airflow-finds-the-package-by-entry-points.md), and a second plugin of that name would be an import error.
"""

from importlib.metadata import entry_points

if not any(found.value.startswith("orderflow.plugin:") for found in entry_points(group="airflow.plugins")):
    from orderflow.plugin import OrderflowPlugin  # noqa: F401 - found here by Airflow
