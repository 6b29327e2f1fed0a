"""Whether the last day's orders were in the ERP as soon as the settings require."""

import logging
from datetime import timedelta
from zoneinfo import ZoneInfo

from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.flow.services import Services
from orderflow.ledger.models.alerts import Subject
from orderflow.ledger.models.orders import RunRef

log = logging.getLogger(__name__)


def judge_service_level(services: Services, run: RunRef) -> None:
    """Open an alert if the last day whose orders are all due missed the service level; close it once a day meets it."""
    level, book, subject = services.settings.alerts.level, services.ledger.alerts, Subject.of_service_level()
    if level is None:
        book.close(subject)
        return
    zone = services.settings.timezone
    over = (services.now() - level.within).astimezone(ZoneInfo(zone))
    day = Window.of_day(f"{over - timedelta(days=1):%Y-%m-%d}", zone)
    found = services.ledger.days.trend(day, within=level.within)
    if found is None or found.due == 0:
        log.info("service level: no order of %s to judge by", day.key)
        return
    share = 100 * found.met / found.due
    said = f"{day.key}: {share:.1f} % of {found.due} orders were in the ERP in time; asked for is {level.text}"
    log.info("service level: %s", said)
    if level.is_met(found.met, found.due):
        book.close(subject)
    else:
        book.see(subject, Reason.SERVICE_LEVEL_MISSED, said, run=run, title="")
