"""A list over many pods of 20 ms each: how much later than the slowest it is answered."""

from __future__ import annotations

import asyncio
import statistics
import time
from operator import itemgetter
from typing import Any

import aiohttp
import orjson
from sqlalchemy import insert

from models.database.store import Store
from models.database.tables.base import now
from models.database.tables.routing import routings
from tests.bench import load
from tests.bench.documents import PROJECT, server_id
from tests.bench.stage import Stage, stage
from tests.bench.tables import table, title, verdict
from tests.support.client import send

LATENCY, DEADLINE, EACH = 0.020, 1.0, 6
ADDED_MS = {10: 5.0, 100: 40.0}
PATH = "/compute/v2.1/servers"


async def run() -> bool:
    """Measure, print, tell whether the goals are met."""
    title("fan-out", f"list of servers over N pods of {LATENCY * 1000:.0f} ms each")
    return all([await _over(number) for number in ADDED_MS])


async def _over(number: int) -> bool:
    async with stage(regions=number) as made:
        await _objects(made, number * EACH)
        for name in made.pod_ids:
            made.control(f"/latency/{name}/{LATENCY}")
        with made.gateway(TRIO2O_LIST_DEADLINE=str(DEADLINE)):
            url = made.url + PATH
            listed = send("GET", url, headers=made.headers)
            assert len(listed.body["servers"]) == number * EACH, listed.body
            direct = await load.run(made.origin("Pod1") + PATH, made.headers, clients=1, seconds=1)
            await load.run(url, made.headers, clients=1, seconds=1)
            bare = await _bare(made)
            merged = await load.run(url, made.headers, clients=1, seconds=4)
            dead = list(made.pod_ids)[-1]
            made.control(f"/latency/{dead}/-1")
            late = [_timed(url, made.headers, dead) for _ in range(3)]
    slowest = direct.quantile(0.5) * 1000
    # Half of the answers wait for their turn on a machine that does other work too.
    typical, best = merged.quantile(0.5) * 1000, min(merged.latencies) * 1000
    without = statistics.median(late) * 1000
    table(
        (f"{number} pods", "ms"),
        [
            ("one pod, asked directly (p50)", f"{slowest:.1f}"),
            ("asked all at once, nothing else (p50)", f"{bare * 1000:.1f}"),
            ("merged list (p50)", f"{typical:.1f}"),
            ("merged list (best)", f"{best:.1f}"),
            ("merged list (p95)", f"{merged.quantile(0.95) * 1000:.1f}"),
            (f"with one dead pod, deadline {DEADLINE * 1000:.0f}", f"{without:.1f}"),
        ],
    )
    limit = slowest + ADDED_MS[number]
    most = DEADLINE * 1000 + limit
    goal = f"slowest + {ADDED_MS[number]:.0f} ms"
    return all(
        [
            verdict(typical <= limit, goal, f"{typical:.1f} ms of {limit:.1f}"),
            verdict(without <= most, "a dead pod adds its deadline at most", f"{without:.0f} ms"),
        ]
    )


async def _bare(made: Stage) -> float:
    """Return how long it takes to ask all pods at once and sort what they list."""
    times = []
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as client:

        async def one(name: str) -> list[dict[str, Any]]:
            async with client.get(made.origin(name) + PATH, headers=made.headers) as answer:
                found: list[dict[str, Any]] = orjson.loads(await answer.read())["servers"]
                return found

        for _ in range(30):
            begin = time.perf_counter()
            parts = await asyncio.gather(*(one(name) for name in made.pod_ids))
            orjson.dumps(sorted((item for part in parts for item in part), key=itemgetter("id")))
            times.append(time.perf_counter() - begin)
    return statistics.median(times)


def _timed(url: str, headers: dict[str, str], dead: str) -> float:
    begin = time.perf_counter()
    answer = send("GET", url, headers=headers)
    assert answer.status == 200
    assert answer.headers["x-trio2o-missing-pods"] == dead
    return time.perf_counter() - begin


async def _objects(made: Stage, number: int) -> None:
    pods = list(made.pod_ids.values())
    rows = [
        {
            "type": "server",
            "top_id": server_id(n),
            "bottom_id": server_id(n),
            "pod_id": pods[n // EACH],
            "project_id": PROJECT,
            "created_at": now(),
        }
        for n in range(number)
    ]
    store = Store(made.database_url)
    try:
        async with store.write() as tx:
            await tx.run(insert(routings).values(rows))
    finally:
        await store.close()
