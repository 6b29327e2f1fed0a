"""Adapters for a real Tryton."""

import pytest

from support.tryton_connector import Connect, connector
from tryton import RunningTryton


@pytest.fixture
def connect(tryton: RunningTryton) -> Connect:
    return connector(tryton)
