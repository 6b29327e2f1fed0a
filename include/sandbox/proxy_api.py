"""The shop's message endpoints below `/proxy`: deliveries, cXML confirmations, custom order statuses."""

from collections.abc import Callable

from sandbox import auth
from sandbox.auth import TokenIssuer
from sandbox.config import Config
from sandbox.confirmation_api import ConfirmationApi
from sandbox.desadv_api import DesadvApi
from sandbox.order_status_api import OrderStatusApi
from sandbox.shop_store import ShopStore
from sandbox.wire import Call, Reply, html_reply
from sandbox.xml_body import answer

PREFIX = "/proxy/"


class ProxyApi:
    """Answers calls below `/proxy`. That they accept the shop's own token is assumed."""

    def __init__(self, store: ShopStore, issuer: TokenIssuer) -> None:
        self.desadv = DesadvApi(store)
        self.confirmations = ConfirmationApi(store)
        self.order_statuses = OrderStatusApi(store)
        self._issuer = issuer
        self._handlers: dict[str, Callable[[Call, Config], Reply]] = {
            "/proxy/des_adv_xml/delivery/": self.desadv.handle,
            "/proxy/oci_xml/confirmation/": self.confirmations.handle,
            "/proxy/v1/orderstatus/": self.order_statuses.handle,
        }

    def handle(self, call: Call, config: Config) -> Reply:
        """Accept a message, or say what is wrong with it."""
        handler = self._handlers.get(call.path)
        if handler is None:
            return html_reply(404, "Not Found")
        auth.check_shop(call, config, self._issuer)
        if call.method != "POST":
            return answer(405, f"Method {call.method} not allowed")
        return handler(call, config)
