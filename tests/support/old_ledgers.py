"""Ledgers as earlier code has left them, to be upgraded."""

import pytest
from sqlalchemy import URL, Engine

from orderflow.ledger import schema
from orderflow.ledger.database.engine import make_engine


def ledger_of(url: URL, revision: str) -> Engine:
    """Make the tables of an earlier revision in an empty database."""
    engine = make_engine(url)
    with pytest.MonkeyPatch.context() as earlier:
        earlier.setattr(schema, "SCHEMA_REVISION", revision)
        schema.bring_to_head(engine)
    return engine
