"""The dry run of the packing slips: the messages that would be sent, whole, and the ledger left alone."""

from collections.abc import Iterator
from datetime import datetime

from orderflow.cloudsuite.messages import DESADV_PATH
from orderflow.domain.packing_slip import UNCLEAR, PackingSlip, SlipProgress
from orderflow.flow.parties import Parties
from orderflow.flow.send_slips import to_desadv
from orderflow.flow.slip_verdict import judge
from orderflow.flow.slips import read_from, read_slips
from orderflow.ledger.models import PlannedCall


def preview_slips(parties: Parties, asked: datetime | None) -> list[PlannedCall]:
    """Return the messages that a run now would send. Reads shop, ERP and ledger only."""
    shown = {slip.number: slip for slip in read_slips(parties, read_from(parties, asked))}
    known = parties.ledger.slips.get_many(shown)
    waiting = {slip.number: slip.content for slip in parties.ledger.slips.open() if slip.progress not in UNCLEAR}
    ended = {number for number, slip in known.items() if slip.progress in UNCLEAR | {SlipProgress.SENT}}
    fresh = {number: slip for number, slip in shown.items() if number not in ended}
    return [call for slip in (waiting | fresh).values() for call in _call(parties, slip)]


def _call(parties: Parties, slip: PackingSlip) -> Iterator[PlannedCall]:
    orders = parties.ledger.slips.orders(slip.order_numbers)
    if judge(parties, slip, orders):
        return
    key = min(order.key for order in orders.values())
    address = parties.settings.addressee(key.webshop)
    path = f"{DESADV_PATH}?shop={address.shop}&user={address.user}"
    body = to_desadv(slip, orders).to_xml().decode()
    yield PlannedCall(subject=f"slip {slip.number}", key=key, system="shop", method="POST", path=path, body=body)
