"""The ERP's capabilities from `GET /capabilities` (docs/reference/erp-rest-contract.md)."""

import logging
from http import HTTPStatus
from typing import Annotated

from pydantic import BaseModel, ConfigDict, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from orderflow.erp.port import Capabilities
from orderflow.transport import Channel, RefusedError

CAPABILITIES = "/capabilities"
_UNKNOWN_ADDRESS = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED})

log = logging.getLogger(__name__)


def _or_false(value: object, read: ValidatorFunctionWrapHandler) -> object:
    try:
        return read(value)
    except ValidationError:
        return False


_Stated = Annotated[bool, WrapValidator(_or_false)]
"""Anything but true or false proves nothing. It must not hide what the other fields deny."""


class _Said(BaseModel):
    """`Capabilities` as stated. The contract promises the first three unless the ERP denies them."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    consistent_lookup: _Stated = True
    idempotency_key: _Stated = True
    unique_reference: _Stated = True
    shop_order_id_lookup: _Stated = False
    customers: _Stated = False
    charges: _Stated = False
    extra: _Stated = False


def ask_capabilities(channel: Channel) -> Capabilities:
    """Ask the ERP. If it refuses the unknown address, in whatever way, it promises no additions."""
    try:
        answer = channel.call("GET", CAPABILITIES, retry=True, accept=_UNKNOWN_ADDRESS)
        said = _Said() if answer.status in _UNKNOWN_ADDRESS else answer.parse(_Said.model_validate)
    except RefusedError as error:
        log.warning("the ERP does not say what it can do, and is taken for one without additions: %s", error)
        said = _Said()
    return Capabilities(**said.model_dump())
