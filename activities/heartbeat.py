"""beating: heartbeats while an activity works, so that a dead worker is noticed in seconds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from temporalio import activity

_SECONDS = 3.0


@asynccontextmanager
async def beating() -> AsyncIterator[None]:
    """Send heartbeats until the block ends."""

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
