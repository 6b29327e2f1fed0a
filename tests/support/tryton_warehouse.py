"""What people do in Tryton, over its own protocol: the side of the ERP that the adapter does not touch."""

from typing import Any

from tryton import RunningTryton

SHIPMENT = "model.stock.shipment.out"


def sale(tryton: RunningTryton, domain: list[Any], *fields: str) -> dict[str, Any]:
    """Return the one sale that matches a search, with these fields."""
    (found,) = tryton.rpc("model.sale.sale.search_read", domain, 0, None, None, list(fields))
    read: dict[str, Any] = found
    return read


def press(tryton: RunningTryton, number: str, *buttons: str) -> None:
    """Press buttons of a sale."""
    found = sale(tryton, [["number", "=", number]])
    for button in buttons:
        tryton.rpc(f"model.sale.sale.{button}", [found["id"]])


def deliver(tryton: RunningTryton, number: str) -> None:
    """Confirm the sale if needed, and ship all of it, whatever the stock."""
    press(tryton, number, "confirm", "process")
    shipments = sale(tryton, [["number", "=", number]], "shipments")["shipments"]
    for step in ("assign_force", "pick", "pack", "do"):
        tryton.rpc(f"{SHIPMENT}.{step}", shipments)
