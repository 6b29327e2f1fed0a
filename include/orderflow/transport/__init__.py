"""HTTP to one service: timeouts, retries, refusals, and failures that say what happened and hide secrets.

It knows nothing about Airflow or the particular service.
"""

from orderflow.transport.answer import Answer
from orderflow.transport.authorization import Authorization, FixedAuthorization
from orderflow.transport.channel import DEFAULT_BOUNDS, DEFAULT_TIMEOUTS, CallGuard, Channel
from orderflow.transport.failures import Exchange, RefusedError, Service, UnavailableError, unless_it_holds
from orderflow.transport.meter import NO_METER, Meter
from orderflow.transport.retry import RetryPolicy
from orderflow.transport.sending import Bounds, Timeouts
from orderflow.transport.time_limit import time_limit

__all__ = [
    "DEFAULT_BOUNDS",
    "DEFAULT_TIMEOUTS",
    "NO_METER",
    "Answer",
    "Authorization",
    "Bounds",
    "CallGuard",
    "Channel",
    "Exchange",
    "FixedAuthorization",
    "Meter",
    "RefusedError",
    "RetryPolicy",
    "Service",
    "Timeouts",
    "UnavailableError",
    "time_limit",
    "unless_it_holds",
]
