"""How Alembic runs here: always inside the transaction that schema.py has opened and locked."""

from alembic import context

from orderflow.ledger.schema import VERSION_TABLE
from orderflow.ledger.tables.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
context.run_migrations()
