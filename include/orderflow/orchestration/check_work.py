"""What the check does: compare the assumptions with shop and ERP, and turn red if an answer has changed."""

import logging
from typing import Any

from orderflow.flow.shop_check.check import check_and_keep
from orderflow.flow.shop_check.safety import risks
from orderflow.orchestration.announcing import announces
from orderflow.orchestration.connect import connect
from orderflow.orchestration.run_context import RunContext
from orderflow.orchestration.run_reports import end_report

log = logging.getLogger(__name__)


@announces
def check_what_is_assumed() -> dict[str, Any]:
    """Compare every assumption with shop and ERP; the table is in the ledger, on the page and in the log."""
    here = RunContext()
    services = connect(read_only=True)
    checked, changed = check_and_keep(services, here.run)
    log.info("\n".join(checked.text()))
    for sentence in risks(checked, services.settings).values():
        log.warning("unsafe: %s", sentence)
    end_report(services, here, [])
    return {"calls": checked.calls, "to_do": checked.needs_a_person, "changed": changed}
