"""The last step after an order's write-back, stored with the order so that later settings do not change the past."""

from orderflow.domain.open_enum import OpenEnum


class LastStep(OpenEnum):
    """The last step of an order."""

    DESPATCH_ADVICE = "despatch_advice"
    """The shop gets despatch advices; nothing else is written."""
    SHIPMENT_SENT = "shipment_sent"
    """This flow sets `shipment_state=sent`."""
    DONE = "done"
    """This flow sets `state=done`."""


FINISHED_HERE = frozenset({LastStep.SHIPMENT_SENT, LastStep.DONE})
