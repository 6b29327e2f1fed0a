"""A real Airflow (API server, scheduler, DAG processor, PostgreSQL) with the sandbox as shop and ERP."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, text

from local_airflow import LocalAirflow
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.opening import open_ledger
from orderflow.ledger.tables.base import Base
from postgres import fresh_database
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox
from sandbox_env import sandbox_environment
from support.receivers import Inbox, Mailbox, StatsdReceiver, mail_server, webhook_receiver

DAG = "orderflow_daily"
DAGS = ["orderflow_daily", "orderflow_sweep", "orderflow_orders", "orderflow_decisions", "orderflow_deliveries"]
_LOCAL_FOLDER = "airflow.dag_processing.bundles.local.LocalDagBundle"
PROBES = Path(__file__).parents[1] / "live" / "dags"
"""DAGs that exist only for the tests, beside those of the project."""
BUNDLES = [
    {"name": "dags-folder", "classpath": _LOCAL_FOLDER, "kwargs": {}},
    {"name": "probes", "classpath": _LOCAL_FOLDER, "kwargs": {"path": str(PROBES)}},
]
RUN_TIMEOUT = 300
CALLS_PER_DAY = 1_000_000
POOLS = {"cloudsuite": 3, "erp": 2}
SETTINGS = {
    "not_before": "2020-01-01",  # go-live is before every order
    "webshops": {"1": {"messages": {"user": 10}}, "2": {"payment_option": False, "messages": {"user": 10}}},
    "limits": {"max_mapped": 4, "lookup_waits": [0, 0.1], "shop_per_day": CALLS_PER_DAY},
    "reconciliation": {"in_flight_minutes": 0},
    "alerts": {"mail_to": ["team@example.org"]},
}


@dataclass(frozen=True)
class Live:
    """The running whole, and what tests do with it."""

    airflow: LocalAirflow
    ledger: Ledger
    metrics: StatsdReceiver
    messages: Inbox
    """What the alerts' webhook has received."""
    mailbox: Mailbox

    def run(self, day: str | None = None, *, dag_id: str = DAG, **conf: Any) -> tuple[str, str]:
        """Trigger a DAG (by default the daily one) and wait for its end; return the run id and the state."""
        run_id = self.airflow.trigger(dag_id, partition_key=day, conf=conf)
        return run_id, self.airflow.wait(dag_id, run_id, timeout=RUN_TIMEOUT)

    def summary(self, run_id: str) -> dict[str, Any]:
        """Return the summary of a green run."""
        summary: dict[str, Any] = self.airflow.xcom(DAG, run_id, "report")
        return summary

    def states(self, run_id: str) -> dict[str, set[str]]:
        """Return the states of each task's instances."""
        states: dict[str, set[str]] = {}
        for instance in self.airflow.task_instances(DAG, run_id):
            states.setdefault(instance["task_id"], set()).add(instance["state"])
        return states

    def log(self, run_id: str, task_id: str = "report", *, dag_id: str = DAG, **which: Any) -> str:
        """Return the log of a task's first attempt."""
        return self.airflow.task_log(dag_id, run_id, task_id, **which)


@pytest.fixture(scope="session")
def whole(sandbox: RunningSandbox, postgres: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Start everything once; tests get it with an empty ledger as `live`."""
    metrics = StatsdReceiver()
    with (
        fresh_database(postgres) as metadata,
        fresh_database(postgres) as ledger_url,
        webhook_receiver() as (webhook, messages),
        mail_server() as (smtp, mailbox),
    ):
        environment = sandbox_environment(sandbox.url) | {
            "AIRFLOW_CONN_ORDERFLOW_LEDGER": ledger_url.render_as_string(hide_password=False),
            "AIRFLOW_VAR_ORDERFLOW": json.dumps(SETTINGS),
            "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps(BUNDLES),
            "ORDERFLOW_RETRY_SECONDS": "1",
            "ORDERFLOW_SHOP_POOL": "cloudsuite",
            "ORDERFLOW_ERP_POOL": "erp",
            "AIRFLOW_CONN_ORDERFLOW_ALERTS_WEBHOOK": json.dumps({"conn_type": "http", "host": webhook}),
            "AIRFLOW_CONN_SMTP_DEFAULT": smtp,
            "AIRFLOW__METRICS__STATSD_ON": "True",
            "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
            "AIRFLOW__METRICS__STATSD_PORT": str(metrics.port),
        }
        with LocalAirflow(
            tmp_path_factory.mktemp("airflow"),
            database=metadata.render_as_string(hide_password=False),
            schedules=False,  # runs that tests did not trigger would be counted with theirs
            environment=environment,
            pools=POOLS,
            expect=[*DAGS, "orderflow_reconcile", "orderflow_check", "secrets_probe", "canaries_probe"],
        ) as airflow:
            for dag_id in DAGS:
                airflow.unpause(dag_id)
            yield Live(airflow, open_ledger(ledger_url), metrics, messages, mailbox)


@pytest.fixture
def live(whole: Live, control: SandboxControl) -> Live:
    """Return the running whole with an empty ledger and an empty shop."""
    del control
    return emptied(whole)


def emptied(whole: Live) -> Live:
    """Empty the ledger, the receivers' messages and the mailbox."""
    whole.messages.clear()
    whole.mailbox.mails.clear()
    whole.mailbox.is_down = False
    whole.messages.arrived.clear()
    whole.mailbox.arrived.clear()
    with create_engine(whole.airflow.environment["AIRFLOW_CONN_ORDERFLOW_LEDGER"]).begin() as connection:
        connection.execute(text(f"TRUNCATE {', '.join(Base.metadata.tables)}"))
    return whole
