"""The entry point `airflow.plugins`: the page "Orders" in Airflow's navigation, and as a tab of every DAG run.

Every process of Airflow loads it, so it imports next to nothing.
"""

import os
from functools import cache
from typing import Any

from airflow.plugins_manager import AirflowPlugin

PRELOAD = os.environ.get("ORDERFLOW_PRELOAD", "")
"""`1`: Airflow imports the flow once and forks, instead of in every task. New code then needs a restart."""

if PRELOAD == "1":
    import orderflow.orchestration.preload  # noqa: F401 - for what it imports


@cache
def _app() -> Any:
    from orderflow.web.app import create_app  # noqa: PLC0415 - takes seconds, and few processes show the page

    return create_app()


async def page(scope: Any, receive: Any, send: Any) -> None:
    """Serve the page; it is built at the first request."""
    await _app()(scope, receive, send)


class OrderflowPlugin(AirflowPlugin):
    """Where the page appears in Airflow."""

    name = "orderflow"
    fastapi_apps = [{"name": "Orderflow", "url_prefix": "/orderflow", "app": page}]  # noqa: RUF012 - Airflow's form
    external_views = [  # noqa: RUF012 - the same
        {"name": "Orders", "destination": "nav", "category": "browse", "url_route": "orders", "href": "orderflow/"},
        {"name": "Orders", "destination": "dag_run", "url_route": "orders-of-run"}
        | {"href": "orderflow/run?dag_id={DAG_ID}&run_id={RUN_ID}"},
    ]
