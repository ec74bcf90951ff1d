"""Many rows at once, made by the database itself: one a second since 2020."""

from __future__ import annotations

from sqlalchemy import text

from models.database.store import Store
from tests.bench.documents import MEMBERS, PROJECT

_NUMBERS = {
    "sqlite": "WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < {last}) ",
    "postgresql": "WITH s AS (SELECT generate_series(0, {last}) AS n) ",
}
_IDS = {
    "sqlite": "printf('00000010-0000-0000-0000-%012x', n)",
    "postgresql": "'00000010-0000-0000-0000-' || lpad(to_hex(n), 12, '0')",
}
_TIMES = {
    # As SQLAlchemy writes them there.
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', 1577836800 + n, 'unixepoch')",
    "postgresql": "timestamp '2020-01-01' + n * interval '1 second'",
}
_ROUTINGS = (
    "INSERT INTO routings (type, top_id, bottom_id, pod_id, project_id, owner_id, created_at) "
    "{numbers} SELECT 'server', {id}, {id}, '{pod}', '{project}', '', {time} FROM s"
)
_NETWORKS = (
    "INSERT INTO networks (id, project_id, name, description, admin_state_up, shared, "
    "router_external, port_security_enabled, is_default, availability_zone_hints, tags, status, "
    "created_at, updated_at, revision_number) {numbers} SELECT {id}, "
    "CASE WHEN n % {every} = 0 THEN '{members}' ELSE '{project}' END, 'a-network', '', {true}, "
    "{false}, {false}, {true}, {false}, '[]', '[]', 'ACTIVE', {time}, {time}, 1 FROM s"
)
_PORTS = (
    "INSERT INTO ports (id, project_id, name, description, admin_state_up, network_id, "
    "mac_address, device_id, device_owner, fixed_ips, security_groups, status, tags, "
    "created_at, updated_at, revision_number) {numbers} SELECT {id}, "
    "CASE WHEN n % {every} = 0 THEN '{members}' ELSE '{project}' END, 'a-port', '', {true}, {id}, "
    "'fa:16:3e:00:00:00', '', '', '[]', '[]', 'DOWN', '[]', {time}, {time}, 1 FROM s"
)


async def routings(url: str, number: int, pod_id: str) -> None:
    """Write routings of so many servers."""
    await _write(url, _ROUTINGS, number, pod=pod_id)


async def networks_and_ports(url: str, number: int, *, members: int) -> None:
    """Write so many networks and ports; ``members`` of them, evenly spread, are theirs."""
    every = number // members
    await _write(url, _NETWORKS, number, every=every)
    await _write(url, _PORTS, number, every=every)


async def _write(url: str, statement: str, number: int, **values: object) -> None:
    store = Store(url)
    try:
        dialect = store.engine.dialect.name
        sqlite = dialect == "sqlite"
        sql = statement.format(
            numbers=_NUMBERS[dialect].format(last=number - 1),
            id=_IDS[dialect],
            time=_TIMES[dialect],
            true="1" if sqlite else "true",
            false="0" if sqlite else "false",
            project=PROJECT,
            members=MEMBERS,
            **values,
        )
        async with store.write() as tx:
            # Colons inside are times, not parameters.
            await tx.run(text(sql.replace(":", r"\:")))
        async with store.write() as tx:
            await tx.run(text("ANALYZE"))
    finally:
        await store.close()
