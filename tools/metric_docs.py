"""`make docs`: writes docs/reference/metrics.md from the table next to the code that sends them; --check only compares.

python tools/metric_docs.py [--check]
"""

import argparse
import sys

from generated_page import REPOSITORY, cell, write_or_check
from orderflow.orchestration.metrics import METRICS

PAGE = REPOSITORY / "docs" / "reference" / "metrics.md"
HEAD = """# Metrics

Written by `make docs` from `include/orderflow/orchestration/metrics.py`. Do not edit.

They go wherever Airflow's own metrics go, under Airflow's prefix (`airflow.` by default). Nothing is sent while
metrics are switched off in Airflow. [Observability](../how-to/observability.md) says how to switch them on.

| name | kind | meaning |
|---|---|---|
"""


def page() -> str:
    """Return the whole page."""
    rows = (f"| `{name}` | {metric.kind} | {cell(metric.meaning)} |" for name, metric in METRICS.items())
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    sys.exit(write_or_check(PAGE, page(), check=parser.parse_args().check))
