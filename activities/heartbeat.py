"""What every activity that calls pods needs: heartbeats, and an end to patience."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from temporalio import activity

from models.errors import Conflict, PodUnavailable

_SECONDS = 3.0
_CONFLICTS = 30


@asynccontextmanager
async def beating() -> AsyncIterator[None]:
    """Send heartbeats until the block ends, so that a dead worker is noticed in seconds."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(_SECONDS)

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def patience() -> AsyncIterator[None]:
    """Let a pod's 409 be retried a few times only: what is passing passes in a minute."""
    try:
        yield
    except PodUnavailable as error:
        if error.answered == 409 and activity.info().attempt >= _CONFLICTS:
            raise Conflict(error.message) from error
        raise
