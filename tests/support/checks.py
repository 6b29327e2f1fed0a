"""The check of a shop, for its tests."""

from collections.abc import Callable

from orderflow.checking.report import Checked

Check = Callable[..., Checked]
"""Checks the sandbox with given settings."""
