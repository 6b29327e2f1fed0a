"""The adapter: finds, creates and lists orders in Tryton."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason
from orderflow.erp.inspection import Aspect, Inspected
from orderflow.erp.models import Delivery, ListedSalesOrder, SalesOrder, SalesOrderRequest
from orderflow.erp.port import Capabilities, UnreadableRow
from orderflow.erp.tryton.answer import to_listed, to_sales_order
from orderflow.erp.tryton.cents import changes_for_cents
from orderflow.erp.tryton.client import TrytonRest
from orderflow.erp.tryton.corrections import chunks, corrections_since
from orderflow.erp.tryton.customers import TrytonCustomers
from orderflow.erp.tryton.form import changes_of_form
from orderflow.erp.tryton.inspection import TrytonInspection
from orderflow.erp.tryton.master_data import MasterData, gather
from orderflow.erp.tryton.options import TrytonOptions
from orderflow.erp.tryton.sale import FIELDS, SALE, Sale, is_begun_only, is_untouched, same_content
from orderflow.erp.tryton.shipment import read_deliveries
from orderflow.erp.tryton.values import to_changes, to_values
from orderflow.erp.tryton.web_shops import Installation, WebShop, read_installation
from orderflow.errors import ConfigurationError, InDoubtError, PermanentError
from orderflow.transport import Channel, RefusedError, UnavailableError


class TrytonErp:
    """An `ErpPort` over Tryton's REST user application; safe to share between threads.

    An order is a sale with `web_shop` and `web_id`. The database allows only one sale per pair, in any state.
    """

    capabilities = Capabilities(
        consistent_lookup=True, idempotency_key=False, unique_reference=True, customers=True, contacts=True
    )

    def __init__(self, channel: Channel, extra: Mapping[str, Any]) -> None:
        self._options = TrytonOptions.parse(extra)
        self._rest = TrytonRest(channel, self._options.database)
        self._read: Installation | None = None
        self.customers = TrytonCustomers(self._rest, self._options, lambda: self._company)

    def find(self, external_reference: str, shop_order_id: int | None = None) -> SalesOrder | None:  # noqa: ARG002
        """Look an order up; None if Tryton has none, or one that `create` started but did not finish."""
        sale = self._sale(external_reference)
        return None if sale is None or is_begun_only(sale, self._options) else _numbered(sale, self._options)

    def create(self, request: SalesOrderRequest) -> SalesOrder:
        """Create the sale, quote it (which numbers it) and, if configured, confirm it.

        One request creates, and nothing is repeated here. A sale that an earlier attempt started is resumed, and
        rewritten first if the order has changed since. PermanentError ERP_REJECTED: master data is missing, or Tryton
        refuses. InDoubtError: a writing request got no answer.
        """
        shop = self._shop(request.shop)
        data = gather(self._rest, self._options, self._installation, shop, request)
        values = to_values(request, data, self._options)
        sale = self._sale(request.external_reference) or self._created(request, data, values)
        if is_begun_only(sale, self._options) and not same_content(sale, request, data, values):
            sale = self._rewritten(sale, request, data)
        return _numbered(self._finished(sale, request, data), self._options)

    def orders_since(self, since: datetime) -> Iterator[ListedSalesOrder | UnreadableRow]:
        """Yield the orders created, returned or credited at or after an aware instant."""
        shops = [shop.id for shop in self._installation.web_shops.values()]
        credit_notes = self._options.credit_notes
        corrected = corrections_since(
            self._rest, since, web_shops=shops, company=self._company, credit_notes=credit_notes
        )
        numbered = [*self._ours(), ["number", "!=", None], ["web_id", "!=", None]]
        recent = ["create_date", ">=", since]
        for which in (recent, *(["id", "in", some] for some in chunks(corrected))):
            for sale in self._rest.search_all(Sale, SALE, [*numbered, which], FIELDS, company=self._company):
                if which is recent or sale.create_date < since:
                    yield to_listed(sale, self._options, corrected.get(sale.id, ()))

    def deliveries_since(self, since: datetime) -> Iterator[Delivery | UnreadableRow]:
        """Yield the packing slips created or changed at or after an aware instant."""
        installation = self._installation
        shops = [shop.id for shop in installation.web_shops.values()]
        yield from read_deliveries(self._rest, self._options, since, web_shops=shops, companies=installation.companies)

    def server_time(self) -> datetime | None:
        """Return the time by Tryton's clock."""
        return self._rest.server_time()

    def inspect(self, orders: Sequence[Order], *, makes_customers: bool) -> Mapping[Aspect, Callable[[], Inspected]]:
        """Return how to look at what sales of these orders need."""
        inspection = TrytonInspection(self._rest, self._options, lambda: self._installation, orders)
        return inspection.questions(makes_customers=makes_customers)

    def _created(self, request: SalesOrderRequest, data: MasterData, values: dict[str, Any]) -> Sale:
        """Create the sale. If another process was faster, use the sale that it created.

        The refusal is only a translated text, so look for the sale itself.
        """
        try:
            return self._rest.create(Sale, SALE, values, FIELDS, company=data.web_shop.company)
        except UnavailableError as error:
            if error.not_sent:
                raise
            raise _doubt(error) from error
        except RefusedError as error:
            if error.status is None or error.status < HTTPStatus.BAD_REQUEST:
                raise _doubt(error) from error
            if error.status != HTTPStatus.BAD_REQUEST:
                raise  # the request was turned away (no access, no such database): no sale was created
            sale = self._look_again(request.external_reference)
            if sale is None:
                raise PermanentError(f"Tryton refused the sale: {error.message}", reason=Reason.ERP_REJECTED) from error
            return sale

    def _finished(self, sale: Sale, request: SalesOrderRequest, data: MasterData) -> Sale:
        """Fill in what Tryton's form would, then press the remaining buttons."""
        company = data.web_shop.company
        if is_begun_only(sale, self._options) and sale.state == "draft":
            sale = self._filled_in(sale, request, data)
        for state, button in (("draft", "quote"), ("quotation", "confirm"), ("confirmed", "process")):
            if is_begun_only(sale, self._options) and sale.state == state:
                sale = self._pressed(sale, button, company)
            if sale.state == "confirmed" and state == "quotation":
                sale = self._look_again(sale.web_id) or sale  # without a worker, Tryton processes it after answering
        return sale

    def _rewritten(self, sale: Sale, request: SalesOrderRequest, data: MasterData) -> Sale:
        """Update a sale that an earlier attempt started to what the order says now, unless a person has edited it.

        Tryton itself refuses new lines for a sale that is no longer a draft.
        """
        if not is_untouched(sale):
            raise PermanentError(
                f"{sale.state} sale {sale.number or f'with id {sale.id}'} was begun with other lines for this order, "
                "and somebody has changed it since: cancel it in Tryton and empty its web ID, or finish it there; "
                "then retry",
                reason=Reason.ERP_REJECTED,
            )
        company = data.web_shop.company
        if sale.state != "draft":
            sale = self._pressed(sale, "draft", company)
        return self._updated(sale, data, lambda draft: to_changes(draft, request, data, self._options))

    def _filled_in(self, sale: Sale, request: SalesOrderRequest, data: MasterData) -> Sale:
        def form(draft: Sale) -> dict[str, Any]:
            return changes_of_form(self._rest, draft, data, self._options)

        typed = self._updated(sale, data, form)
        whole = self._updated(
            typed, data, lambda draft: changes_for_cents(draft, request, self._options, data.rounding)
        )
        return self._updated(whole, data, form) if len(whole.lines) > len(typed.lines) else whole

    def _updated(self, sale: Sale, data: MasterData, changes: Callable[[Sale], dict[str, Any]]) -> Sale:
        """Change a draft if anything needs to change."""

        def update() -> Sale:
            values = changes(sale)
            company = data.web_shop.company
            return self._rest.update(Sale, SALE, sale.id, values, FIELDS, company=company) if values else sale

        return self._changed(sale, "fill in", update) if sale.state == "draft" else sale

    def _pressed(self, sale: Sale, button: str, company: int) -> Sale:
        return self._changed(
            sale, button, lambda: self._rest.press(Sale, SALE, sale.id, button, FIELDS, company=company)
        )

    def _changed(self, sale: Sale, what: str, change: Callable[[], Sale]) -> Sale:
        """Change a sale. If that fails because somebody else has just changed it, read the sale again.

        The sale exists, so only a refusal by Tryton itself may be reported as if it did not.
        """
        try:
            return change()
        except (RefusedError, UnavailableError) as error:
            if not isinstance(error, RefusedError) or error.status != HTTPStatus.BAD_REQUEST:
                raise _doubt(error) from error
            now = self._look_again(sale.web_id)
            if now is None or now.state == sale.state:
                raise PermanentError(
                    f"Tryton refused to {what} the sale with id {sale.id}, which stays as {sale.state}: "
                    f"{error.message}",
                    reason=Reason.ERP_REJECTED,
                ) from error
            return now

    def _look_again(self, external_reference: str) -> Sale | None:
        try:
            return self._sale(external_reference)
        except (RefusedError, UnavailableError) as error:
            raise _doubt(error) from error

    def _sale(self, external_reference: str) -> Sale | None:
        domain = [*self._ours(), ["web_id", "=", external_reference]]
        found = self._rest.search(Sale, SALE, domain, FIELDS, company=self._company)
        if len(found) > 1:
            numbers = ", ".join(sale.number or f"id {sale.id}" for sale in found)
            raise PermanentError(
                f"{external_reference} is in more than one web shop of Tryton ({numbers})",
                reason=Reason.ERP_ANSWER_INVALID,
            )
        return found[0] if found else None

    def _shop(self, webshop: str) -> WebShop:
        try:
            return self._installation.web_shops[webshop]
        except KeyError:
            raise ConfigurationError(
                f"extra `web_shop` of the ERP's connection names no web shop of Tryton for webshop {webshop}"
            ) from None

    def _ours(self) -> list[Any]:
        return [["web_shop", "in", [shop.id for shop in self._installation.web_shops.values()]]]

    @property
    def _company(self) -> int:
        return self._installation.companies[0]

    @property
    def _installation(self) -> Installation:
        """The configured records, read once. Threads that start at the same time may each read them."""
        if self._read is None:
            self._read = read_installation(self._rest, self._options)
        return self._read


def _numbered(sale: Sale, options: TrytonOptions) -> SalesOrder:
    if not sale.number:
        raise PermanentError(
            f"the sale with id {sale.id} for {sale.web_id} is {sale.state} and has no number: "
            "reopen it in Tryton, or empty its web ID to have it made anew",
            reason=Reason.ERP_REJECTED,
        )
    return to_sales_order(sale, options)


def _doubt(error: RefusedError | UnavailableError) -> InDoubtError:
    invalid = error.reason is Reason.ERP_ANSWER_INVALID
    return InDoubtError(f"{error.message}; the sale may exist", reason=error.reason if invalid else None)
