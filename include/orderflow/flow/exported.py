"""An order as the ERP has it, and which of its lines is which line in the shop."""

from collections.abc import Mapping
from typing import NamedTuple

from orderflow.domain.lines import SentLine, match_lines
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason
from orderflow.erp.former_fingerprint import former_fingerprints
from orderflow.erp.models import SalesOrder
from orderflow.errors import PermanentError
from orderflow.ledger.models.orders import LedgerOrder

Number = int | str
"""An ERP line number; a text in a dry run, where it is not known yet."""


class Exported(NamedTuple):
    """An order as the ERP has it, or will have it."""

    number: str
    erp_lines: Mapping[int, Number]
    """ERP line number by position as sent."""
    sent: tuple[SentLine, ...]
    payload_hash: str | None = None
    payload_version: int | None = None
    former: tuple[str, ...] = ()
    """Its earlier numbers, one of which the shop may show from our own write."""

    @classmethod
    def of(cls, known: LedgerOrder) -> "Exported":
        """Build it from the ledger."""
        if not known.erp_number:
            raise PermanentError("the ledger holds no ERP number for it", reason=Reason.UNEXPECTED)
        former = known.numbers_before(known.erp_number)
        sent = sent_lines(known)
        return cls(known.erp_number, known.erp_lines, sent, known.payload_hash, known.payload_version, former)


def sent_lines(known: LedgerOrder | None) -> tuple[SentLine, ...]:
    """Return the lines that were sent according to the ledger; empty if it does not know."""
    if known is None:
        return ()
    if known.sent_lines:
        return tuple(map(SentLine.of_json, known.sent_lines))
    return tuple(SentLine(position, line_id) for position, line_id in known.line_ids.items())


def lines_of_found(found: SalesOrder) -> tuple[SentLine, ...]:
    """Return the lines of the ERP's order; they can only be matched if the ERP returns their content."""
    lines = [(line.position, line.content) for line in found.lines]
    return tuple(SentLine.of(content) if content else SentLine(position) for position, content in lines)


def line_numbers(order: Order, exported: Exported) -> dict[int, Number]:
    """Return the ERP line number for each current position of the shop's order; PermanentError(LINES_MISMATCH)."""
    if len(set(exported.erp_lines.values())) < len(exported.erp_lines):
        raise PermanentError("the ERP gave one line number to two positions", reason=Reason.ERP_ANSWER_INVALID)
    try:
        return {position: exported.erp_lines[before] for position, before in _positions(order, exported).items()}
    except KeyError as error:
        message = f"the ERP gave no line number to position {error}"
    except LookupError as error:
        message = str(error)
    raise PermanentError(message, reason=Reason.LINES_MISMATCH)


def as_shown(order: Order, exported: Exported) -> Exported:
    """Return the same with its lines as the shop shows them now, to recognise them after a write."""
    positions = _positions(order, exported)
    sent = tuple(SentLine.of(line)._replace(position=positions[line.position]) for line in order.lines)
    return exported._replace(sent=sent)


def _positions(order: Order, exported: Exported) -> dict[int, int]:
    numbers = {position: number for position, number in exported.erp_lines.items() if isinstance(number, int)}
    sent = exported.sent or tuple(SentLine(position) for position in exported.erp_lines)
    if _is_as_sent(order, exported):
        sent = tuple(map(SentLine.of, order.lines))
    return match_lines(order.lines, sent, numbers)


def _is_as_sent(order: Order, exported: Exported) -> bool:
    """Whether an older ledger, which kept no lines, proves that they are in the order in which they were sent."""
    if exported.payload_version is not None or not exported.payload_hash or order.missing():
        return False
    line_ids = {line.position: line.line_id for line in exported.sent}
    return exported.payload_hash in former_fingerprints(order, line_ids)
