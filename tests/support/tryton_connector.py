"""Builds adapters for a real Tryton."""

from collections.abc import Callable
from typing import Any

import requests

from orderflow.erp.rest import ERP
from orderflow.erp.tryton.adapter import TrytonErp
from orderflow.transport import Channel, FixedAuthorization, RetryPolicy
from tryton import RunningTryton

Connect = Callable[..., TrytonErp]


def connector(tryton: RunningTryton) -> Connect:
    """Return a function that builds an adapter; extras, address and key can be replaced."""

    def make(*, url: str = tryton.url, key: str = tryton.key, read_only: bool = False, **extra: Any) -> TrytonErp:
        channel = Channel(
            requests.Session(),
            url,
            service=ERP,
            authorize=FixedAuthorization("Bearer", key),
            policy=RetryPolicy(sleep=lambda seconds: None),  # noqa: ARG005  # does not wait
            read_only=read_only,
        )
        return TrytonErp(channel, {**tryton.connection_extra, **extra})

    return make
