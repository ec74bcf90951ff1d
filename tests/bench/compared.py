"""One thing asked for in turn of a gateway with few rows and of one with many."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from tests.bench import load
from tests.bench.stage import Stage, cpu_seconds, stage
from tests.bench.tables import table, verdict
from tests.support.client import send
from tests.support.processes import Process

ROUNDS, SECONDS = 5, 0.8
FLAT = 1.2
Pair = tuple[tuple[Stage, Process], tuple[Stage, Process]]


@asynccontextmanager
async def opened(few: Stage, many: Stage) -> AsyncIterator[Pair]:
    """Gateways of both."""
    with few.gateway() as one, many.gateway() as other:
        yield (few, one), (many, other)


@asynccontextmanager
async def stages(few: str, many: str) -> AsyncIterator[tuple[Stage, Stage]]:
    """Two stages, each on the database of its URL."""
    async with AsyncExitStack() as stack:
        yield (
            await stack.enter_async_context(stage(1, few)),
            await stack.enter_async_context(stage(1, many)),
        )


async def flat(what: str, pair: Pair, paths: dict[str, tuple[str, str]], token: str) -> bool:
    """Ask for each path (with few rows, with many), print, tell whether they cost the same.

    The cost is the processor time of the gateway and what its clients wait, whichever grew more.
    """
    rows, fine = [], []
    for name, both in paths.items():
        for (made, _), path in zip(pair, both, strict=True):
            answer = send("GET", made.url + path, headers={"X-Auth-Token": token})
            assert answer.status == 200, (name, answer.status, answer.body)
        waits: list[list[float]] = [[], []]
        costs: list[list[float]] = [[], []]
        for _ in range(ROUNDS):
            for n, (made, process) in enumerate(pair):
                before = cpu_seconds(process.pid)
                url = made.url + both[n]
                got = await load.run(url, {"X-Auth-Token": token}, clients=1, seconds=SECONDS)
                used = cpu_seconds(process.pid) - before
                waits[n].append(got.quantile(0.25) * 1000)
                costs[n].append(used * 1000 / len(got.latencies))
        # Other work on the machine only ever adds: the least of the rounds is the truest.
        wait, cost = ([min(found) for found in both] for both in (waits, costs))
        grown = max(wait[1] / wait[0], cost[1] / cost[0])
        rows.append((name, *(f"{ms:.2f}" for ms in (*wait, *cost)), f"{grown:.2f}"))
        fine.append(grown <= FLAT)
    table((what, "few ms", "many ms", "few CPU ms", "many CPU ms", "grown"), rows)
    missed = [row[0] for row, good in zip(rows, fine, strict=True) if not good]
    return verdict(not missed, f"costs the same within {FLAT - 1:.0%}", ", ".join(missed) or "all")
