"""TopologyView: what a project has, where the pieces of it lie, and what became of each."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from models.admin.jobs import Jobs
from models.database.store import Row, Store, Transaction
from models.database.tables.network import (
    TABLES,
    Bridge,
    BridgeAddress,
    FloatingIP,
    Network,
    Port,
    Router,
    Subnet,
    bridge_addresses,
    bridges,
)
from models.database.tables.operation import Operation
from models.database.tables.routing import Routing, routings
from models.network.bridges.purposes import Purpose
from models.network.ports.owners import SERVER, DeviceOwner
from models.pods import PodDirectory

networks, subnets, ports = TABLES["networks"], TABLES["subnets"], TABLES["ports"]
routers, floatingips = TABLES["routers"], TABLES["floatingips"]
_CHUNK = 500


class TopologyView:
    """Reads the rows only: pods are not asked."""

    def __init__(self, store: Store, pods: PodDirectory, jobs: Jobs) -> None:
        self._store = store
        self._pods = pods
        self._jobs = jobs

    async def projects(self) -> list[Row]:
        """Return the projects that have networks or routers, with how many."""
        counts: dict[str, Row] = {}
        async with self._store.read() as tx:
            for name, table in (("networks", networks), ("routers", routers)):
                each = select(table.c.project_id, func.count().label("number"))
                for row in await tx.all(each.group_by(table.c.project_id)):
                    known = counts.setdefault(row["project_id"], {"networks": 0, "routers": 0})
                    known[name] = row["number"]
        return [{"id": id_, **counts[id_]} for id_ in sorted(counts)]

    async def project(self, project_id: str) -> Row:
        """Return the project's topology; an unknown project has an empty one."""
        pods = [
            {"id": pod.pod_id, "name": pod.pod_name, "az": pod.az_name, "state": pod.state}
            for pod in await self._pods.all()
        ]
        names = {pod["id"]: pod["name"] for pod in pods}
        async with self._store.read() as tx:
            read = _Reading(tx, project_id, names)
            found = await read.everything()
            found = {"project_id": project_id, "pods": pods, **found}
            await self._add_jobs(tx, found)
        return found

    async def _add_jobs(self, tx: Transaction, found: Row) -> None:
        """Add to each piece the last job that was about it."""
        pieces: dict[str, list[Row]] = {}
        for kind in ("networks", "routers", "floatingips"):
            for row in found[kind]:
                pieces.setdefault(row["id"], []).append(row)
        for router in found["routers"]:
            for row in router["interfaces"] + ([router["gateway"]] if router["gateway"] else []):
                pieces.setdefault(row["port_id"], []).append(row)
        last: dict[str, Row] = {}
        for ids in _chunks(pieces):
            about = or_(
                Operation.resource_id.in_(ids),
                Operation.router_id.in_(ids),
            )
            for job in await tx.all(Operation.select().where(about).order_by(Operation.sequence)):
                last[job.router_id] = last[job.resource_id] = job
        for id_, rows in pieces.items():
            for row in rows:
                row["job"] = self._jobs.brief(last[id_]) if id_ in last else None


