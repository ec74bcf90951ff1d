"""SecurityCopies: security groups in the pods, alike in all of them.

Every method brings about what the database says at that moment, and may be called at any time,
again, and by several at once.
"""

from collections.abc import Iterable

from sqlalchemy import select

from activities.network.address_groups import AddressGroupCopies, MemberCopies
from activities.network.security_groups.maker import SecurityMaker
from activities.pods.region import Regions
from models.database.store import Store
from models.database.tables.routing import Routing, routings
from models.errors import PodBusy
from models.network.security_groups import state as state
from models.network.security_groups.state import ADDRESSES, GROUP
from models.pods import PodDirectory
from models.routings import Routings
from models.values import Pod
from models.work import InPod


class SecurityCopies:
    """The copies of security groups, and of the addresses of their members in other pods."""

    def __init__(
        self,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        rows: Routings,
        named: AddressGroupCopies,
    ) -> None:
        self._store = store
        self._named = named
        self._pods = pods
        self._routings = rows
        self._members = MemberCopies(store, regions, pods, rows)
        self._maker = SecurityMaker(store, regions, pods, rows, named, self._members)

    async def group(self, sg_id: str, pod: Pod) -> str:
        """Return the id of the group's copy, ready for a port: rules and remote groups made too.

        The port has to be written before, its network bound to the pod: a copy that no port needs
        may be removed at any moment.
        """
        ready = await self._maker.ready(await self._maker.wanted(sg_id, pod), pod)
        return ready or await self._maker.apply(sg_id, pod)

    async def converge(self, copy: str) -> None:
        """Bring one copy, ``<group>/<pod name>``, up to date; remove it if nobody needs it.

        One operation for each pod: a pod that is out keeps no other from it.
        """
        sg_id, name = InPod.parts(copy)
        pod = await self._pods.named(name)
        if pod is None:
            return
        rows = await self._routings.rows(
            Routing.top_id == sg_id,
            Routing.pod_id == pod.pod_id,
            Routing.type.in_((GROUP, ADDRESSES)),
        )
        if rows:
            await self._converge(sg_id, pod, rows[0].project_id)
        else:
            await self._named.release(pod)

    async def remove(self, sg_id: str) -> None:
        """Remove every copy of a group that is gone at the top."""
        of = (Routing.top_id == sg_id, Routing.type.in_((GROUP, ADDRESSES)))
        homes = {row.pod_id: row.project_id for row in await self._routings.rows(*of)}
        for pod_id, project in homes.items():
            await self._converge(sg_id, await self._pods.get(pod_id), project)

    async def release(self, pod: Pod, sg_ids: Iterable[str]) -> None:
        """Remove copies that nothing in the pod needs any more, after a port left it.

        Looks at all groups of the projects that the given groups belong to.
        """
        given = await self._routings.rows(
            Routing.type == GROUP,
            Routing.pod_id == pod.pod_id,
            Routing.top_id.in_(list(sg_ids)),
        )
        for project in {row.project_id for row in given}:
            await self.release_project(pod, project)

    async def release_project(self, pod: Pod, project_id: str) -> None:
        """Remove the copies of a project's groups that nothing in the pod needs any more.

        What Neutron still has in use stays: whoever removes the last port there comes by here.
        """
        await self._release(pod, project_id)

    async def _converge(self, sg_id: str, pod: Pod, project_id: str) -> None:
        if await self._used_by_ports(sg_id, pod):
            await self._maker.apply(sg_id, pod)
            # Whoever removed the last port meanwhile may have come by before what was made here.
            if await self._used_by_ports(sg_id, pod):
                await self._named.release(pod)
                return
        busy = await self._release(pod, project_id)
        # A port on its way out takes its groups along.
        if busy and not await self._ports_leave(pod, project_id):
            raise PodBusy(f"Security group {busy} is still in use in pod {pod.pod_name}")

    async def _used_by_ports(self, sg_id: str, pod: Pod) -> bool:
        async with self._store.read() as tx:
            return await state.use(tx, sg_id, pod) is state.Use.BY_PORTS

    async def _ports_leave(self, pod: Pod, project_id: str) -> bool:
        ports = state.ports
        left = select(Routing.id).select_from(
            routings.outerjoin(ports, ports.c.id == Routing.top_id)
        )
        mine = (Routing.type == "port", Routing.project_id == project_id)
        async with self._store.read() as tx:
            return bool(
                await tx.value(
                    left.where(*mine, Routing.pod_id == pod.pod_id, ports.c.id.is_(None))
                )
            )

    async def _release(self, pod: Pod, project_id: str) -> str:
        """Remove what nothing needs; return a group that the pod still has in use, if any."""
        copies = await self._routings.rows(
            Routing.pod_id == pod.pod_id,
            Routing.project_id == project_id,
            Routing.type.in_((GROUP, ADDRESSES)),
        )
        busy = ""
        for copy in copies:
            async with self._store.read() as tx:
                if await state.use(tx, copy.top_id, pod) is not state.Use.NONE:
                    continue
            if copy.type == GROUP and not await self._maker.remove(copy.top_id, pod):
                busy = str(copy.top_id)
        for copy in copies:
            if copy.type == ADDRESSES:
                await self._members.remove(copy.top_id, pod)
        await self._named.release(pod)
        return busy
