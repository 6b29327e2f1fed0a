"""The port: all that this project asks of an ERP."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, Protocol

from orderflow.erp.customers import CustomerPort
from orderflow.erp.models import Delivery, ListedSalesOrder, SalesOrder, SalesOrderRequest
from orderflow.errors import OrderflowError


class Capabilities(NamedTuple):
    """What an adapter can prove about its ERP; what is not proved is not relied on."""

    consistent_lookup: bool
    """A look-up sees every order created before it."""
    idempotency_key: bool
    """The same key and body sent again gives the first order back, never a second one."""
    unique_reference: bool
    """The ERP itself refuses a second order with the same external reference."""
    shop_order_id_lookup: bool = False
    """Orders can be looked up by the shop's id of them."""
    customers: bool = False
    """Customers can be found, created and updated."""
    charges: bool = False
    """`charges` count in an order's total."""
    extra: bool = False
    """Fields in `extra` are kept."""

    @property
    def resend_is_safe(self) -> bool:
        """Whether a request whose outcome is unknown may be sent once more."""
        return self.idempotency_key or self.unique_reference


class UnreadableRow(NamedTuple):
    """A row of a listing that cannot be understood: the others can."""

    name: str
    """What it calls itself, as far as it can be read: an order's reference, a packing slip's number."""
    error: OrderflowError


class ErpPort(Protocol):
    """An ERP that takes sales orders."""

    @property
    def capabilities(self) -> Capabilities:
        """What is proved about this ERP; may ask it, once. TransientError, PermanentError."""

    @property
    def customers(self) -> CustomerPort | None:
        """Its customers, for an adapter that can find and make them; whether this ERP can, `capabilities` says."""

    def find(self, external_reference: str, shop_order_id: int | None = None) -> SalesOrder | None:
        """Look an order up; None when the ERP has none, or only the beginning of one. TransientError, PermanentError.

        By the shop's order id where it is given and the ERP can, else by name: a name may be another order's, which
        the caller has to find out. It never writes: a dry run and the connection test look orders up too.
        """

    def create(self, request: SalesOrderRequest) -> SalesOrder:
        """Create an order: at most one request on the wire creates, and none that writes is repeated.

        Where an order takes several requests (made, then numbered), the beginning of one that an earlier call left
        behind is taken up. PermanentError ERP_REJECTED: the ERP refused this order. InDoubtError: nobody knows; look
        it up.
        """

    def orders_since(self, since: datetime) -> Iterator[ListedSalesOrder | UnreadableRow]:
        """Yield the orders created at or after an aware instant, for reconciliation. TransientError, PermanentError."""

    def deliveries_since(self, since: datetime) -> Iterator[Delivery | UnreadableRow]:
        """Yield the packing slips made at or after an aware instant. TransientError, PermanentError."""
