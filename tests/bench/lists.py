"""Pages of networks and ports, with a thousand rows in the database and a hundred thousand."""

from __future__ import annotations

from tests.bench import rows
from tests.bench.compared import flat, opened, stages
from tests.bench.databases import database, servers
from tests.bench.documents import server_id
from tests.bench.stage import MEMBER_TOKEN, TOKEN
from tests.bench.tables import title

FEW, MANY, MEMBERS, LIMIT = 1_000, 100_000, 250, 100


async def run() -> bool:
    """Measure, print, tell whether the goals are met."""
    title("network-lists", f"page of {LIMIT} networks and ports with {FEW:,} and {MANY:,} rows")
    with servers() as there:
        return all([await _on(name, url) for name, url in there.items()])


async def _on(name: str, server: str) -> bool:
    async with stages(database(server, "few"), database(server, "many")) as both:
        for made, number in zip(both, (FEW, MANY), strict=True):
            await rows.networks_and_ports(made.database_url, number, members=MEMBERS)
        async with opened(*both) as pair:
            return all(
                [
                    await flat(f"{name}, admin", pair, _paths(1), TOKEN),
                    await flat(f"{name}, tenant", pair, _paths(MEMBERS), MEMBER_TOKEN),
                ]
            )


def _paths(own: int) -> dict[str, tuple[str, str]]:
    """The paths; a marker is the row in the middle that is the asking tenant's."""
    found = {}
    for noun in ("networks", "ports"):
        path = f"/network/v2.0/{noun}?limit={LIMIT}"
        markers = [_middle(number, own) for number in (FEW, MANY)]
        found[noun] = (path, path)
        found[f"{noun} after a marker"] = tuple(f"{path}&marker={m}" for m in markers)
    return {name: (few, many) for name, (few, many) in found.items()}


def _middle(number: int, own: int) -> str:
    every = number // own if own > 1 else 1
    return server_id(number // 2 // every * every)
