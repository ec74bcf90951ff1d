"""Address groups in pods: the users' own, and those with the members of security groups."""

from typing import Any

from sqlalchemy import select

from activities.copies import Copies, CopyKind
from activities.network.security_groups.calls import SecurityCalls
from activities.pods.region import Regions
from models.database.store import Row, Store
from models.database.tables.network import AddressGroup, SecurityGroup, SecurityGroupRule
from models.database.tables.routing import Routing, routings
from models.errors import PodBusy
from models.network.address_groups import NAMED
from models.network.security_groups import state
from models.network.security_groups.state import ADDRESSES
from models.pods import PodDirectory
from models.routings import Made, Routings
from models.values import Pod
from models.work import InPod

_PATH = "/address-groups"


class _AddressGroups(CopyKind):
    """A row tells by ``addresses`` those that its copy in the pod has."""

    def __init__(self, store: Store, calls: SecurityCalls) -> None:
        self._store = store
        self._calls = calls

    def project(self, row: Row) -> str:
        return str(row["project_id"])

    def desired(self, row: Row) -> Any:
        return row["addresses"]

    async def find(self, row: Row, pod: Pod) -> str | None:
        return await self._calls.find(pod, _PATH, self.type, row["id"])

    async def create(self, row: Row, pod: Pod) -> Made:
        addresses = row["addresses"]
        made = await self._calls.create_addresses(pod, self.type, row, addresses)
        return Made(made, addresses)

    async def update(self, row: Row, pod: Pod, bottom: str, applied: Any) -> None:
        await self._calls.set_addresses(pod, bottom, row["addresses"])

    async def delete(self, copy: Row, pod: Pod) -> None:
        found = copy["bottom_id"] or await self.find({"id": copy["top_id"]}, pod)
        if found:
            await self._unname(found, pod)
            await self._calls.delete(pod, f"{_PATH}/{found}")

    async def _unname(self, bottom: str, pod: Pod) -> None:
        """Remove the rules that name the copy."""


class _Named(_AddressGroups):
    """The users' own; no rule names one that goes."""

    type = NAMED

    async def row(self, id_: str) -> Row | None:
        async with self._store.read() as tx:
            return await tx.one(AddressGroup.select().where(AddressGroup.id == id_))


class _Members(_AddressGroups):
    """Those of security groups, with the addresses of the members in other pods."""

    type = ADDRESSES

    async def row(self, id_: str) -> Row | None:
        async with self._store.read() as tx:
            return await tx.one(SecurityGroup.select().where(SecurityGroup.id == id_))

    async def _unname(self, bottom: str, pod: Pod) -> None:
        for rule in await self._calls.rules(pod, f"remote_address_group_id={bottom}"):
            await self._calls.delete(pod, f"/security-group-rules/{rule['id']}")


class MemberCopies:
    """The address groups that stand for members of security groups in other pods."""

    def __init__(self, store: Store, regions: Regions, pods: PodDirectory, rows: Routings) -> None:
        self._store = store
        self._routings = rows
        self._copies = Copies(rows, pods, _Members(store, SecurityCalls(regions)))

    async def current(self, desired: dict[str, list[str]], pod: Pod) -> bool:
        """Tell whether every group's copy is known to have the addresses."""
        return await _current(self._routings, ADDRESSES, desired, pod)

    async def make(self, sg_id: str, pod: Pod) -> str:
        """Return the id of the address group with the group's members elsewhere, current."""
        async with self._store.hold(_members_lease(sg_id, pod)):
            async with self._store.read() as tx:
                group = await tx.one(SecurityGroup.select().where(SecurityGroup.id == sg_id))
                addresses = await state.members_elsewhere(tx, sg_id, pod)
            if group is None:
                raise PodBusy(f"Security group {sg_id} was deleted meanwhile")
            return await self._copies.materialise(group | {"addresses": addresses}, pod)

    async def remove(self, sg_id: str, pod: Pod) -> None:
        """Remove the address group of a group that no group in use admits."""
        async with self._store.hold(_members_lease(sg_id, pod)):
            async with self._store.read() as tx:
                if await state.admitted(tx, sg_id, pod):
                    return
            await self._copies.remove_in(sg_id, pod)


class AddressGroupCopies:
    """Level-triggered: each method reads what is desired and makes it so."""

    def __init__(self, store: Store, regions: Regions, pods: PodDirectory, rows: Routings) -> None:
        self._store = store
        self._pods = pods
        self._routings = rows
        self._kind = _Named(store, SecurityCalls(regions))
        self._copies = Copies(rows, pods, self._kind)

    async def current(self, desired: dict[str, list[str]], pod: Pod) -> bool:
        """Tell whether every group has a copy that is known to have the addresses."""
        return await _current(self._routings, NAMED, desired, pod)

    async def make(self, id_: str, pod: Pod) -> str:
        """Return the id of the group's copy in the pod, made or brought up to date."""
        async with self._store.hold(_lease(id_, pod)):
            group = await self._kind.row(id_)
            if group is None:
                raise PodBusy(f"Address group {id_} was deleted meanwhile")
            return await self._copies.materialise(group, pod)

    async def converge(self, copy: str) -> None:
        """Bring one copy, ``<group>/<pod name>``, up to date; remove it if no rule needs it."""
        id_, name = InPod.parts(copy)
        pod = await self._pods.named(name)
        if pod is None:
            return
        await self._remove(id_, pod)
        if await self._routings.row(NAMED, id_, pod):
            await self.make(id_, pod)

    async def release(self, pod: Pod) -> None:
        """Remove the copies that no rule in the pod names any more."""
        named = select(SecurityGroupRule.remote_address_group_id).join(
            routings,
            (Routing.top_id == SecurityGroupRule.security_group_id)
            & (Routing.type == "security_group")
            & (Routing.pod_id == pod.pod_id),
        )
        used = named.where(SecurityGroupRule.remote_address_group_id.is_not(None))
        idle = await self._routings.rows(
            Routing.type == NAMED,
            Routing.pod_id == pod.pod_id,
            Routing.top_id.not_in(used),
        )
        for copy in idle:
            await self._remove(copy.top_id, pod)

    async def _remove(self, id_: str, pod: Pod) -> None:
        """Remove the copy unless a rule needs it, be its group's copy only about to be made."""
        async with self._store.hold(_lease(id_, pod)):
            if await self._needed(id_, pod):
                return
            await self._copies.remove_in(id_, pod)

    async def _needed(self, id_: str, pod: Pod) -> bool:
        rules = state.rules
        naming = select(rules.c.security_group_id).where(rules.c.remote_address_group_id == id_)
        async with self._store.read() as tx:
            groups = {row["security_group_id"] for row in await tx.all(naming.distinct())}
            copied = select(Routing.id).where(
                Routing.type == "security_group",
                Routing.pod_id == pod.pod_id,
                Routing.top_id.in_(groups),
            )
            if await tx.value(copied.limit(1)):
                return True
            return any([await state.use(tx, sg, pod) is state.Use.BY_PORTS for sg in groups])


def _lease(id_: str, pod: Pod) -> str:
    return f"{NAMED}_addresses/{id_}/{pod.pod_id}"


def _members_lease(sg_id: str, pod: Pod) -> str:
    return f"address_group_members/{sg_id}/{pod.pod_id}"


async def _current(rows: Routings, type_: str, desired: dict[str, list[str]], pod: Pod) -> bool:
    for id_, addresses in desired.items():
        copy = await rows.row(type_, id_, pod)
        if copy is None or copy["applied"] != addresses:
            return False
    return True
