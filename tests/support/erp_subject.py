"""An ERP under test, of any kind."""

from collections.abc import Callable
from dataclasses import dataclass

from orderflow.erp.models import SalesOrderRequest
from orderflow.erp.port import ErpPort


@dataclass(frozen=True)
class ReconciliationItem:
    """An adapter with its real system, without orders."""

    url: str
    connect: Callable[[str], ErpPort]
    """Builds an adapter for the system at an address: its own, or that of a proxy in front of it."""
    request: Callable[..., SalesOrderRequest]
    """Builds an order that this system accepts by default."""
    numbers: Callable[[str], list[str | None]]
    """Asks the system directly, without the adapter, for the numbers of the orders with a reference."""
    deliver: Callable[[str], None]
    """Makes the system deliver an order completely."""
    small_pages: Callable[[], None]
    """Makes a listing of three orders take several pages."""

    @property
    def erp(self) -> ErpPort:
        """A new adapter, as every task builds one."""
        return self.connect(self.url)
