"""An ERP under test, of any kind."""

from collections.abc import Callable
from dataclasses import dataclass

from orderflow.erp.models import SalesOrderRequest
from orderflow.erp.port import ErpPort


@dataclass(frozen=True)
class ReconciliationItem:
    """An adapter with the real system behind it, empty of orders."""

    url: str
    connect: Callable[[str], ErpPort]
    """Makes an adapter that talks to the system at an address: its own, or that of a proxy before it."""
    request: Callable[..., SalesOrderRequest]
    """Makes an order that this system accepts unless told otherwise."""
    numbers: Callable[[str], list[str | None]]
    """Asks the system itself, past the adapter, for the numbers of the orders with a reference."""
    deliver: Callable[[str], None]
    """Lets the system deliver an order whole."""
    small_pages: Callable[[], None]
    """Lets a listing take several pages for three orders."""

    @property
    def erp(self) -> ErpPort:
        """A new adapter, as every task makes one."""
        return self.connect(self.url)
