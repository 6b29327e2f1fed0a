"""The check with the services of a run, from reading to storing."""

from collections.abc import Callable

from orderflow.checking.check import check_shop
from orderflow.checking.report import Checked
from orderflow.checking.tried import Tried
from orderflow.flow.services import Services
from orderflow.flow.shop_check.keep import keep_check
from orderflow.ledger.models.orders import RunRef


def check_and_keep(
    services: Services, run: RunRef, trial: Callable[[], Tried] | None = None
) -> tuple[Checked, list[str]]:
    """Check shop and ERP with read-only `services`; return the check, and what has changed since the last one.

    TransientError or PermanentError if the shop cannot be read at all; then nothing is stored.
    """
    checked = check_shop(services.shop.channel, services.erp, services.settings, services.now, trial)
    return checked, keep_check(services, checked, run)
