"""Create or upgrade the ledger's tables, the first step of a deployment: `python -m orderflow.ledger`."""

import sys

from orderflow.ledger.hook import engine_from_connection
from orderflow.ledger.tables.base import SCHEMA_REVISION

if __name__ == "__main__":
    where = engine_from_connection(upgrade=True).url
    sys.stdout.write(f"{where.render_as_string(hide_password=True)}: tables of version {SCHEMA_REVISION}\n")
