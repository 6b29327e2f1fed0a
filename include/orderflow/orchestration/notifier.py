"""The channels of Orderflow's alerts (log, mail, chat webhook) for other DAGs of the same Airflow.

@dag(on_failure_callback=OrderflowNotifier("stock import failed", "{{ run_id }}: see the log"))
"""

from collections.abc import Mapping
from typing import Any

from airflow.sdk import BaseNotifier

from orderflow.orchestration.alerts import send


class OrderflowNotifier(BaseNotifier):
    """Sends a text to the channels of the setting `alerts` and the connection `orderflow_alerts_webhook`."""

    template_fields = ("subject", "text")

    def __init__(self, subject: str = "{{ dag.dag_id }} failed", text: str = "{{ run_id }}") -> None:
        super().__init__()
        self.subject = subject
        self.text = text

    def notify(self, context: Mapping[str, Any]) -> None:
        """Send it, with a link to the task's log if there is a task."""
        ti = context.get("ti")
        send(self.subject, self.text, {"Log": ti.log_url} if ti else {})
