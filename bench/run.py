"""`make bench`: a day through a real Airflow, compared with what a team would otherwise write, on the same machine.

ORDERS (`20,200,1000`) are the sizes of the days; CASES (`ours,script1,…`; default all) selects what is measured. Every
row is written to bench/results.json as soon as it is known, replacing an earlier one of the same case.
"""

import os
import sys

from cases import CASES
from results import load, remarks, save, table


def main() -> None:
    """Measure, and show all results so far."""
    sizes = [int(size) for size in os.environ.get("ORDERS", "20,200,1000").split(",")]
    wanted = os.environ.get("CASES", ",".join(CASES)).split(",")
    unknown = set(wanted) - set(CASES)
    if unknown:
        sys.exit(f"no such case: {', '.join(sorted(unknown))}; there are {', '.join(CASES)}")
    for name in wanted:
        before = os.getloadavg()
        for key, case in CASES[name](sizes):
            save(key, case, before)
            print(f"{key}: {case['seconds']} s", flush=True)
            before = os.getloadavg()
    print(*table(load()), *remarks(load()), sep="\n")


if __name__ == "__main__":
    main()
