"""The check of a shop, for its tests."""

from collections.abc import Callable

from orderflow.checking.report import Checked
from orderflow.transport import RetryPolicy

AT_ONCE = RetryPolicy(sleep=lambda _: None)
"""Repeats without a pause."""
Check = Callable[..., Checked]
"""Checks the sandbox with given settings."""
