"""The first page of a list, with a thousand routings in the database and with a million."""

from __future__ import annotations

import statistics
import time
from urllib.parse import quote

from activities.pods.fanout import Question
from activities.pods.pages import Pages
from models.database.store import Store
from models.resources.compute import SERVERS
from models.values import Caller, Pod
from tests.bench import rows
from tests.bench.compared import FLAT, ROUNDS, Pair, flat, opened, stages
from tests.bench.databases import database, servers
from tests.bench.documents import PROJECT, USER, server_id
from tests.bench.stage import TOKEN, Stage
from tests.bench.tables import say, table, title, verdict

FEW, MANY, LIMIT = 1_000, 1_000_000, 100
PATH = f"/compute/v2.1/servers?limit={LIMIT}"


async def run() -> bool:
    """Measure, print, tell whether the goals are met."""
    title("pages", f"page of {LIMIT} servers with {FEW:,} and {MANY:,} routings")
    with servers() as there:
        return all([await _on(name, url) for name, url in there.items()])


async def _on(name: str, server: str) -> bool:
    async with stages(database(server, "few"), database(server, "many")) as both:
        for made, number in zip(both, (FEW, MANY), strict=True):
            begin = time.monotonic()
            await rows.routings(made.database_url, number, made.pod_ids["Pod1"])
            say(f"   {name}: {number:,} routings written in {time.monotonic() - begin:.0f} s")
            # The pod lists its newest, more than a page of them.
            made.control(f"/newest/{number}")
            made.control(f"/each/{LIMIT + 5}")
        async with opened(*both) as pair:
            paths = {
                "first page": (PATH, PATH),
                "page after a marker": (_after(FEW), _after(MANY)),
                "the same of all projects": (
                    _after(FEW) + "&all_tenants=1",
                    _after(MANY) + "&all_tenants=1",
                ),
                "routings, Admin API": (f"/v1.0/routings?limit={LIMIT}",) * 2,
            }
            fine = await flat(name, pair, paths, TOKEN)
            return await _anew(name, pair) and fine


def _after(number: int) -> str:
    return f"{PATH}&marker={quote(server_id(number - 1))}"


async def _anew(name: str, pair: Pair) -> bool:
    """Look up a page's objects as if for the first time, which the gateway does only once."""
    found: list[list[float]] = [[], []]
    for _ in range(ROUNDS):
        for times, (made, _), number in zip(found, pair, (FEW, MANY), strict=True):
            times.append(await _look_up(made, number))
    # In turn, and the least of the rounds: what else the machine does only ever adds.
    few, many = (min(times) for times in found)
    table(
        (f"{name}, looked up anew", "few ms", "many ms"), [("page", f"{few:.2f}", f"{many:.2f}")]
    )
    return verdict(
        many <= few * FLAT, f"costs the same within {FLAT - 1:.0%}", f"{many / few:.2f}"
    )


async def _look_up(made: Stage, number: int) -> float:
    store = Store(made.database_url)
    caller = Caller(USER, PROJECT, ("member",))
    question = Question("compute", SERVERS, "/servers", (), {}, caller)
    pod = Pod(made.pod_ids["Pod1"], "Pod1", "az1")
    listed = [{"id": server_id(number - 1 - n)} for n in range(LIMIT + 5)]
    times = []
    try:
        for _ in range(20):
            begin = time.perf_counter()
            found = await Pages(store).routed(question, pod, listed)
            times.append((time.perf_counter() - begin) * 1000)
            assert len(found) == len(listed)
    finally:
        await store.close()
    return statistics.quantiles(times, n=4)[0]
