"""From Airflow's connections and Variable to the services of a run. Called inside tasks only, never at import."""

from datetime import timedelta
from typing import TypedDict

from airflow.sdk import Variable
from sqlalchemy import Engine

from orderflow.absence import require_no_variable
from orderflow.cloudsuite.hook import CloudSuiteHook
from orderflow.erp.hook import ErpHook
from orderflow.erp.port import ErpPort
from orderflow.errors import ConfigurationError
from orderflow.flow.services import Services
from orderflow.flow.shop_check.safety import require_safe
from orderflow.ledger.hook import engine_from_connection
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.limits import CallLimits, SharedCallGuard
from orderflow.orchestration.metrics import AirflowMeter
from orderflow.orchestration.run_context import is_backfill
from orderflow.settings import VARIABLE, Limits, Settings


class ChannelOptions(TypedDict):
    """How a run calls both shop and ERP."""

    read_only: bool
    concurrency: int
    meter: AirflowMeter


def read_settings() -> Settings:
    """Read and check the Variable `orderflow`; all defaults if it is certainly not set.

    Airflow is asked for the text, because it treats a Variable that it cannot decode as not set. ConfigurationError;
    TransientError when Airflow could not look.
    """
    text = Variable.get(VARIABLE, default=None)
    if text is None:
        require_no_variable(VARIABLE)
    return Settings.read(text)


def connect(
    *, read_only: bool = False, dry_run: bool = False, upgrade: bool = False, for_trial: bool = False
) -> Services:
    """Connect to shop, ERP and ledger; a `read_only` connection refuses every call that writes.

    So does that of a `dry_run`, which is refused wherever the run's own would be. With `upgrade` the ledger's tables
    are created or upgraded first, also on a server. ConfigurationError, also where the last check found what is
    unsafe, unless nothing is to be written, or only `for_trial`.
    """
    services = services_of(read_only=read_only or dry_run, upgrade=upgrade)
    if not (read_only or for_trial):
        require_safe(services.ledger, services.settings)
    return services.connect()


def services_of(*, read_only: bool = True, upgrade: bool = False) -> Services:
    """Connect to the ledger now, and to shop and ERP on first use: a report needs neither."""
    settings = read_settings()
    limits, meter = settings.limits, AirflowMeter()
    engine = engine_from_connection(upgrade=upgrade)
    to_shop = _gate(engine, settings, "shop", limits.shop_per_second, _budget(limits))
    to_erp = _gate(engine, settings, "erp", limits.erp_per_second, None)
    talk: ChannelOptions = {"read_only": read_only, "concurrency": limits.concurrency, "meter": meter}

    def shop() -> CloudSuiteHook:
        hook = CloudSuiteHook()
        _check_lease(limits, hook.longest_call())
        return hook

    def erp() -> ErpPort:
        hook = ErpHook()
        _check_lease(limits, hook.longest_call())
        return hook.get_erp(gate=to_erp, **talk)

    return Services(
        connect_shop=lambda: shop().get_client(page_size=limits.page_size, gate=to_shop, **talk),
        connect_messages=lambda: shop().get_messages(gate=to_shop, **talk),
        connect_erp=erp,
        ledger=Ledger(engine, lease=timedelta(seconds=limits.lease_seconds)),
        settings=settings,
    )


def _check_lease(limits: Limits, longest_call: float) -> None:
    if limits.lease_seconds < longest_call:
        raise ConfigurationError(
            f"`limits.lease_seconds` is {limits.lease_seconds}, but one call may take {longest_call:.0f} seconds "
            "(the connections' extra `deadline`, or twice `timeout`): another run could take the order meanwhile"
        )


def _gate(
    engine: Engine, settings: Settings, service: str, per_second: float | None, per_day: int | None
) -> SharedCallGuard:
    limits = CallLimits(
        per_second=per_second,
        per_day=per_day,
        breaker_errors=settings.limits.breaker_errors,
        breaker_pause=timedelta(minutes=settings.limits.breaker_minutes),
    )
    return SharedCallGuard(engine, service, limits, timezone=settings.timezone)


def _budget(limits: Limits) -> int | None:
    """Return how much of the day's calls this run may use: a backfill leaves a share to all other runs."""
    if limits.shop_per_day is None or not is_backfill():
        return limits.shop_per_day
    return int(limits.shop_per_day * (1 - limits.live_share))
