"""The Airflow connection `erp_default`: which ERP, where, and with which credentials."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from airflow.providers.http.hooks.http import HttpHook
from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException
from airflow.sdk.log import mask_secret

from orderflow.erp.port import NO_ORDER, ErpPort
from orderflow.erp.rest import ERP, RestErp
from orderflow.erp.tryton import options as tryton_options
from orderflow.erp.tryton.adapter import TrytonErp
from orderflow.errors import ConfigurationError, MissingConnectionError, OrderflowError
from orderflow.redaction import hide
from orderflow.transport import NO_METER, Authorization, CallGuard, Channel, FixedAuthorization, Meter, credentials
from orderflow.transport.connection import COMMON_EXTRAS, base_url, bounds, given, prepare_session, timeouts


class Adapter(NamedTuple):
    """How to build an adapter from the channel and the connection's extra, and which extras are its own."""

    make: Callable[[Channel, Mapping[str, Any]], ErpPort]
    extras: tuple[str, ...] = ()


ADAPTERS = {
    "rest": Adapter(lambda channel, _extra: RestErp(channel)),
    "tryton": Adapter(TrytonErp, tryton_options.OWN_EXTRAS),
}
OWN_EXTRAS = ("adapter", "token", *COMMON_EXTRAS, *(name for adapter in ADAPTERS.values() for name in adapter.extras))
"""Extras read here and by any adapter. HttpHook reads those it knows; all others are sent as headers."""


class ErpHook(HttpHook):
    """Connection -> session -> ErpPort.

    Connection: host; login and password (HTTP Basic) or extra `token` (Bearer); extra `adapter` (default `rest`), those
    of the adapter and the common ones (`timeout` seconds of silence, `deadline` seconds per call, `max_answer_mb`,
    `allow_http`), and `verify`, `cert`, `proxies` as HttpHook has them.
    """

    conn_name_attr = "erp_conn_id"
    default_conn_name = "erp_default"
    conn_type = "orderflow_erp"
    hook_name = "Orderflow ERP"

    def __init__(self, erp_conn_id: str = default_conn_name) -> None:
        super().__init__(method="GET", http_conn_id=erp_conn_id)

    def get_erp(
        self, *, read_only: bool = False, concurrency: int = 8, gate: CallGuard | None = None, meter: Meter = NO_METER
    ) -> ErpPort:
        """Return the configured ERP, safe for `concurrency` threads. ConfigurationError says what to set."""
        connection = self._connection()
        extra = given(connection.extra_dejson)
        name = str(extra.get("adapter") or "rest")
        if name not in ADAPTERS:
            known = ", ".join(f"`{name}`" for name in sorted(ADAPTERS))
            raise ConfigurationError(f"connection `{self.http_conn_id}`: extra `adapter` is unknown; known are {known}")
        adapter = ADAPTERS[name]
        session = self.get_conn()
        address = base_url(connection.host, connection.schema, connection.port)
        headers = prepare_session(session, OWN_EXTRAS, concurrency=concurrency, name=self.http_conn_id)
        authorization = _authorization(connection, extra)
        if authorization or headers:
            credentials.refuse_plain_http(address, f"connection `{self.http_conn_id}`, host", extra)
        _hide(*headers, *(authorization.secrets() if authorization else ()))
        channel = Channel(
            session,
            address,
            service=ERP,
            authorize=authorization,
            timeouts=timeouts(extra),
            bounds=bounds(extra),
            read_only=read_only,
            gate=gate,
            meter=meter,
            secrets=headers,
        )
        return adapter.make(channel, extra)

    def longest_call(self) -> float:
        """Return the longest time, in seconds, that one call to the ERP may take."""
        return bounds(given(self._connection().extra_dejson)).seconds

    def test_connection(self) -> tuple[bool, str]:
        """Look for an order that does not exist."""
        try:
            self.get_erp(read_only=True).find(NO_ORDER)
        except OrderflowError as error:
            return False, str(error)
        return True, "the ERP answers"

    def _connection(self) -> Connection:
        try:
            connection: Connection = self.get_connection(self.http_conn_id)
        except AirflowNotFoundException as error:
            raise MissingConnectionError(
                f"connection `{self.http_conn_id}` is missing: set host, and login and password or extra `token`"
            ) from error
        return connection


def _authorization(connection: Connection, extra: Mapping[str, Any]) -> Authorization | None:
    if extra.get("token"):
        return FixedAuthorization("Bearer", credentials.token(extra["token"], "extra `token`"))
    if not connection.login:
        return None
    login = credentials.plain_text(connection.login, "login")
    if ":" in login:
        raise ConfigurationError("login: HTTP Basic allows no colon in it")
    return FixedAuthorization.basic(login, credentials.password(connection.password or "", "password"))


def _hide(*secrets: str) -> None:
    hide(mask_secret, *secrets)
