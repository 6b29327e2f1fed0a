"""What makes a first run unsafe, by the last check: nothing is written until it is settled or accepted.

It stops a flow that has never exported an order. Once one has, each order is guarded by itself, and a changed answer is
an alert: two odd orders stop no others.
"""

from collections.abc import Mapping
from enum import StrEnum

from orderflow.checking.judging_orders import SHARED
from orderflow.checking.report import Checked
from orderflow.checking.verdict import CheckOutcome
from orderflow.errors import ConfigurationError
from orderflow.ledger.ledger import Ledger
from orderflow.settings import VARIABLE, Settings


class Risk(StrEnum):
    """What nobody should go live with."""

    NOT_BEFORE = "not_before"
    OFFLINE = "offline"
    REFERENCES = "references"


_SENTENCES = {
    Risk.NOT_BEFORE: "the shop has confirmed orders that the ERP may have already, and `not_before` is not set: set it "
    "to the day of go-live",
    Risk.OFFLINE: "neither an order nor a list shows whether an order is offline, so orders that the ERP itself sent "
    "could come back to it: set `offline_orders` to false if the shop has none, otherwise ask CloudSuite",
    Risk.REFERENCES: "several orders of one webshop share a reference, and the ERP knows orders by it alone: ask "
    "CloudSuite for one number range per webshop, or use an ERP adapter that knows the shop's order id",
}


def risks(checked: Checked, settings: Settings) -> dict[str, str]:
    """Return what is unsafe by a check and the settings, by its name, a sentence each."""
    fails = {name for name, one in checked.verdicts.items() if one.outcome is CheckOutcome.FAILS}
    found = {
        Risk.NOT_BEFORE: any(one.path == ("not_before",) for one in checked.proposals),
        Risk.OFFLINE: {"filter_offline", "offline_shown"} <= fails,
        Risk.REFERENCES: {"references", "erp_identity"} <= fails
        and checked.verdicts["references"].seen.startswith(SHARED),
    }
    return _unsettled({risk.value: _SENTENCES[risk] for risk, is_there in found.items() if is_there}, settings)


def require_safe(ledger: Ledger, settings: Settings) -> None:
    """ConfigurationError if the last check found something unsafe, nobody has settled it, and no order was exported."""
    last = ledger.checks.last()
    unsafe = _unsettled(last.unsafe, settings) if last else {}
    if unsafe and not ledger.has_exported():
        said = "; ".join(f"{sentence} (or accept it: `accepted_risks`, `{name}`)" for name, sentence in unsafe.items())
        raise ConfigurationError(
            f"nothing is exported yet, because the check of shop and ERP found what is unsafe: {said}. "
            f"These are settings of the Airflow Variable `{VARIABLE}`; or run the check again once it is settled"
        )


def _unsettled(found: Mapping[str, str], settings: Settings) -> dict[str, str]:
    settled: set[str] = set(settings.accepted_risks)
    if settings.not_before is not None:
        settled.add(Risk.NOT_BEFORE)
    if not settings.offline_orders:
        settled.add(Risk.OFFLINE)
    return {name: sentence for name, sentence in found.items() if name not in settled}
