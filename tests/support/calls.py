"""A channel to the sandbox's shop: its description, and the calls it made."""

from collections.abc import Callable

from orderflow.domain.reasons import Reason
from orderflow.transport import Channel, Service
from sandbox.control import SandboxControl

Channels = Callable[..., Channel]
SERVICE = Service(
    name="shop",
    unavailable=Reason.SHOP_UNAVAILABLE,
    refused=Reason.SHOP_REFUSED,
    auth=Reason.SHOP_AUTH,
    not_found=Reason.ORDER_NOT_FOUND,
    answer_invalid=Reason.SHOP_ANSWER_INVALID,
)
TOKEN = "0123456789abcdef0123456789abcdef01234567"


def calls(control: SandboxControl) -> list[str]:
    return [f"{entry['method']} {entry['path']}" for entry in control.journal()]
