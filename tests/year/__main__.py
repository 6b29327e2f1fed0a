"""Simulates half a year of a shop and reports what people received: `make year [SEED=1] [DAYS=184]`.

    python -m year [--mix normal|busy] [--seed 1] [--days 184] [--sweep-minutes 15] [--afterwards 12]

Eighteen orders a day, the daily run, the sweep, packing slips and the comparison on their schedules, outages, late
payers, edits, cancellations, and a person who needs hours to days. While nothing happens the sweep runs once an hour.
Some days without buyers follow, `--afterwards`, in which everybody finishes. A seed fixes what happens.
"""

import argparse
import logging
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from year.mix import MIXES
from year.report import audited, table
from year.stage import staged

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - the ledger of a simulation has to survive nothing


def main() -> int:
    """Run it; return 1 if an order was lost, doubled or left half done."""
    parser = argparse.ArgumentParser(prog="year", description=__doc__)
    parser.add_argument("--mix", choices=MIXES, default="normal")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=184)
    parser.add_argument("--sweep-minutes", type=int, default=15)
    parser.add_argument("--afterwards", type=int, default=12)
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None) as folder:
        os.environ.setdefault("AIRFLOW_HOME", folder)
        with staged(
            Path(folder), datetime(2027, 1, 1, tzinfo=UTC), seed=asked.seed, mix=MIXES[asked.mix]
        ) as simulation:
            simulation.run(asked.days, sweep_minutes=asked.sweep_minutes, afterwards=asked.afterwards)
            wrong = audited(simulation)
            sys.stdout.write(table(simulation, wrong, days=asked.days, seconds=time.monotonic() - began))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
