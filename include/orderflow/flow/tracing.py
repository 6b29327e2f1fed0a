"""What is being worked on: the order and the step, on every log line and as a span of the trace."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from structlog.contextvars import bound_contextvars

_TRACER = trace.get_tracer("orderflow")


@contextmanager
def working_on(order: object, step: str) -> Iterator[None]:
    """Set the order and the step. Errors are not in the trace: ledger and log have them, without secrets."""
    told = {"order": str(order), "step": step}
    span = _TRACER.start_as_current_span(
        f"orderflow.{step}", attributes=told, record_exception=False, set_status_on_exception=False
    )
    with bound_contextvars(**told), span:
        yield
