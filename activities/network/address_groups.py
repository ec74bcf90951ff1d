"""AddressGroupCopies: users' address groups in the pods where rules name them."""

from sqlalchemy import select

from activities.network.security_groups.calls import SecurityCalls
from activities.pods.region import Regions
from models.database.store import Row, Store
from models.database.tables.network import AddressGroup, SecurityGroupRule
from models.database.tables.routing import Routing, routings
from models.errors import PodBusy
from models.network.address_groups import NAMED
from models.network.security_groups import state
from models.pods import PodDirectory
from models.routings import Routings
from models.values import Pod
from models.work import InPod

_PATH = "/address-groups"


class AddressGroupCopies:
    """Level-triggered: each method reads what is desired and makes it so."""

    def __init__(
        self,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        rows: Routings,
    ) -> None:
        self._store = store
        self._pods = pods
        self._routings = rows
        self._calls = SecurityCalls(regions)

    async def current(self, wanted: dict[str, list[str]], pod: Pod) -> bool:
        """Tell whether every group has a copy that is known to have the addresses."""
        for id_, addresses in wanted.items():
            copy = await self._routings.row(NAMED, id_, pod)
            if copy is None or copy["applied"] != addresses:
                return False
        return True

    async def make(self, id_: str, pod: Pod) -> str:
        """Return the id of the group's copy in the pod, made or brought up to date."""
        async with self._store.hold(_lease(id_, pod)):
            async with self._store.read() as tx:
                group = await tx.one(AddressGroup.select().where(AddressGroup.id == id_))
            if group is None:
                raise PodBusy(f"Address group {id_} was deleted meanwhile")
            return await self.write(NAMED, group, group.addresses, pod)

    async def write(self, type_: str, group: Row, addresses: list[str], pod: Pod) -> str:
        """Return the id of the address group that stands for a group, with these addresses.

        ``type_`` is the routing's. The caller holds the lease of the copy.
        """
        id_ = group["id"]
        bottom = await self._routings.materialise(
            type_,
            id_,
            pod,
            project_id=group["project_id"],
            find=lambda: self._calls.find(pod, _PATH, type_, id_),
            create=lambda: self._calls.create_addresses(pod, type_, group, addresses),
            applied=addresses,
        )
        copy = await self._routings.row(type_, id_, pod)
        if copy is None or copy["applied"] != addresses:
            await self._calls.set_addresses(pod, bottom, addresses)
            await self._routings.update(type_, id_, pod, applied=addresses)
        return bottom

    async def sync(self, copy: str) -> None:
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

            async def drop(bottom: str) -> None:
                found = bottom or await self._calls.find(pod, _PATH, NAMED, id_)
                if found:
                    await self._calls.delete(pod, f"{_PATH}/{found}")

            await self._routings.remove(NAMED, id_, pod, drop)

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
