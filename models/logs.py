"""Logs: which request, of all that are served at once, a line or a call to a pod is about."""

import logging
from contextvars import ContextVar

from models.errors import GatewayError

# The id of the request that is being served, or whose accepted work is being done.
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
_FORMAT = "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"


def set_up() -> None:
    """Have every line of this process name its request."""
    handler = logging.StreamHandler()
    handler.addFilter(_named)
    logging.basicConfig(level=logging.INFO, format=_FORMAT, handlers=[handler])


def failed(log: logging.Logger, what: str, error: Exception) -> None:
    """Write what a task that goes on has failed at: by its words, or where nobody foresaw it."""
    if isinstance(error, GatewayError):
        log.warning("%s: %s", what, error.message)
    else:
        log.error("%s", what, exc_info=error)


def _named(record: logging.LogRecord) -> bool:
    record.request_id = REQUEST_ID.get() or "-"
    return True
