"""Aggregates: the admin's, and one for each pod that shows its availability zone."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

from sqlalchemy import select

from models import work
from models.compute import checks
from models.database.store import Row, Store, Transaction, new_id
from models.database.tables.compute import Aggregate, AggregateHost, aggregate_hosts, aggregates
from models.errors import (
    BadRequest,
    Conflict,
    GatewayError,
    NotFound,
    PodBusy,
    PodFault,
    PodUnavailable,
)
from models.failures import lacking
from models.operations import Operations
from models.pods import PodDirectory
from models.values import Pod

# More is no integer to a database.
_MOST = 0x7FFFFFFF


class AggregateCopies(Protocol):
    """The aggregates that pods have of the gateway's."""

    async def converge(self, id_: str) -> None:
        """Bring the aggregate's copies in line with its row and its hosts."""
        ...


class Hosts(Protocol):
    """The compute hosts of pods."""

    async def with_host(self, pods: Iterable[Pod], name: str) -> list[Pod]:
        """Return those of the pods that have a compute host of this name; ``PodUnavailable``."""
        ...


class Aggregates:
    """The aggregate rows, each with its ``hosts``; a host is in one pod, by its name."""

    def __init__(
        self,
        store: Store,
        pods: PodDirectory,
        operations: Operations,
        copies: AggregateCopies,
        hosts: Hosts,
    ) -> None:
        self._store = store
        self._pods = pods
        self._operations = operations
        self._copies = copies
        self._hosts = hosts

    async def create(self, body: Mapping[str, Any]) -> Row:
        """Write an aggregate."""
        checks.only(body, ("name", "availability_zone"), "aggregate")
        row = {
            "uuid": new_id(),
            "name": checks.named(checks.required(body, "name", "aggregate")),
            "availability_zone": _zone(body.get("availability_zone")),
        }
        async with self._store.write() as tx:
            await tx.alone("aggregates")
            if not await tx.insert_new(aggregates, row):
                raise Conflict(f"Aggregate {row['name']} already exists.")
            named = select(Aggregate.id).where(Aggregate.name == row["name"])
            return await self._row(tx, str(await tx.value(named)))

    async def list(self) -> list[Aggregate]:
        """Return all aggregates."""
        async with self._store.read() as tx:
            rows = await tx.all(Aggregate.select().order_by(Aggregate.id))
            hosts = await tx.all(AggregateHost.select().order_by(AggregateHost.host))
        for row in rows:
            row["hosts"] = [host.host for host in hosts if host.aggregate_id == row.id]
        return rows

    async def get(self, id_: str) -> Row:
        """Return one aggregate; ``NotFound``."""
        async with self._store.read() as tx:
            return await self._row(tx, id_)

    async def update(self, id_: str, body: Mapping[str, Any]) -> Row:
        """Change name or availability zone; a pod's aggregate follows its pod only."""
        checks.only(body, ("name", "availability_zone"), "aggregate")
        if not body:
            raise checks.refuse("aggregate", dict(body), "{} does not have enough properties")
        values: dict[str, Any] = {}
        if "name" in body:
            # Nova takes white space off a new name only, and refuses it in a first one.
            values["name"] = checks.named(checks.text(body["name"], "name").strip())
        if "availability_zone" in body:
            values["availability_zone"] = _zone(body["availability_zone"])
        async with self._store.write() as tx:
            await tx.alone("aggregates")
            before = await self._own(tx, id_, "changed")
            await self._check_zone(tx, before, values)
            other = select(Aggregate.id).where(
                Aggregate.name == values.get("name"), Aggregate.id != int(id_)
            )
            if await tx.one(other):
                raise Conflict(f"Aggregate {values['name']} already exists.")
            row, operation = await self._write(tx, id_, values), await self._later(tx, id_)
        await self._align(id_, operation, before)
        return row

    async def set_metadata(self, id_: str, metadata: object) -> Row:
        """Set metadata; a null removes its key; ``availability_zone`` sets the zone."""
        if not isinstance(metadata, dict):
            raise checks.refuse("metadata", metadata, "It is not of type 'object'")
        given = checks.texts({k: v for k, v in metadata.items() if v is not None}, "metadata")
        async with self._store.write() as tx:
            before = await self._own(tx, id_, "changed")
            values: dict[str, Any] = {}
            if "availability_zone" in metadata:
                values["availability_zone"] = _zone(given.pop("availability_zone", None))
            await self._check_zone(tx, before, values)
            kept = {k: v for k, v in before["metadata"].items() if k not in metadata}
            row = await self._write(tx, id_, values | {"metadata": kept | given})
            operation = await self._later(tx, id_)
        await self._align(id_, operation, before)
        return row

    async def delete(self, id_: str) -> None:
        """Delete an aggregate of the admin's own."""
        async with self._store.write() as tx:
            row = await self._own(tx, id_, "deleted")
            if row["hosts"]:
                raise BadRequest(
                    f"Cannot delete aggregate {id_}. Reason: Host aggregate is not empty."
                )
            await tx.run(aggregates.delete().where(Aggregate.id == row["id"]))
            operation = await self._later(tx, id_)
        self._operations.announce(operation)

    async def add_host(self, id_: str, host: str) -> Row:
        """Put a host of a pod into the aggregate; ``NotFound`` when no pod has it."""
        row = _no_pods(await self.get(id_), "changed")
        pod = await self._pod_of(host)
        new = {"aggregate_id": row["id"], "host": host, "pod_id": pod.pod_id}
        async with self._store.write() as tx:
            row = await self._own(tx, id_, "changed")
            others = await self._other_zones(tx, row, row["availability_zone"], [new])
            if others:
                raise Conflict(
                    f"Cannot add host to aggregate {id_}. Reason: One or more hosts already in "
                    f"availability zone(s) {others}."
                )
            if not await tx.insert_new(aggregate_hosts, new):
                raise Conflict(f"Aggregate {id_} already has host {host}.")
            operation = await self._later(tx, id_)
        try:
            await self._copies.converge(id_)
        except (PodFault, Conflict):
            async with self._store.write() as tx:
                await tx.run(aggregate_hosts.delete().where(*_is(row["id"], host)))
            raise
        finally:
            self._operations.announce(operation)
        return await self.get(id_)

    async def remove_host(self, id_: str, host: str) -> Row:
        """Take a host out of the aggregate."""
        async with self._store.write() as tx:
            row = await self._own(tx, id_, "changed")
            if not await tx.run(aggregate_hosts.delete().where(*_is(row["id"], host))):
                raise NotFound(f"Cannot remove host {host} in aggregate {id_}")
            operation = await self._later(tx, id_)
        await self._align(id_, operation)
        return await self.get(id_)

    async def forget_host(self, pod: Pod, host: str) -> None:
        """Note that the pod has lost the host: it took it out of its aggregates itself."""
        gone = AggregateHost.pod_id == pod.pod_id, AggregateHost.host == host
        async with self._store.write() as tx:
            await tx.run(aggregate_hosts.delete().where(*gone))

    async def _pod_of(self, host: str) -> Pod:
        found, silent = list[Pod](), list[PodUnavailable]()
        for pod in await self._pods.serving("compute"):
            try:
                found += await self._hosts.with_host([pod], host)
            except PodUnavailable as error:
                silent.append(error)
        if len(found) > 1:
            names = ", ".join(pod.pod_name for pod in found)
            raise Conflict(f"Several pods have a compute host {host}: {names}.")
        if not found and silent:
            raise lacking(silent, f"no other pod has a compute host {host}")
        if not found:
            raise NotFound(f"Compute host {host} could not be found.")
        return found[0]

    async def _check_zone(self, tx: Transaction, row: Row, values: Mapping[str, Any]) -> None:
        """Return if the hosts may be in the zone that is to be set."""
        zone = values.get("availability_zone")
        if not zone:
            return
        of = AggregateHost.aggregate_id == row["id"]
        zones = await self._other_zones(
            tx, row, zone, await tx.all(AggregateHost.select().where(of))
        )
        if zones:
            raise BadRequest(
                f"Cannot update aggregate {row['id']}. Reason: One or more hosts already in "
                f"availability zone(s) {zones}."
            )

    async def _other_zones(
        self, tx: Transaction, row: Row, zone: str | None, hosts: Sequence[Row]
    ) -> Sequence[str]:
        """Return the zones that hosts are in, and cannot be in while they are in this one.

        They are in their pod's, unless other aggregates put them into an inner one.
        """
        if not zone or not hosts:
            return []
        named = await self._pods.in_zone(zone)
        theirs = {host["pod_id"] for host in hosts}
        pods = [pod for pod in await self._pods.all() if pod.pod_id in theirs]
        zones = {pod.az_name for pod in pods if named and pod not in named}
        wanted = (
            select(Aggregate.availability_zone)
            .join(aggregate_hosts, AggregateHost.aggregate_id == Aggregate.id)
            .where(
                Aggregate.id != row["id"],
                Aggregate.availability_zone.is_not(None),
                Aggregate.availability_zone != zone,
                AggregateHost.host.in_([host["host"] for host in hosts]),
                AggregateHost.pod_id.in_(theirs),
            )
        )
        zones |= {other["availability_zone"] for other in await tx.all(wanted)}
        return sorted(zones)

    async def _later(self, tx: Transaction, id_: str) -> str:
        return await self._operations.add(tx, work.UpdateCopies.AGGREGATE.on(id_))

    async def _align(self, id_: str, operation: str, before: Row | None = None) -> None:
        """Do it now where that works; the operation sees to the rest.

        Where a pod refuses the change, all is as it was ``before``.
        """
        try:
            with suppress(PodUnavailable, PodBusy):
                await self._copies.converge(id_)
        except GatewayError:
            if before:
                kept = ("name", "availability_zone", "metadata")
                async with self._store.write() as tx:
                    await self._write(tx, id_, {name: before[name] for name in kept})
                raise
        finally:
            self._operations.announce(operation)

    async def _own(self, tx: Transaction, id_: str, verb: str) -> Row:
        """Return an aggregate that is no pod's, held until the transaction ends."""
        return _no_pods(await self._row(tx, id_, held=True), verb)

    async def _write(self, tx: Transaction, id_: str, values: dict[str, Any]) -> Row:
        await tx.run(aggregates.update().where(Aggregate.id == int(id_)).values(**values))
        return await self._row(tx, id_)

    async def _row(self, tx: Transaction, id_: str, *, held: bool = False) -> Row:
        if not re.fullmatch(r"-?[0-9]{1,18}", id_):
            raise BadRequest(f"Invalid input received: id must be an integer: {id_}")
        row = None
        if abs(int(id_)) <= _MOST:
            wanted = Aggregate.select().where(Aggregate.id == int(id_))
            row = await (tx.locked if held else tx.one)(wanted)
        if row is None:
            raise NotFound(f"Aggregate {id_} could not be found.")
        of = AggregateHost.aggregate_id == row.id
        hosts = await tx.all(AggregateHost.select().where(of).order_by(AggregateHost.host))
        return row | {"hosts": [host.host for host in hosts]}


def _no_pods(row: Row, verb: str) -> Row:
    if row["pod_id"]:
        raise Conflict(
            f"Aggregate {row['name']} stands for a pod: it is {verb} with it, at /v1.0/pods."
        )
    return row


def _is(aggregate_id: int, host: str) -> tuple[Any, ...]:
    return AggregateHost.aggregate_id == aggregate_id, AggregateHost.host == host


def _zone(value: object) -> str | None:
    if value is None:
        return None
    zone = checks.named(value, "availability_zone")
    if ":" in zone:
        raise checks.refuse("availability_zone", value, "A zone has no ':' in its name")
    return zone
