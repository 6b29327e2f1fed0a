"""The port: everything this project needs from an ERP."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, Protocol

from orderflow.erp.customers import CustomerPort
from orderflow.erp.models import Delivery, ListedSalesOrder, SalesOrder, SalesOrderRequest
from orderflow.errors import OrderflowError

NO_ORDER = "orderflow-connection-test"
"""The name of an order that no ERP has: a look-up of it only shows whether the ERP answers."""


class Capabilities(NamedTuple):
    """What an adapter can prove about its ERP. Nothing else is relied on."""

    consistent_lookup: bool
    """A look-up sees every order created before it."""
    idempotency_key: bool
    """Sending the same key and body again returns the first order, never a second one."""
    unique_reference: bool
    """The ERP itself refuses a second order with the same external reference."""
    shop_order_id_lookup: bool = False
    """Orders can be looked up by the shop's order id."""
    customers: bool = False
    """Customers can be found, created and updated."""
    charges: bool = False
    """`charges` count towards an order's total."""
    extra: bool = False
    """Fields in `extra` are kept."""
    contacts: bool = False
    """Who ordered is known by mail address or phone number, not by key: a known customer's order has them, too."""

    @property
    def resend_is_safe(self) -> bool:
        """Whether a request whose outcome is unknown may be sent again."""
        return self.idempotency_key or self.unique_reference


class UnreadableRow(NamedTuple):
    """A row of a listing that cannot be read; the other rows can."""

    name: str
    """Its own name, if it can be read: an order's reference or a packing slip's number."""
    error: OrderflowError


class ErpPort(Protocol):
    """An ERP that takes sales orders."""

    @property
    def capabilities(self) -> Capabilities:
        """What is proved about this ERP. May ask the ERP, once. TransientError, PermanentError."""

    @property
    def customers(self) -> CustomerPort | None:
        """Its customers, if the adapter can find and create them. `capabilities` says whether this ERP can."""

    def find(self, external_reference: str, shop_order_id: int | None = None) -> SalesOrder | None:
        """Look an order up; None if the ERP has none, or only an unfinished one. TransientError, PermanentError.

        By the shop's order id if it is given and the ERP supports that, otherwise by name. A name may belong to another
        order, so the caller must check. Never writes: a dry run and the connection test use it too.
        """

    def create(self, request: SalesOrderRequest) -> SalesOrder:
        """Create an order: at most one request creates it, and no request that writes is repeated.

        Where an order takes several requests (created, then numbered), an unfinished one from an earlier call is
        completed. PermanentError ERP_REJECTED: the ERP refused this order. InDoubtError: the outcome is unknown; look
        the order up.
        """

    def orders_since(self, since: datetime) -> Iterator[ListedSalesOrder | UnreadableRow]:
        """Yield the orders created at or after an aware instant, for reconciliation. TransientError, PermanentError.

        Also older ones that were returned or credited since, as far as the ERP says.
        """

    def deliveries_since(self, since: datetime) -> Iterator[Delivery | UnreadableRow]:
        """Yield the packing slips created at or after an aware instant. TransientError, PermanentError."""