class _Reading:
    """One look at one project's rows."""

    def __init__(self, tx: Transaction, project_id: str, pods: dict[str, str]) -> None:
        self._tx = tx
        self._project = project_id
        self._pods = pods

    async def everything(self) -> Row:
        own = Router.project_id == self._project
        router_rows = await self._all(routers, own)
        floating = await self._all(floatingips, FloatingIP.project_id == self._project)
        linked = await self._in(ports, Port.device_id, [r["id"] for r in router_rows])
        outside = {f["floating_network_id"] for f in floating}
        outside |= {p["network_id"] for p in linked}
        network_rows = await self._all(networks, Network.project_id == self._project)
        known = {row["id"] for row in network_rows}
        network_rows += await self._in(networks, Network.id, sorted(outside - known))
        ranges = await self._in(subnets, Subnet.network_id, [n["id"] for n in network_rows])
        copies = await self._copies([*network_rows, *router_rows, *floating])
        return {
            "networks": [
                self._network(row, ranges, copies, await self._ends(row)) for row in network_rows
            ],
            "routers": [self._router(row, linked, ranges, copies) for row in router_rows],
            "bridges": await self._bridges(router_rows, linked),
            "floatingips": [self._floating(row, copies) for row in floating],
        }

    def _network(self, row: Row, ranges: list[Row], copies: list[Row], ends: list[Row]) -> Row:
        return {
            "id": row["id"],
            "name": row["name"],
            "status": row["status"],
            "external": row["router_external"],
            "pod": self._pods.get(row["pod_id"], ""),
            "subnets": [s["cidr"] for s in ranges if s["network_id"] == row["id"]],
            "copies": self._where(copies, "network", row["id"]),
            "servers": ends,
        }

    async def _ends(self, network: Row) -> list[Row]:
        """Return the servers' ports on a network of the project."""
        rows = await self._all(
            ports,
            Port.network_id == network["id"],
            Port.device_owner.startswith(SERVER),
            Port.project_id == self._project,
        )
        return [
            {"port_id": p["id"], "server_id": p["device_id"], "addresses": _addresses(p)}
            for p in rows
        ]

    def _router(self, row: Row, linked: list[Row], ranges: list[Row], copies: list[Row]) -> Row:
        mine = [p for p in linked if p["device_id"] == row["id"]]
        cidrs = {s["id"]: s["cidr"] for s in ranges}
        interfaces = [
            {
                "port_id": p["id"],
                "network_id": p["network_id"],
                "status": p["status"],
                "addresses": _addresses(p),
                "subnets": [cidrs.get(ip["subnet_id"], "") for ip in p["fixed_ips"]],
            }
            for p in mine
            if p["device_owner"] == DeviceOwner.ROUTER_INTERFACE
        ]
        gateway = next(
            (
                {
                    "port_id": p["id"],
                    "network_id": p["network_id"],
                    "status": p["status"],
                    "addresses": _addresses(p),
                }
                for p in mine
                if p["device_owner"] == DeviceOwner.ROUTER_GATEWAY
            ),
            None,
        )
        return {
            "id": row["id"],
            "name": row["name"],
            "status": row["status"],
            "copies": self._where(copies, "router", row["id"]),
            "interfaces": interfaces,
            "gateway": gateway,
            "routes": row["routes"] or [],
        }

    async def _bridges(self, router_rows: list[Row], linked: list[Row]) -> list[Row]:
        """Return the bridges of the routers, with who stands on them in which pod."""
        owners = [
            self._project,
            *(p["id"] for p in linked if p["device_owner"] == DeviceOwner.ROUTER_GATEWAY),
        ]
        rows = await self._in(bridges, Bridge.owner_id, owners)
        ids = [row["id"] for row in rows]
        held = await self._in(bridge_addresses, BridgeAddress.bridge_id, ids)
        attached = await self._in(routings, Routing.top_id, [a["id"] for a in held])
        copied = await self._in(routings, Routing.top_id, ids)
        pods = {row["top_id"]: row["pod_id"] for row in attached}
        return [
            {
                "id": row["id"],
                "kind": {"ew": "east-west", "ns": "north-south"}[row["kind"]],
                "vlan": row["vlan"],
                "cidr": row["cidr"],
                "copies": self._where(copied, "bridge_network", row["id"]),
                "addresses": [
                    self._standing(a, pods) for a in held if a["bridge_id"] == row["id"]
                ],
            }
            for row in rows
        ]

    def _standing(self, address: Row, pods: dict[str, str]) -> Row:
        purpose = Purpose.parse(address["purpose"])
        home = purpose.pod_id or pods.get(address["id"], "")
        return {
            "address": address["ip_address"],
            "use": purpose.use,
            "owner_id": purpose.owner_id,
            "pod": self._pods.get(home, ""),
        }

    def _floating(self, row: Row, copies: list[Row]) -> Row:
        names = ("id", "status", "floating_ip_address", "fixed_ip_address", "port_id", "router_id")
        return {
            **{name: row[name] for name in names},
            "network_id": row["floating_network_id"],
            "copies": self._where(copies, "floatingip", row["id"]),
        }

    async def _copies(self, rows: Iterable[Row]) -> list[Row]:
        return await self._in(routings, Routing.top_id, [row["id"] for row in rows])

    def _where(self, copies: list[Row], type_: str, top_id: str) -> list[Row]:
        """Return the copies of an object; what is not there yet has no id."""
        return [
            {
                "pod": self._pods.get(row["pod_id"], ""),
                "id": row["bottom_id"],
                "routes": (row["applied"] or {}).get("routes", []) if type_ == "router" else [],
            }
            for row in copies
            if (row["type"], row["top_id"]) == (type_, top_id)
        ]

    async def _all(self, table: Any, *conditions: ColumnElement[bool]) -> list[Row]:
        return await self._tx.all(select(table).where(*conditions).order_by(table.c.id))

    async def _in(self, table: Any, column: Any, values: list[str]) -> list[Row]:
        found: list[Row] = []
        for some in _chunks(values):
            found += await self._all(table, column.in_(some))
        return found


def _addresses(port: Row) -> list[str]:
    return [ip["ip_address"] for ip in port["fixed_ips"]]


def _chunks(values: Iterable[str]) -> Iterable[list[str]]:
    every = list(values)
    for start in range(0, len(every), _CHUNK):
        yield every[start : start + _CHUNK]
