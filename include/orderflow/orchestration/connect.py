"""From Airflow's connections and Variable to the parties of a run. Called inside tasks only, never at import."""

from airflow.sdk import Variable

from orderflow.cloudsuite.hook import CloudSuiteHook
from orderflow.erp.hook import ErpHook
from orderflow.flow.parties import Parties
from orderflow.ledger.hook import ledger_from_connection
from orderflow.orchestration.metrics import AirflowMeter
from orderflow.settings import VARIABLE, Settings


def read_settings() -> Settings:
    """Read and check the Variable `orderflow`; all defaults when it is not set."""
    return Settings.parse(Variable.get(VARIABLE, default=None, deserialize_json=True))


def connect(*, read_only: bool = False) -> Parties:
    """Connect to shop, ERP and ledger; a `read_only` connection refuses every call that writes."""
    settings = read_settings()
    limits, meter = settings.limits, AirflowMeter()
    return Parties(
        shop=CloudSuiteHook().get_client(
            read_only=read_only, page_size=limits.page_size, concurrency=limits.concurrency, meter=meter
        ),
        erp=ErpHook().get_erp(read_only=read_only, concurrency=limits.concurrency, meter=meter),
        ledger=ledger_from_connection(lease_seconds=limits.lease_seconds),
        settings=settings,
    )
