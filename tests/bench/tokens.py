"""What checking a token costs when it is known, and how often Keystone is asked when it is not."""

from __future__ import annotations

import asyncio
import os
import statistics
import time

import aiohttp

from activities.pods.region import Regions
from api.auth import Tokens
from models.settings import Settings
from tests.bench.documents import server_id
from tests.bench.stage import TOKEN, stage
from tests.bench.tables import table, title, verdict

HIT_US, FIRST = 20.0, 100


async def run() -> bool:
    """Measure, print, tell whether the goals are met."""
    title("tokens", f"a known token; {FIRST} first requests of one token at once")
    async with stage(regions=1) as made:
        with made.gateway():
            made.control("/latency/identity/0.05")
            made.control("/forget")
            await _together(made.url + f"/compute/v2.1/servers/{server_id(1)}")
            counted = made.control("/calls")["calls"]
        asked = counted.get("identity /v3/auth/tokens", 0)
        os.environ.update(made.settings())
        hit = await _hit()
    table(("token", ""), [("hit, us", f"{hit:.1f}"), (f"Keystone calls of {FIRST}", asked)])
    return all(
        [
            verdict(hit < HIT_US, f"a hit under {HIT_US:.0f} us", f"{hit:.1f} us"),
            verdict(asked == 1, "one question to Keystone", str(asked)),
        ]
    )


async def _together(url: str) -> None:
    """Send all requests with a token that nobody has used before, on connections of their own."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as client:
        headers = {"X-Auth-Token": "first" * 30}

        async def one() -> int:
            async with client.get(url, headers=headers) as answer:
                return answer.status

        statuses = await asyncio.gather(*(one() for _ in range(FIRST)))
    # The token is fine and the server is not there.
    assert set(statuses) == {404}, statuses


async def _hit() -> float:
    """Return the microseconds of one look-up, the middle of many rounds."""
    regions = Regions(Settings())
    try:
        tokens = Tokens(Settings(), regions, lambda _: False)
        await tokens.caller(TOKEN)
        rounds = []
        for _ in range(50):
            begin = time.process_time()
            for _ in range(1000):
                await tokens.caller(TOKEN)
            rounds.append((time.process_time() - begin) * 1000)
        return statistics.median(rounds)
    finally:
        await regions.close()
