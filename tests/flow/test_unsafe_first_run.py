"""What a check calls unsafe stops a flow that has never exported an order, until it is settled or accepted."""

from typing import Any

import pytest

from orderflow.errors import ConfigurationError
from orderflow.flow.orders.run import run_sweep
from orderflow.flow.services import Services
from orderflow.flow.shop_check.check import check_and_keep
from orderflow.flow.shop_check.safety import Risk, require_safe, risks
from orderflow.settings import Settings
from sandbox.config import TODAYS_ERP
from sandbox.control import SandboxControl
from support.flow_runs import Runs

PAID = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1}
SHOPS: dict[Risk, dict[str, Any]] = {
    Risk.NOT_BEFORE: {},
    Risk.OFFLINE: {"unknown_filters": ["offline"], "hidden_fields": ["offline"]},
    Risk.REFERENCES: {**TODAYS_ERP, "manners": ["reference_repeated"]},
}
SETTLED: list[tuple[Risk, dict[str, Any]]] = [
    (Risk.NOT_BEFORE, {"not_before": "2026-11-22"}),
    (Risk.OFFLINE, {"offline_orders": False}),
    *((risk, {"accepted_risks": [risk.value]}) for risk in Risk),
]


@pytest.mark.parametrize("risk", Risk)
def test_each_is_found_and_stops_the_flow_with_a_sentence(
    risk: Risk, services: Services, control: SandboxControl, runs: Runs
) -> None:
    control.reset(**SHOPS[risk])
    control.add_orders(PAID, PAID)
    checked, _ = check_and_keep(services, runs())
    found = risks(checked, services.settings)
    assert set(found) == {Risk.NOT_BEFORE, risk}
    with pytest.raises(ConfigurationError, match="nothing is exported yet") as refused:
        require_safe(services.ledger, services.settings)
    assert found[risk] in str(refused.value)


@pytest.mark.parametrize("path", ["state=confirmed", "/api/order/20001/", "/api/order/"])
@pytest.mark.parametrize("skip", range(3))
def test_one_answer_of_a_busy_shop_hides_none(
    services: Services, control: SandboxControl, runs: Runs, skip: int, path: str
) -> None:
    control.add_orders(PAID, PAID)
    control.fault("status", service="shop", method="GET", path=path, status=503, skip=skip, times=1)
    checked, _ = check_and_keep(services, runs())
    assert set(risks(checked, services.settings)) == {Risk.NOT_BEFORE}


@pytest.mark.parametrize(("risk", "setting"), SETTLED)
def test_it_is_settled_by_a_setting_without_another_check(
    risk: Risk, setting: dict[str, Any], services: Services, control: SandboxControl, runs: Runs
) -> None:
    control.reset(**SHOPS[risk])
    control.add_orders(PAID, PAID)
    check_and_keep(services, runs())
    others = {"accepted_risks": [one.value for one in Risk if one is not risk]}
    with pytest.raises(ConfigurationError):
        require_safe(services.ledger, Settings.model_validate(others))
    accepted = [*others["accepted_risks"], *setting.get("accepted_risks", [])]
    require_safe(services.ledger, Settings.model_validate({**setting, "accepted_risks": accepted}))


def test_nothing_is_stopped_without_a_check_or_once_an_order_was_exported(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    control.add_orders(PAID)
    require_safe(services.ledger, services.settings)
    run_sweep(services, runs())
    assert len(control.erp_orders()) == 1
    control.add_orders(PAID)
    checked, _ = check_and_keep(services, runs())
    assert Risk.NOT_BEFORE in risks(checked, services.settings)
    require_safe(services.ledger, services.settings)
