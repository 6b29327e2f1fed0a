"""What a reconciliation found, as CSV files for people: one of the findings, one of the days' totals.

UTF-8 with a byte order mark, comma separated, quoted where needed. `<date>.csv` has one row per finding, those past
their grace period first:

    kind                why it is listed (the reason code)
    order               the order's name in the ERP: webshop/reference
    webshop, order_id   the shop's own ids; no order_id for an order that only the ERP has
    day                 the shop-local day of its confirmation
    erp_number          the ERP's number or numbers
    shop, erp           what each side shows
    since               when either side last changed (UTC)
    first_seen          when a reconciliation first found it (UTC)
    past_grace          `yes` or `no`
    who_fixes_it, what_it_means, what_to_do, detail

`<date>-days.csv` has one row per day, webshop and currency: orders and totals (excluding tax) on each side. A run for
one webshop adds `-webshop-<id>` to both names.
"""

import csv
import io
import os
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol, Self

from orderflow.domain.findings import KINDS
from orderflow.domain.spreadsheet import safe_cell
from orderflow.errors import ConfigurationError, OrderflowError
from orderflow.flow.batch import isolated
from orderflow.flow.reconciliation.reconcile import Reconciled
from orderflow.ledger.models.reconciliation import DayTotal, Finding

COLUMNS = (
    "kind",
    "order",
    "webshop",
    "order_id",
    "day",
    "erp_number",
    "shop",
    "erp",
    "since",
    "first_seen",
    "past_grace",
    "who_fixes_it",
    "what_it_means",
    "what_to_do",
    "detail",
)
DAY_COLUMNS = tuple(DayTotal.model_fields)


class Store(Protocol):
    """A folder or file elsewhere, such as an `airflow.sdk.ObjectStoragePath`."""

    def __truediv__(self, name: str) -> Self:
        """Return what is in it."""

    def write_bytes(self, data: bytes) -> object:
        """Write the whole file."""


Where = Path | Store


def save_csv(reconciled: Reconciled, folder: Callable[[], Where]) -> Where | OrderflowError:
    """Write both files to the configured folder; return the path of the findings, or why they could not be written.

    By then the comparison itself is in the ledger: a full disk must not hide it from people.
    """

    def save() -> Where:
        try:
            return write_csv(reconciled, folder())
        except (OSError, RuntimeError, ValueError, ImportError) as error:
            told = error.strerror if isinstance(error, OSError) else type(error).__name__
            raise ConfigurationError(
                f"cannot write the CSV files ({told}): check `reconciliation.csv_folder`"
            ) from error

    return isolated(save, "the CSV files")


def write_csv(reconciled: Reconciled, folder: Where) -> Where:
    """Write both files, replacing those of an earlier run on this day; returns the path of the findings."""
    summary = reconciled.summary
    name = summary.last_day if summary.webshop is None else f"{summary.last_day}-webshop-{summary.webshop}"
    rows = [
        *(_readable_row(finding, past_grace="yes") for finding in reconciled.overdue),
        *(_readable_row(finding, past_grace="no") for finding in reconciled.young),
    ]
    path = folder / f"{name}.csv"
    _write(path, COLUMNS, rows)
    _write(folder / f"{name}-days.csv", DAY_COLUMNS, [list(total.model_dump().values()) for total in summary.totals])
    return path


def _readable_row(finding: Finding, *, past_grace: str) -> list[object]:
    """Build a row; if that fails, a row that names the finding and says why."""
    name = finding.external_reference
    row = isolated(partial(_row, finding, past_grace=past_grace), name)
    if isinstance(row, OrderflowError):
        return [str(finding.kind), name, *[""] * (len(COLUMNS) - 3), f"this row could not be written: {row}"]
    return row


def _row(finding: Finding, *, past_grace: str) -> list[object]:
    text = KINDS[finding.kind]
    return [
        finding.kind.value,
        finding.external_reference,
        finding.webshop,
        finding.order_id,
        finding.day,
        finding.erp_number,
        finding.shop_value,
        finding.erp_value,
        _instant(finding.since),
        _instant(finding.first_seen_at),
        past_grace,
        text.owner.value,
        text.meaning,
        text.action,
        finding.detail,
    ]


def _instant(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds")


def _write(path: Where, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a file completely or not at all."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL)
    writer.writerow(columns)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    content = text.getvalue().encode("utf-8-sig", errors="backslashreplace")
    if not isinstance(path, Path):
        path.write_bytes(content)  # a store shows an object once it is whole
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    with open(unfinished, "wb", opener=_for_the_owner) as file:
        file.write(content)
    unfinished.replace(path)


def _for_the_owner(path: str, flags: int) -> int:
    """Create a file that only its owner can read: it contains orders and their prices."""
    return os.open(path, flags, 0o600)
