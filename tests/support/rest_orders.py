"""Orders as the REST contract returns them."""

from collections.abc import Callable

from orderflow.erp.models import SalesOrderRequest
from orderflow.erp.rest import RestErp
from sandbox.control import SandboxControl

Erps = Callable[..., RestErp]
Requests = Callable[..., SalesOrderRequest]


REFERENCE = "1/CS48193"
ACCEPTED = {
    "number": "ERP-1",
    "external_reference": REFERENCE,
    "status": "open",
    "lines": [{"position": 1, "line_number": 11}, {"position": 2, "line_number": 12}],
}


def posts(control: SandboxControl) -> int:
    return len(control.journal(service="erp", method="POST"))
