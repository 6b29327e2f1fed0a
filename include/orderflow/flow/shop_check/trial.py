"""Trying writes on the one order that a person has named, in a test environment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from orderflow.checking.rehearsal import refuse_live
from orderflow.checking.trial import OrderTrial
from orderflow.checking.trial_of_messages import NOBODY, try_messages
from orderflow.checking.tried import Fate, Tried
from orderflow.cloudsuite.models import ShopOrder
from orderflow.errors import ConfigurationError, OrderflowError
from orderflow.flow.orders.listing import find_referenced
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import RunRef

Ask = Callable[[str, str], bool]
"""Asks a person to type a word, given a sentence; returns whether they did."""


def trial_of(
    services: Services, name: str, run: RunRef, ask: Ask, *, with_message: bool = False
) -> Callable[[Callable[[], bool]], Tried]:
    """Return the trial that writes to the order with this name and restores it; `services` may write.

    Its argument is asked before each write whether to stop; then the rest of it is to restore the order.

    Before anything is written: ConfigurationError if the shop is not a test environment, or nobody types the word;
    PermanentError if the shop has no such order, or several.
    """
    refuse_live(services.shop.channel)
    found = find_referenced(services, [name])[0]
    if isinstance(found, OrderflowError):
        raise found
    order = services.shop.get_order(found)
    if with_message:
        services.settings.addressee(order.webshop)
    question = (
        f"This writes to order {order.reference} (id {order.id}, {order.state}) of {services.shop.channel.address} "
        "and puts it back. Pause the DAGs first. To go on, type its reference"
    )
    if not ask(question, order.reference):
        raise ConfigurationError("nothing was written: the order's reference was not typed")
    return partial(_tried, services, order, run, with_message=with_message)


def _tried(
    services: Services, order: ShopOrder, run: RunRef, is_stopped: Callable[[], bool], *, with_message: bool
) -> Tried:
    with _nobody_else(services, order.id, run):
        tried = OrderTrial(services.shop.channel, order.id, is_stopped).run()
    if not with_message or is_stopped():
        return tried
    messages = try_messages(services.messages, services.settings, order.webshop, services.now())
    there = {Fate.TAKEN: "has", Fate.IN_DOUBT: "may have"}
    left = [
        f"the shop {there[one.fate]} a {name} message about the order {NOBODY}, and no message can be taken back"
        for name, one in messages.items()
        if one.fate in there
    ]
    return replace(tried, messages=messages, left=(*tried.left, *left))


@contextmanager
def _nobody_else(services: Services, order_id: int, run: RunRef) -> Iterator[None]:
    """Keep this flow's runs away from the order, if its ledger knows it."""
    if not services.ledger.get_many([order_id]):
        yield
        return
    with services.ledger.claim(order_id, run):
        yield
