"""A channel to the sandbox's shop: its description, and the calls it made."""

from collections.abc import Callable

from orderflow.transport import Channel
from sandbox.control import SandboxControl

Channels = Callable[..., Channel]
TOKEN = "0123456789abcdef0123456789abcdef01234567"


def calls(control: SandboxControl) -> list[str]:
    return [f"{entry['method']} {entry['path']}" for entry in control.journal()]
