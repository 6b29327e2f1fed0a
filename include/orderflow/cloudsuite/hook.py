"""The Airflow connection `cloudsuite_default`: where the shop is, and with which credentials."""

from collections.abc import Mapping
from typing import Any

import requests
from airflow.providers.http.hooks.http import HttpHook
from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException
from airflow.sdk.log import mask_secret

from orderflow.cloudsuite.auth import ClientCredentials, Credentials
from orderflow.cloudsuite.client import SHOP, CloudSuiteClient
from orderflow.cloudsuite.filters import ShopOrderFilter
from orderflow.cloudsuite.messages import MESSAGES, MessagesClient
from orderflow.errors import ConfigurationError, MissingConnectionError, OrderflowError
from orderflow.redaction import hide
from orderflow.transport import (
    NO_METER,
    Authorization,
    CallGuard,
    Channel,
    FixedAuthorization,
    Meter,
    Service,
    credentials,
)
from orderflow.transport.connection import (
    COMMON_EXTRAS,
    base_url,
    bounds,
    given,
    prepare_session,
    timeouts,
    without_headers,
)

OWN_EXTRAS = ("token_url", "scope", "proxy_base_url", "token", *COMMON_EXTRAS)
"""Extras read here. Those that HttpHook knows keep their meaning, and all others are sent as headers."""


class CloudSuiteHook(HttpHook):
    """Connection -> session -> CloudSuiteClient, MessagesClient.

    Connection: host (the API's address, without `/api`); login and password (OAuth2 client id and secret) with extra
    `token_url` and `scope` (default `openid`), or extra `token` for the old `Authorization: Token`; extra
    `proxy_base_url` (the address above `/proxy`; default: the host); the common extras (`timeout` seconds of silence,
    `deadline` seconds per call, `max_answer_mb`, `allow_http`), and `verify`, `cert`, `proxies` as HttpHook has them.
    The credentials go to these addresses and nowhere else.
    """

    conn_name_attr = "cloudsuite_conn_id"
    default_conn_name = "cloudsuite_default"
    conn_type = "cloudsuite"
    hook_name = "CloudSuite"

    def __init__(self, cloudsuite_conn_id: str = default_conn_name) -> None:
        super().__init__(method="GET", http_conn_id=cloudsuite_conn_id)

    def get_client(
        self,
        *,
        read_only: bool = False,
        page_size: int = 100,
        concurrency: int = 8,
        gate: CallGuard | None = None,
        meter: Meter = NO_METER,
    ) -> CloudSuiteClient:
        """Return a client safe for `concurrency` threads; ConfigurationError says what to set."""
        connection = self._connection()
        channel = self._channel(
            connection,
            base_url(connection.host, connection.schema, connection.port),
            SHOP,
            read_only=read_only,
            concurrency=concurrency,
            gate=gate,
            meter=meter,
        )
        return CloudSuiteClient(channel, page_size=page_size)

    def get_messages(
        self, *, read_only: bool = False, concurrency: int = 8, gate: CallGuard | None = None, meter: Meter = NO_METER
    ) -> MessagesClient:
        """Return a client for the shop's message endpoints, with the same credentials; ConfigurationError."""
        connection = self._connection()
        channel = self._channel(
            connection,
            self._message_address(connection),
            MESSAGES,
            read_only=read_only,
            concurrency=concurrency,
            gate=gate,
            meter=meter,
        )
        return MessagesClient(channel)

    def longest_call(self) -> float:
        """Return the longest time, in seconds, that one call to the shop may take."""
        return bounds(given(self._connection().extra_dejson)).seconds

    def test_connection(self) -> tuple[bool, str]:
        """Get a token and read one row of the order list."""
        try:
            next(self.get_client(read_only=True, page_size=1).list_orders(ShopOrderFilter()), None)
        except OrderflowError as error:
            return False, str(error)
        return True, "the shop answers"

    def _connection(self) -> Connection:
        try:
            connection: Connection = self.get_connection(self.http_conn_id)
        except AirflowNotFoundException as error:
            raise MissingConnectionError(
                f"connection `{self.http_conn_id}` is missing: set host, login (client id), password (client secret) "
                "and extra `token_url`"
            ) from error
        return connection

    def _message_address(self, connection: Connection) -> str:
        elsewhere = given(connection.extra_dejson).get("proxy_base_url")
        if not elsewhere:
            return base_url(connection.host, connection.schema, connection.port)
        try:
            return base_url(str(elsewhere), None, None)
        except ConfigurationError:
            raise ConfigurationError("extra `proxy_base_url`: set it to an http(s) address, as https://host") from None

    def _channel(
        self,
        connection: Connection,
        address: str,
        service: Service,
        *,
        read_only: bool,
        concurrency: int,
        gate: CallGuard | None,
        meter: Meter,
    ) -> Channel:
        extra = given(connection.extra_dejson)
        credentials.refuse_plain_http(address, f"connection `{self.http_conn_id}`, {service.name}'s address", extra)
        session = self.get_conn()
        secrets = prepare_session(session, OWN_EXTRAS, concurrency=concurrency, name=self.http_conn_id)
        _hide(*secrets)
        return Channel(
            session,
            address,
            service=service,
            secrets=secrets,
            authorize=self._authorization(connection, extra, session),
            timeouts=timeouts(extra),
            bounds=bounds(extra),
            read_only=read_only,
            gate=gate,
            meter=meter,
        )

    def _authorization(
        self, connection: Connection, extra: Mapping[str, Any], session: requests.Session
    ) -> Authorization:
        if extra.get("token"):
            token = credentials.token(extra["token"], "extra `token`")
            _hide(token)
            return FixedAuthorization("Token", token)
        needed = {"login": connection.login, "password": connection.password, "extra token_url": extra.get("token_url")}
        missing = ", ".join(name for name, value in needed.items() if not value)
        if missing:
            raise ConfigurationError(f"connection `{self.http_conn_id}` lacks {missing} (or extra `token`)")
        credentials.address(extra["token_url"], "extra `token_url`")
        credentials.refuse_plain_http(extra["token_url"], "extra `token_url`", extra)
        asking = Credentials(
            token_url=extra["token_url"],
            client_id=credentials.plain_text(connection.login, "login (client id)"),
            client_secret=credentials.password(connection.password, "password (client secret)"),
            scope=credentials.plain_text(extra.get("scope") or "openid", "extra `scope`"),
        )
        _hide(*asking.secrets())
        return ClientCredentials(
            without_headers(session), asking, timeouts=timeouts(extra), bounds=bounds(extra), on_token=_hide
        )


def _hide(*secrets: str) -> None:
    hide(mask_secret, *secrets)
