"""The sandbox's ERP against docs/openapi/erp.yaml, with valid and invalid requests generated from that file."""

from pathlib import Path

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import positive_data_acceptance

from sandbox.config import Config
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox

load_all_checks()
CONTRACT = Path(__file__).parents[2] / "docs" / "openapi" / "erp.yaml"
CONFIG = schemathesis.Config.from_dict(
    {
        "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", 401, 404, 409, 422]}},
        "generation": {"allow-x00": False},
    }
)
contract = schemathesis.openapi.from_path(CONTRACT, config=CONFIG)
KNOWN = {"origin": "webshop", "key": "BK12345", "name": "Bakkerij De Molen"}
SETTINGS = hypothesis.settings(
    max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck)
)


@pytest.fixture
def erp_url(sandbox: RunningSandbox, control: SandboxControl) -> str:
    control.erp_customers.add(KNOWN)
    return sandbox.erp_url


def _breaks_a_rule_that_a_schema_cannot_say(case: schemathesis.Case) -> bool:
    """Whether a request that fits its schema may be refused all the same."""
    body = case.body if isinstance(case.body, dict) else {}
    lines, buyer = body.get("lines"), body.get("buyer")
    positions = [line.get("position") for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []
    path = case.path_parameters or {}
    return (
        len({float(p) if isinstance(p, int | float) else str(p) for p in positions}) < len(positions)
        or (case.operation.label == "GET /sales-orders" and len(case.query or {}) != 1)
        or (bool(path) and isinstance(buyer, dict) and any(buyer.get(name) != path[name] for name in path))
    )


@contract.parametrize()
@SETTINGS
def test_every_answer_is_as_described(case: schemathesis.Case, erp_url: str) -> None:
    case.call_and_validate(
        base_url=erp_url,
        headers={"Authorization": f"Bearer {Config().erp_token}"},
        excluded_checks=[positive_data_acceptance] if _breaks_a_rule_that_a_schema_cannot_say(case) else None,
    )
