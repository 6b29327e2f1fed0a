"""Applies the manners of a config wherever an object is shown, stored or sent."""

from sandbox.config import Config
from sandbox.manners.kinds import Manner
from sandbox.manners.table import MANNERS
from sandbox.wire import Call, JsonObject, Reply


def manners_of(config: Config) -> list[Manner]:
    """Return the manners in force, in the order of the table."""
    return [manner for name, manner in MANNERS.items() if name in config.manners]


def as_shown(item: JsonObject, config: Config) -> JsonObject:
    """Return an object of the shop as these manners show it."""
    for manner in manners_of(config):
        item = manner.shown(item, config) if manner.shown else item
    return item


def as_stored(order: JsonObject, method: str, config: Config) -> JsonObject:
    """Return an order as a write by this method stores it."""
    for manner in manners_of(config):
        order = manner.stored(order, method) if manner.stored else order
    return order


def as_sent(reply: Reply, call: Call, config: Config) -> Reply:
    """Return an answer as it is sent."""
    for manner in manners_of(config):
        reply = manner.reply(reply, call, config) if manner.reply else reply
    return reply
