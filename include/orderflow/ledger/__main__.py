"""`python -m orderflow.ledger upgrade [URL]`: make or upgrade the tables ahead of the first run, which does it too."""

import argparse
import sys

from sqlalchemy import make_url

from orderflow.ledger.engine import make_engine
from orderflow.ledger.hook import ledger_url
from orderflow.ledger.schema import bring_to_head
from orderflow.ledger.tables import SCHEMA_REVISION


def main() -> None:
    """Upgrade and say where; the password is not shown."""
    parser = argparse.ArgumentParser(prog="python -m orderflow.ledger", description=__doc__)
    parser.add_argument("command", choices=["upgrade"])
    parser.add_argument("url", nargs="?", help="default: the connection `orderflow_ledger`")
    arguments = parser.parse_args()
    url = make_url(arguments.url) if arguments.url else ledger_url()
    bring_to_head(make_engine(url))
    sys.stdout.write(f"{url.render_as_string()}: version {SCHEMA_REVISION}\n")


if __name__ == "__main__":
    main()
