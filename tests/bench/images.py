"""An image of 2 GiB, up and down: what the gateway holds of it in memory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import aiohttp

from tests.bench.stage import Stage, resident, stage
from tests.bench.tables import table, title, verdict

SIZE, GROWTH = 2 * 1024**3, 32 * 1024**2
_PIECE = b"\0" * 1_048_576


async def run() -> bool:
    """Measure, print, tell whether the goals are met."""
    title("images", f"{SIZE >> 30} GiB up and down through the gateway")
    async with stage(regions=1) as made:
        with made.gateway() as process:
            url = f"{made.url}/image/v2/images/{SIZE}/file"
            # Once before: what every first call of a process makes it load is not the image's.
            await _down(f"{made.url}/image/v2/images/{len(_PIECE)}/file", made, len(_PIECE))
            await _up(url, made, len(_PIECE))
            rows, grown = [], 0
            for name, move in (("up", _up), ("down", _down)):
                before = peak = resident(process.pid)
                begin = time.monotonic()
                task = asyncio.create_task(move(url, made, SIZE))
                while not task.done():
                    peak = max(peak, resident(process.pid))
                    await asyncio.sleep(0.05)
                await task
                seconds = time.monotonic() - begin
                grown = max(grown, peak - before)
                mib = (peak - before) / 1024**2
                rows.append(
                    (name, f"{seconds:.1f}", f"{SIZE / seconds / 1024**2:.0f}", f"{mib:.1f}")
                )
    table(("2 GiB", "s", "MiB/s", "grown MiB"), rows)
    return verdict(grown < GROWTH, "less than 32 MiB more", f"{grown / 1024**2:.1f} MiB")


async def _up(url: str, made: Stage, size: int) -> None:
    made.control("/forget")

    async def body() -> AsyncIterator[bytes]:
        for _ in range(size // len(_PIECE)):
            yield _PIECE

    headers = {**made.headers, "Content-Type": "application/octet-stream"}
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as client,
        client.put(url, data=body(), headers=headers) as answer,
    ):
        assert answer.status == 204, await answer.text()
    received = (await asyncio.to_thread(made.control, "/calls"))["received"]
    assert received == size, f"{received} of {size} bytes arrived"


async def _down(url: str, made: Stage, size: int) -> None:
    received = 0
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as client,
        client.get(url, headers=made.headers) as answer,
    ):
        assert answer.status == 200, await answer.text()
        async for piece in answer.content.iter_chunked(1_048_576):
            received += len(piece)
    assert received == size, f"{received} of {size} bytes arrived"
