"""Manners of time: what happens to an order between two calls, and how new orders are numbered."""

from collections.abc import Sequence

from sandbox.wire import JsonObject


def renamed(order: JsonObject) -> JsonObject:
    """Give the order another reference."""
    return {"reference": f"{order['reference']}-B"}


def moved(order: JsonObject) -> JsonObject:
    """Move the order to the next webshop."""
    return {"webshop": (order["webshop"] or 0) + 1}


def back_to_draft(order: JsonObject) -> JsonObject:
    """Undo the confirmation."""
    del order
    return {"state": "draft", "confirm_date": None}


def cancelled(order: JsonObject) -> JsonObject:
    """Let the buyer cancel."""
    del order
    return {"state": "cancel"}


def same_reference(order: JsonObject, there: Sequence[JsonObject], count: int) -> JsonObject:
    """Give every second order the reference of the last one in its webshop."""
    webshop = order.get("webshop", 1)
    last = next((other for other in reversed(there) if other["webshop"] == webshop), None)
    return {**order, "reference": last["reference"]} if last and count % 2 else order


def restarted(order: JsonObject, there: Sequence[JsonObject], count: int) -> JsonObject:
    """Restart the numbers at that of the first existing order."""
    return {**order, "reference": there[count]["reference"]} if count < len(there) else order
