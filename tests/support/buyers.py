"""Guests, and the people and addresses on an order."""

from dataclasses import replace
from typing import Any

from orderflow.domain.people import People
from orderflow.flow.customers.who import who
from orderflow.flow.services import Services, Shared
from orderflow.settings import Settings
from sandbox.control import SandboxControl
from support.flow_runs import Runs

ORDER = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1}
GUEST = {
    "email": "an@example.nl",
    "name": "A. Koper",
    "street1": "Kade",
    "house_number": "7",
    "zip": "1234AB",
    "city": "Zwolle",
}
OTHER = {**GUEST, "email": "b@example.nl"}


def having(services: Services, **webshop: Any) -> Services:
    """Return services for a new task, with the shop's origins and these settings of webshop 1."""
    settings = {"origins": ["webshop", "erp"], "webshops": {"1": webshop}, "limits": {"lookup_waits": [0, 0]}}
    return replace(services, settings=Settings.parse(settings), shared=Shared())


def of(services: Services, order_id: int, runs: Runs) -> People:
    return who(services, services.read(order_id)[1], runs())


def posted(control: SandboxControl) -> int:
    return len([call for call in control.journal(service="erp", method="POST") if "customers" in call["path"]])


NAMED = ("customer", "user", "shipment_address", "invoice_address")
