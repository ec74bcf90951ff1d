"""The named timeouts and retries; no literals elsewhere."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypedDict, TypeVar

from temporalio.common import RetryPolicy
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    ChildWorkflowError,
)

T = TypeVar("T")


class Timeouts(TypedDict):
    """How long an activity may take and how often it is tried, as its call wants it."""

    start_to_close_timeout: timedelta
    schedule_to_close_timeout: timedelta
    heartbeat_timeout: timedelta | None
    retry_policy: RetryPolicy


# Only the database is needed: it is back soon, or nothing works anyway.
STORE = Timeouts(
    start_to_close_timeout=timedelta(seconds=10),
    schedule_to_close_timeout=timedelta(hours=24),
    heartbeat_timeout=None,
    retry_policy=RetryPolicy(
        initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=10)
    ),
)

# A pod is called: retried through an outage of a day. What a retry cannot mend is marked so.
POD = Timeouts(
    start_to_close_timeout=timedelta(minutes=5),
    schedule_to_close_timeout=timedelta(hours=24),
    heartbeat_timeout=timedelta(seconds=10),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=30)
    ),
)

# Bytes are copied between pods: for as long as they flow.
TRANSFER = Timeouts(
    start_to_close_timeout=timedelta(hours=24),
    schedule_to_close_timeout=timedelta(hours=48),
    heartbeat_timeout=timedelta(seconds=10),
    retry_policy=POD["retry_policy"],
)

# Undoing what a failed operation made: worth a while, not a day; the audit finds the rest.
UNDO = Timeouts(
    start_to_close_timeout=timedelta(minutes=5),
    schedule_to_close_timeout=timedelta(minutes=10),
    heartbeat_timeout=timedelta(seconds=10),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30)
    ),
)


def reason(error: BaseException) -> str:
    """Return what a person should read about a failed activity or child."""
    cause: Any = error
    while isinstance(cause, (ActivityError, ChildWorkflowError)) and cause.cause is not None:
        cause = cause.cause
    if isinstance(cause, CancelledError | asyncio.CancelledError):
        return "cancelled"
    return cause.message if isinstance(cause, ApplicationError) else str(cause)


async def completed(work: Coroutine[Any, Any, T]) -> T:
    """Return what the work gives; a cancellation meanwhile is raised when it has ended."""
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled and not task.exception():
        raise cancelled
    return task.result()
